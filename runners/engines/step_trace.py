"""What every denoising step did, as numbers: taken from the scheduler's own calls."""

from typing import Any

from runners.engines.evidence import StepTrace
from runners.engines.schedule import Level, Schedule
from runners.engines.statistics import correlation, distance, on_cpu, spread


class StepTracer:
    """Turns the scheduler's calls into one ``StepTrace`` each; holds three latents, no more."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self.steps: list[StepTrace] = []
        self.kind = ""
        self._schedule: Schedule | None = None
        self._start: Any = None
        self._clean: Any = None

    def saw(
        self,
        scheduler: Any,
        sample: Any,
        output: Any,
        timestep: Any,
        result: Any,
        epsilon: float = 0.0,
    ) -> None:
        """Note one call of ``step``: what went in, what the model said, what came out.

        ``epsilon`` is the rounding unit of the coarsest of them, where the sample given here is
        not of the dtype that the scheduler saw.
        """
        import torch

        if self._schedule is None:
            self._schedule = Schedule(scheduler)
            self.kind = self._schedule.kind
            self._start = on_cpu(sample)
        number = len(self.steps)
        before, after = self._schedule.level(number), self._schedule.after(number)
        x, out, new = on_cpu(sample), on_cpu(output), on_cpu(result)
        self.steps.append(
            StepTrace(
                timestep=float(torch.as_tensor(timestep).flatten()[0]),
                std=spread(new),
                non_finite=int((~torch.isfinite(new)).sum()),
                output_std=spread(out),
                output_non_finite=int((~torch.isfinite(out)).sum()),
                epsilon=max(epsilon, coarsest(sample, output, result)),
                start_match=correlation(new, self._start),
                start_std=None if number else spread(x) / _unit(scheduler),
                start_echo=None if number else echo(x),
                **_shares(before, after),
                **self._of_clean(x, out, new, before, after),
            )
        )

    def _of_clean(
        self, x: Any, out: Any, new: Any, before: Level | None, after: Level | None
    ) -> dict[str, Any]:
        schedule = self._schedule
        parts = schedule.split(x, out, before) if schedule is not None and before else None
        if schedule is None or parts is None or before is None:
            return {}
        clean, noise = parts
        earlier, self._clean = self._clean, clean
        noisy = schedule.kind in ("flow", "epsilon")
        numbers: dict[str, Any] = {
            "clean_std": spread(clean),
            "clean_move": None if earlier is None else distance(clean, earlier),
            "clean_match": correlation(clean, self._start),
            "output_match": correlation(-out if schedule.inverted else out, x) if noisy else None,
        }
        if after is not None and not schedule.stochastic:
            expected = after.signal * clean + after.noise * noise
            numbers["step_error"] = distance(expected, new)
            if schedule.order > 1 and earlier is not None:
                numbers["slack"] = float((clean - earlier).norm() / max(expected.norm(), 1e-30))
        return numbers


def _shares(before: Level | None, after: Level | None) -> dict[str, float]:
    numbers: dict[str, float] = {}
    if before is not None:
        numbers |= {"signal": before.signal, "noise": before.noise}
    if after is not None:
        numbers |= {"next_signal": after.signal, "next_noise": after.noise}
    return numbers


def coarsest(*tensors: Any) -> float:
    """The largest rounding unit among the dtypes; a product of two has the coarser one's."""
    import torch

    return max(float(torch.finfo(tensor.dtype).eps) for tensor in tensors)


def _unit(scheduler: Any) -> float:
    return float(getattr(scheduler, "init_noise_sigma", 1.0))


def echo(values: Any) -> float | None:
    """The largest correlation of ``values`` with themselves at any shift, in standard deviations.

    White noise of n values gives correlations of about 1 / sqrt(n), whatever its layout; noise that
    repeats or is smooth gives more. None where there is no spread.
    """
    import torch

    flat = values.flatten().double()
    flat = flat - flat.mean()
    count = flat.numel()
    energy = float(flat.square().sum())
    if count < 2 or not 0 < energy < float("inf"):
        return None
    # The power spectrum of the sequence padded with zeros is its correlation at every shift.
    power = torch.fft.rfft(flat, n=2 * count).abs().square()
    shifted = torch.fft.irfft(power, n=2 * count)[1:count]
    return float(shifted.abs().max()) / energy * count**0.5
