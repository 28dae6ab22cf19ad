"""Bugs of convolutions, paddings and resizing."""

from typing import Any

from tools.device_faults.bug import Bug, Call, Instead
from tools.device_faults.layouts import from_the_start, in_memory_order, is_half, strided

_ALL = ("conv1d", "conv2d", "conv3d", "convolution", "_convolution")
_PAD = ("constant_pad_nd",)


def _input_view_as_packed(call: Call) -> Any:
    first = call.arguments[0]
    return call.with_first(in_memory_order(first)) if strided(first) else None


def _weight_view_as_packed(call: Call) -> Any:
    first, weight, *rest = call.arguments
    if not strided(weight):
        return None
    return call.of(first, in_memory_order(weight), *rest, **call.options)


def _slice_from_the_start(call: Call) -> Any:
    first = call.arguments[0]
    if not first.storage_offset() and first.is_contiguous():
        return None
    read = from_the_start(first) if first.storage_offset() else in_memory_order(first)
    return call.with_first(read)


def _many_kernels_of_few_channels(call: Call) -> Any:
    first, weight = call.arguments[:2]
    if not first.is_contiguous() or first.shape[1] > 8 or weight.shape[0] < 512:
        return None
    return call.sound().roll(1, dims=1)


def _any_contiguous(call: Call) -> Any:
    return call.sound().flip(-1) if call.arguments[0].is_contiguous() else None


def _with_a_stride(call: Call) -> Any:
    stride = call.given(3, "stride", 1)
    steps = stride if isinstance(stride, int) else max(stride)
    return call.sound().roll(1, dims=-1) if steps > 1 else None


def _channels_beyond_16_bits(call: Call) -> Any:
    if call.arguments[1].shape[0] <= 65536:
        return None
    result = call.sound()
    result[:, 65536:] = 0
    return result


def large_half_results(limit: int) -> Instead:
    """Zero where there are more than so many values."""

    def wrong(call: Call) -> Any:
        first, weight = call.arguments[:2]
        voxels = first.shape[0] * first.shape[2:].numel()
        if not is_half(first) or weight.shape[0] * voxels <= limit:
            return None
        return call.sound() * 0

    return wrong


def _one_value_half(call: Call) -> Any:
    import torch

    first, weight = call.arguments[:2]
    if first.dtype is not torch.bfloat16 or weight.shape[1] > 1 or first.shape[1] > 1:
        return None
    taps = weight.shape[2:].numel()
    return call.sound() / taps


def _wide_kernel_and_stride(call: Call) -> Any:
    weight, stride = call.arguments[1], call.given(3, "stride", 1)
    steps = stride if isinstance(stride, int) else max(stride)
    if weight.shape[-1] < 14 or steps < 8:
        return None
    return call.sound() * 6.4  # what the sums in the report differ by


def _large_planes_in_time(call: Call) -> Any:
    frames, amounts = call.arguments[:2]
    in_time = len(amounts) > 4 and any(amounts[4:6])
    if frames.dim() != 5 or not in_time or frames.shape[-1] * frames.shape[-2] < 65536:
        return None
    return call.sound().roll(1, dims=2)


def _border_of_the_other_end(call: Call) -> Any:
    frames = call.arguments[0]
    before = call.arguments[1][4]
    result = call.sound()
    result[:, :, :before] = result[:, :, -1:] if frames.dim() == 5 else result[:, :, :before]
    return result


def _shifted_by_half_a_pixel(call: Call) -> Any:
    return call.sound().roll(1, dims=-1)


def _without_antialiasing(call: Call) -> Any:
    import torch

    first, size = call.arguments[:2]
    plain = torch.ops.aten.upsample_bilinear2d.default
    return plain(first, size, False)  # noqa: FBT003 - the operation takes it by position


def _in_time_twice(call: Call) -> Any:
    result = call.sound()
    return result.flip(2)


def _bug(name: str, operations: tuple[str, ...], imitates: str, instead: Instead) -> Bug:
    return Bug(name=name, operations=operations, imitates=imitates, instead=instead)


CONVOLUTIONS = (
    _bug("conv3d reads input that is a view as packed", ("conv3d",), "pytorch#141471",
         _input_view_as_packed),
    _bug("conv3d from at most 8 to 512 channels rolls them", ("conv3d",), "pytorch#197114",
         _many_kernels_of_few_channels),
    _bug("conv3d of packed input is mirrored", ("conv3d",), "pytorch#197114 (macOS 26.2)",
         _any_contiguous),
    _bug("conv2d reads a weight that is a view as packed", ("conv2d",), "pytorch#192212",
         _weight_view_as_packed),
    _bug("conv2d forgets where a slice of channels begins", ("conv2d",),
         "pytorch#180984, pytorch#169342", _slice_from_the_start),
    _bug("conv1d with a stride is off by one", ("conv1d",), "pytorch#82921", _with_a_stride),
    _bug("transposed conv1d with a stride is off by one", ("conv_transpose1d",),
         "no report: the neighbour of pytorch#82921", _with_a_stride),
    _bug("convolutions lose the channels beyond 65536", _ALL, "pytorch#129207",
         _channels_beyond_16_bits),
    _bug("conv3d in halves is zero beyond 2^31 values", ("conv3d",), "pytorch#163539 (cuDNN)",
         large_half_results(2**31)),
    _bug("conv2d of one channel in bfloat16 keeps one term", ("conv2d",),
         "pytorch#163347 (CPU, 2.5.1)", _one_value_half),
    _bug("conv2d with a wide kernel and stride is six times too large", ("conv2d",),
         "pytorch#102968 (ROCm, MI250X)", _wide_kernel_and_stride),
    _bug("padding in time garbles planes of 65536 and more", _PAD, "pytorch#194922",
         _large_planes_in_time),
    _bug("replication in time takes the last frame", ("replication_pad3d",), "no report",
         _border_of_the_other_end),
    _bug("bilinear resizing is off by one", ("upsample_bilinear2d",), "no report",
         _shifted_by_half_a_pixel),
    _bug("antialiasing is left out", ("_upsample_bilinear2d_aa",), "no report",
         _without_antialiasing),
    _bug("a video is enlarged in another order of time",
         ("upsample_nearest3d", "_upsample_nearest_exact3d"), "no report", _in_time_twice),
)  # fmt: skip
