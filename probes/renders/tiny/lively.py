"""Random weights under which every tensor of a network shows in its output.

The classes' own initialisation is made for training: output projections of zero, gates of zero,
biases of zero, norms of one. A loader that loses such a tensor would be right by luck.
"""

import zlib
from typing import Any

BIAS, GAIN = 0.5, 0.3
"""Spread of biases and free vectors, and of gains around 1: far above what bfloat16 loses (0.4 %),
and small enough that no layer saturates."""


def sample(name: str, *shape: int) -> Any:
    """Unit normal values that depend on ``name`` and ``shape`` alone, on every machine."""
    import torch

    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    return torch.randn(*shape, generator=generator)


def given(name: str, *shape: int) -> Any:
    """Like :func:`sample`, in values that bfloat16 and float16 hold exactly.

    An input is then the same in every dtype, and what differs comes from weights and operations.
    """
    return sample(name, *shape).bfloat16().float()


def enliven(module: Any, seed: str, gains: dict[str, float] | None = None) -> Any:
    """Fill every parameter of ``module`` and return it in evaluation mode.

    Matrices and kernels keep the size of what they are given (variance 1 / fan-in), biases and free
    vectors spread by :data:`BIAS`, gains of norms by :data:`GAIN` around 1. ``gains`` scales
    parameters whose name starts with a key.
    """
    import torch

    with torch.no_grad():
        for name, parameter in module.named_parameters():
            values = _values(name, sample(f"{seed}.{name}", *parameter.shape))
            for start, gain in (gains or {}).items():
                values = values * gain if name.startswith(start) else values
            parameter.copy_(values)
    return module.eval()


def _values(name: str, noise: Any) -> Any:
    last = name.rpartition(".")[2]
    if last == "weight" and noise.ndim >= 2:
        return noise * noise[0].numel() ** -0.5
    if last in ("weight", "gamma"):
        return 1 + GAIN * noise
    return BIAS * noise
