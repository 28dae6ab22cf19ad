"""Bugs that end with an error: at once, later, for lack of a kernel or of memory."""

from typing import Any

from tools.device_faults.bug import Bug, Call, Instead

_MISSING = (
    "The operator 'aten::{}' is not currently implemented for the MPS device. If you want this op "
    "to be considered for addition please comment on an issue and mention use-case"
)
# Texts of the wheels, see docs and compat/backends/facts.
_NO_FLOAT64 = (
    "Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64. "
    "Please use float32 instead."
)
_NO_FLOAT8 = (
    "Trying to convert Float8_e4m3fn to the MPS backend but it does not have support for that dtype"
)
_NO_COMPLEX128 = (
    "Trying to convert ComplexDouble to the MPS backend but it does not have support for that dtype"
)
_NO_IMAGE = "CUDA error: no kernel image is available for execution on the device"
_ILLEGAL = "CUDA error: an illegal memory access was encountered"
_NO_MEMORY = "MPS backend out of memory (MPS allocated: 18.10 GB, other allocations: 1.2 GB)"
_MISSING_FOR = (
    "scaled_dot_product_attention", "conv3d", "conv1d", "group_norm", "layer_norm", "rms_norm",
    "linear", "upsample_nearest3d", "_upsample_nearest_exact3d", "replication_pad3d", "cumsum",
    "topk", "sort", "polar", "view_as_complex", "pixel_unshuffle", "_upsample_bilinear2d_aa",
    "stft", "conv_transpose3d", "_scaled_mm", "linspace", "randn",
)  # fmt: skip


def _missing(operation: str) -> Instead:
    def refuse(_call: Call) -> Any:
        raise NotImplementedError(_MISSING.format(operation))

    return refuse


def _without(dtype: str, text: str) -> Instead:
    def refuse(call: Call) -> Any:
        wanted = (call.options.get("dtype"), *(getattr(a, "dtype", a) for a in call.arguments))
        if any(str(kind) == f"torch.{dtype}" for kind in wanted):
            raise TypeError(text)
        return None

    return refuse


def _no_kernel_image(call: Call) -> Any:
    if call.number == 1:
        raise RuntimeError(_NO_IMAGE)
    return None


def _one_operation_late(call: Call) -> Any:
    if call.number == 4:
        raise RuntimeError(_ILLEGAL)
    return None


def _no_memory(_call: Call) -> Any:
    raise RuntimeError(_NO_MEMORY)


def _halves_refused(call: Call) -> Any:
    first = call.arguments[0]
    if str(first.dtype) == "torch.bfloat16":
        raise NotImplementedError("\"upsample_nearest3d_out_frame\" not implemented for 'BFloat16'")
    return None


def _default_dtype_left(call: Call) -> Any:
    import torch

    result = call.sound()
    torch.set_default_dtype(torch.float64)
    return result


_EVERYTHING = ("*",)

REFUSALS = (
    *(
        Bug(
            name=f"there is no kernel for {operation}",
            operations=(operation,),
            imitates="MPSFallback.mm: not currently implemented for the MPS device",
            instead=_missing(operation),
        )
        for operation in _MISSING_FOR
    ),
    Bug(name="there is no float64", operations=_EVERYTHING,
        imitates="MPS: pytorch#148670", instead=_without("float64", _NO_FLOAT64)),
    Bug(name="there is no complex128", operations=_EVERYTHING,
        imitates="MPS: pytorch#176981", instead=_without("complex128", _NO_COMPLEX128)),
    Bug(name="there is no float8_e4m3fn", operations=_EVERYTHING,
        imitates="MPS up to torch 2.14: pytorch#194074",
        instead=_without("float8_e4m3fn", _NO_FLOAT8)),
    Bug(name="nearest upsampling of a video refuses bfloat16", operations=("upsample_nearest3d",),
        imitates="CPU and MPS of older torch", instead=_halves_refused),
    Bug(name="there is no kernel image for the card", operations=_EVERYTHING,
        imitates="CUDA builds for other cards", instead=_no_kernel_image),
    Bug(name="an error is raised some operations later", operations=_EVERYTHING,
        imitates="CUDA: launches are asynchronous", instead=_one_operation_late),
    Bug(name="the memory is full", operations=_EVERYTHING,
        imitates="MPS: watermark", instead=_no_memory),
    Bug(name="the default dtype is left changed", operations=("linear", "convolution", "cumsum"),
        imitates="custom nodes that call set_default_dtype", instead=_default_dtype_left),
)  # fmt: skip
