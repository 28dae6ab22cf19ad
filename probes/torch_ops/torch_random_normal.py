"""Noise that is drawn on the device."""

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

from compat.backends.backend import torch_name
from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.numerics import on_host, untouched

# Latents of a video: batch, channels, frames, height, width.
_SHAPE = (2, 16, 6, 32, 40)

# Standard errors that a statistic may be away from what it should be. The seed is fixed, so a sound
# generator passes always or never; beyond six is one in a billion.
_ERRORS = 6.0


@probe(
    "torch-random-normal",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_random_normal(session: Session) -> Iterator[Finding]:
    """Noise drawn on the device is normal, follows its seed and never repeats itself.

    A render begins with noise of five axes. On MPS it was the same at every call (pytorch#78009),
    ignored its seed (pytorch#84288), held a NaN now and then (pytorch#89283), and in torch 2.5.1
    repeated itself along the first axis from five axes on (pytorch#147624). Draw the noise on the
    processor and move it where this is wrong.
    """
    for dtype in ("float32", "bfloat16"):
        drawn, refusal = attempt(partial(_drawn, session, dtype))
        if drawn is None:
            yield fault(session, "operation-refused", f"randn in {dtype} is refused: {refusal}")
            continue
        with untouched():
            problems = list(_problems(*(noise.double() for noise in drawn)))
        for problem in problems:
            text = f"noise of five axes in {dtype} is wrong: {problem}"
            yield fault(session, "operation-wrong", text)


def _drawn(session: Session, dtype: str) -> tuple[Any, Any, Any, Any]:
    """Two draws after one seed, the first again after the same seed, and one of another seed."""
    import torch

    device = torch_name(session.target.device)
    seeded = torch.Generator(device=device).manual_seed(11)
    kind = getattr(torch, dtype)
    first, second = (_noise(seeded, device, kind) for _ in range(2))
    again = _noise(torch.Generator(device=device).manual_seed(11), device, kind)
    other = _noise(torch.Generator(device=device).manual_seed(12), device, kind)
    return first, second, again, other


def _noise(generator: Any, device: str, dtype: Any) -> Any:
    import torch

    return on_host(torch.randn(_SHAPE, generator=generator, device=device, dtype=dtype))


def _problems(first: Any, second: Any, again: Any, other: Any) -> Iterator[str]:
    if not bool(first.isfinite().all()):
        yield f"{int((~first.isfinite()).sum())} values are not finite"
        return
    if not bool((first == again).all()):
        yield "the same seed gives other numbers"
    for what, noise in (("the second draw", second), ("another seed", other)):
        if bool((first == noise).all()):
            yield f"{what} gives the same numbers as the first"
    yield from _moments(first)
    for axis in range(first.dim()):
        yield from _repetition(first, axis)


def _moments(noise: Any) -> Iterator[str]:
    """The first, second and fourth moment: 0, 1 and 3, with variances 1, 2 and 96 a value."""
    for power, meant, variance in ((1, 0.0, 1.0), (2, 1.0, 2.0), (4, 3.0, 96.0)):
        found = float((noise**power).mean())
        allowed = _ERRORS * math.sqrt(variance / noise.numel())
        # bfloat16 rounds values by up to 2^-9, which shifts no moment by more than this.
        if abs(found - meant) > allowed + 0.002 * meant:
            yield f"its moment of order {power} is {found:.3f}, expected {meant:g}"


def _repetition(noise: Any, axis: int) -> Iterator[str]:
    size = noise.shape[axis] - 1
    earlier, later = noise.narrow(axis, 0, size), noise.narrow(axis, 1, size)
    found = float((earlier * later).mean())
    if abs(found) > _ERRORS / math.sqrt(earlier.numel()):
        yield f"neighbours along axis {axis} are alike (correlation {found:.3f}, expected 0)"
