"""Numbers of a tensor, always computed on a CPU copy."""

from typing import Any

from runners.engines.messages import TensorStatistics


def on_cpu(tensor: Any) -> Any:
    """A float32 copy on the CPU, made contiguous there.

    Never inspect a device view in place: isfinite on an MPS view corrupted other memory
    (pytorch#183419), so the check itself could have broken the render.
    """
    import torch

    return tensor.detach().to("cpu").to(torch.float32).contiguous()


def statistics_of(tensor: Any) -> TensorStatistics:
    """Mean, standard deviation, largest magnitude and count of non-finite values."""
    import torch

    values = on_cpu(tensor)
    finite = values[torch.isfinite(values)]
    empty = finite.numel() == 0
    return TensorStatistics(
        shape=tuple(int(n) for n in values.shape),
        mean=0.0 if empty else float(finite.mean()),
        std=0.0 if finite.numel() < 2 else float(finite.std()),
        peak=0.0 if empty else float(finite.abs().max()),
        non_finite=int(values.numel() - finite.numel()),
    )


def spread(values: Any) -> float:
    """Standard deviation of a float32 CPU tensor's finite values; 0 where there are none."""
    import torch

    finite = values[torch.isfinite(values)]
    return float(finite.std()) if finite.numel() > 1 else 0.0


def correlation(first: Any, second: Any) -> float | None:
    """Pearson correlation over all values; None where shapes differ or one of them is constant.

    None also where a value is not finite.
    """
    a, b = on_cpu(first).flatten(), on_cpu(second).flatten()
    if a.shape != b.shape or a.numel() < 2:
        return None
    a, b = a - a.mean(), b - b.mean()
    scale = float(a.norm() * b.norm())
    # NaN is neither above nor below; an overflow to infinity says nothing either.
    return float(a @ b) / scale if 0 < scale < float("inf") else None


def distance(first: Any, second: Any) -> float | None:
    """|a - b| / |a|; None where shapes differ, a value is not finite or all of ``first`` is 0."""
    a, b = on_cpu(first), on_cpu(second)
    if a.shape != b.shape:
        return None
    scale, apart = float(a.norm()), float((a - b).norm())
    return apart / scale if 0 < scale < float("inf") and apart < float("inf") else None
