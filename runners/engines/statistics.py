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
