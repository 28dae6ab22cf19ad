"""Sees through quantisation and containers: the names and shapes that the model itself has."""

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from compat.formats.model import Header, TensorInfo
from compat.identify.names import llama_cpp_names
from compat.identify.view import View

COMPANIONS = (
    # ComfyUI scaled and mixed, DeepSeek, modelopt
    ".scale_weight", ".scale_input", ".weight_scale", ".weight_scale_2", ".weight_scale_inv",
    ".input_scale", ".output_scale", ".comfy_quant", "scaled_fp8",
    # quanto, bitsandbytes
    "._scale", "._shift", ".SCB", ".weight_format", ".absmax", ".quant_map", ".nested_absmax",
    ".nested_quant_map", ".quant_state.bitsandbytes__nf4", ".quant_state.bitsandbytes__fp4",
    # nunchaku's svdquant, GPTQ and AWQ
    ".wscales", ".wzeros", ".wcscales", ".wtscale", ".smooth_factor", ".smooth_factor_orig",
    ".smooth", ".smooth_orig", ".proj_down", ".proj_up", ".qzeros", ".g_idx",
)  # fmt: skip
"""Endings of tensors that only say how another one is quantised."""

_PACKED_DTYPES = ("U8", "I8", "I32", "U32")


@dataclass(frozen=True, slots=True, kw_only=True)
class Logical:
    """A header as the model sees it.

    ``quantisation`` names the scheme in words ("" for plain floats), ``companions`` counts the
    tensors that were folded away.
    """

    view: View
    quantisation: str
    companions: int


def logical(header: Header) -> Logical:
    """Fold what quantisers and containers added to ``header`` back into names and shapes."""
    tensors = header.tensors
    renamed = llama_cpp_names(tensors) if header.format == "gguf" else {}
    found: dict[str, TensorInfo] = {}
    lost: set[str] = set()
    companions = 0
    for name, tensor in tensors.items():
        if name.endswith(COMPANIONS):
            companions += 1
            continue
        plain = renamed.get(name) or _plain_name(name)
        shape, known = _shape(tensor, plain, header)
        if not known:
            lost.add(plain)
        found[plain] = tensor if (plain, shape) == (name, tensor.shape) else replace(
            tensor, name=plain, shape=shape
        )  # fmt: skip
    view = View(found, frozenset(lost))
    return Logical(view=view, quantisation=_scheme(header, view.dtypes), companions=companions)


def _plain_name(name: str) -> str:
    if name.endswith("._data"):
        return name.removesuffix("._data")
    return f"{name.removesuffix('.qweight')}.weight" if name.endswith(".qweight") else name


def _shape(tensor: TensorInfo, plain: str, header: Header) -> tuple[tuple[int, ...], bool]:
    """The shape before quantisation, and whether it is known at all."""
    if header.format == "gguf":
        return _gguf_shape(tensor, header), True
    if tensor.dtype not in _PACKED_DTYPES or len(tensor.shape) != 2:
        return tensor.shape, True
    stem, names = plain.removesuffix(".weight"), header.tensors
    rows, columns = tensor.shape
    if f"{stem}.wscales" in names:  # svdquant: two 4-bit values a byte
        return (rows, columns * 2), True
    scale = names.get(f"{stem}.weight_scale")
    if tensor.dtype == "U8" and scale is not None and len(scale.shape) == 2:  # nvfp4, mxfp4
        return (rows, columns * 2), True
    if f"{plain}.absmax" in names:  # bitsandbytes 4-bit: one column of pairs
        return _unpacked(tensor.elements * 2, names.get(f"{stem}.bias"))
    packed = f"{stem}.qzeros" in names or (f"{stem}.scales" in names and tensor.dtype == "U32")
    return tensor.shape, not packed


def _unpacked(values: int, bias: TensorInfo | None) -> tuple[tuple[int, ...], bool]:
    """A linear layer's bias has its number of rows; without one the shape stays unknown."""
    rows = bias.elements if bias is not None and len(bias.shape) == 1 else 0
    if rows and values % rows == 0:
        return (rows, values // rows), True
    return (values,), False


def _gguf_shape(tensor: TensorInfo, header: Header) -> tuple[int, ...]:
    """ComfyUI-GGUF writes the shape of what it had to reshape beside it, as a list of numbers."""
    text = header.metadata.get(f"comfy.gguf.orig_shape.{tensor.name}", "")
    sides = tuple(map(int, re.findall(r"\d{1,12}", text)[:8]))
    elements = 1
    for side in sides:
        elements *= side
    if sides and elements == tensor.elements:
        return sides
    return _with_depth(tensor, header)


def _with_depth(tensor: TensorInfo, header: Header) -> tuple[int, ...]:
    """Part the two channel counts that stable-diffusion.cpp merges in a convolution over time.

    ggml has four dimensions, such a kernel five; its bias tells how many channels come out.
    """
    shape = tensor.shape
    bias = header.tensors.get(f"{tensor.name.removesuffix('.weight')}.bias")
    if len(shape) != 4 or bias is None or not tensor.name.endswith(".weight"):
        return shape
    rows = bias.elements
    if rows and shape[0] > rows and shape[0] % rows == 0:
        return (rows, shape[0] // rows, *shape[1:])
    return shape


def _scheme(header: Header, stored: Mapping[str, int]) -> str:
    """Name the quantisation by what its tensors are called; "" for plain floats."""
    if header.format == "gguf":
        main = max(stored, key=lambda dtype: stored[dtype], default="")
        return "" if main in ("F32", "F16", "BF16", "") else f"gguf {main}"
    endings = {name.rpartition(".")[2] for name in header.tensors}
    return next((scheme for scheme, told in _schemes(endings, stored) if told), "")


def _schemes(endings: AbstractSet[str], stored: Mapping[str, int]) -> Iterable[tuple[str, object]]:
    """Schemes with what tells them, the most particular first."""
    eights = _fp8(stored)
    yield "svdquant (nunchaku)", "wscales" in endings
    yield "bitsandbytes fp4", "bitsandbytes__fp4" in endings
    yield "bitsandbytes nf4", endings & {"bitsandbytes__nf4", "absmax"}
    yield "bitsandbytes int8", "SCB" in endings
    yield f"quanto {_quanto(stored)}", "_data" in endings
    yield "gptq or awq", "qweight" in endings
    yield "mlx", "biases" in endings and "U32" in stored
    yield "nvfp4", "weight_scale_2" in endings or ("U8" in stored and "weight_scale" in endings)
    yield "int8 with scales", "I8" in stored and endings & _SCALES
    yield "fp8 with scales", eights and endings & {*_SCALES, "scaled_fp8"}
    yield "fp8", eights
    yield "int8", stored.get("I8", 0) * 2 > sum(stored.values())


_SCALES = {"weight_scale", "scale_weight", "weight_scale_inv"}


def _quanto(stored: Mapping[str, int]) -> str:
    return "int8" if "I8" in stored else "float8" if _fp8(stored) else "int4"


def _fp8(stored: Mapping[str, int]) -> bool:
    return any(dtype.startswith(("F8_E4M3", "F8_E5M2")) for dtype in stored)
