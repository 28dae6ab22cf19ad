"""Kernels of convolutions that were saved by torch, in MLX."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from compat.core.model import Finding, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.mlx_blocks.comparison import to_torch
from probes.numerics import whole


@dataclass(frozen=True, slots=True, kw_only=True)
class _Convolution:
    """One convolution: ``kernel`` is (out, in / groups, axes ...) as torch keeps it."""

    name: str
    kernel: tuple[int, ...]
    stride: int = 1
    groups: int = 1

    @property
    def axes(self) -> int:
        """How many axes it slides over."""
        return len(self.kernel) - 2

    @property
    def ambiguous(self) -> bool:
        """Whether torch's layout has a shape that MLX takes for its own."""
        return self.kernel == (self.kernel[0], *self.kernel[2:], self.kernel[1])


_CONVOLUTIONS = (
    _Convolution(name="conv1d", kernel=(6, 4, 3)),
    _Convolution(name="conv2d", kernel=(6, 4, 3, 3)),
    _Convolution(name="conv3d", kernel=(6, 4, 3, 3, 3)),
    _Convolution(name="conv3d of one pixel", kernel=(6, 4, 1, 1, 1)),
    _Convolution(name="conv3d with stride 2", kernel=(6, 4, 3, 3, 3), stride=2),
    _Convolution(name="conv2d in groups", kernel=(8, 1, 3, 3), groups=8),
    # Three colours and a kernel of three: the first layer of the encoders of Wan and HunyuanVideo.
    _Convolution(name="conv3d of pictures", kernel=(6, 3, 3, 3, 3)),
)


@probe(
    "mlx-conv-layout",
    family="mlx-blocks",
    needs=Needs(modules=("mlx.core", "torch"), devices=("mlx",)),
)
def mlx_conv_layout(session: Session) -> Iterator[Finding]:
    """MLX refuses the kernel of a convolution that was not turned from torch's layout.

    torch keeps kernels as (out, in, time, height, width), MLX as (out, time, height, width, in). A
    forgotten turn is refused for its shape, except where as many channels come in as the kernel is
    long: the first layer of an encoder, three colours and a kernel of three, is then computed
    wrong without a word. Turn every kernel, by name and not by shape.
    """
    for convolution in _CONVOLUTIONS:
        yield from _turned(session, convolution)
        yield from _as_it_is(session, convolution)


def _turned(session: Session, convolution: _Convolution) -> Iterator[Finding]:
    kernel, pictures = _operands(convolution)
    result, refusal = attempt(partial(_convolved, convolution, pictures, _last(kernel)))
    if refusal:
        text = f"a {convolution.name} is refused: {refusal}"
        yield fault(session, "convolution-refused", text)
        return
    wrong = _wrong_values(convolution, result)
    if wrong:
        yield fault(session, "convolution-wrong", f"a {convolution.name} has {wrong}")


def _as_it_is(session: Session, convolution: _Convolution) -> Iterator[Finding]:
    kernel, pictures = _operands(convolution)
    result, refusal = attempt(partial(_convolved, convolution, pictures, kernel))
    session.measure(f"{convolution.name} in torch's layout", refusal or "taken")
    wrong = "" if refusal else _wrong_values(convolution, result)
    if wrong:
        expected = convolution.ambiguous
        yield fault(
            session,
            "kernel-layout-ambiguous" if expected else "kernel-layout-not-refused",
            f"a {convolution.name} takes a kernel in torch's layout without a word and has {wrong}",
            severity=Severity.MEDIUM if expected else Severity.HIGH,
            remedy="turn every kernel to (out, time, height, width, in) when weights are converted",
        )


def _operands(convolution: _Convolution) -> Sequence[Any]:
    """Kernel and pictures in torch's layout: whole numbers, whose sums float32 holds exactly."""
    channels = convolution.kernel[1] * convolution.groups
    kernel = whole(*convolution.kernel, seed=1).float()
    return kernel, whole(2, channels, *(7,) * convolution.axes, seed=2).float()


def _last(tensor: Any) -> Any:
    return tensor.movedim(1, -1).contiguous()


def _convolved(convolution: _Convolution, pictures: Any, kernel: Any) -> Any:
    import mlx.core as mx

    result = mx.conv_general(
        mx.array(_last(pictures).numpy()),
        mx.array(kernel.numpy()),
        stride=convolution.stride,
        padding=1,
        groups=convolution.groups,
    )
    return to_torch(result).movedim(-1, 1)


def _wrong_values(convolution: _Convolution, result: Any) -> str:
    import torch

    kernel, pictures = _operands(convolution)
    convolve = getattr(torch.nn.functional, f"conv{convolution.axes}d")
    options = {"stride": convolution.stride, "padding": 1, "groups": convolution.groups}
    expected = convolve(pictures.double(), kernel.double(), **options)
    if result.shape != expected.shape:
        return f"shape {tuple(result.shape)}, expected {tuple(expected.shape)}"
    count = int((result.double() != expected).sum())
    return f"{count} of {expected.numel()} values wrong" if count else ""
