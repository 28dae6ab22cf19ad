"""Bugs of number types: casts, sums and functions that leave a type's range or lose its digits."""

import math
from typing import Any

from tools.device_faults.bug import Bug, Call, Instead
from tools.device_faults.layouts import is_half

_CAST = ("_to_copy", "copy_")


def _target(call: Call) -> Any:
    """The dtype that a cast is asked for, or None."""
    if "copy_." in str(call.function):
        return call.arguments[0].dtype
    return call.options.get("dtype")


def _source(call: Call) -> Any:
    return call.arguments[1 if "copy_." in str(call.function) else 0]


def _cast(call: Call, values: Any) -> Any:
    """The cast with other values to cast."""
    if "copy_." in str(call.function):
        return call.of(call.arguments[0], values, *call.arguments[2:], **call.options)
    return call.with_first(values)


def _halves_cut(call: Call) -> Any:
    import torch

    source = _source(call)
    if _target(call) is not torch.bfloat16 or source.dtype is not torch.float32:
        return None
    bits = source.contiguous().view(torch.int32) & ~0xFFFF
    return _cast(call, bits.view(torch.float32))


def _halves_clamped(call: Call) -> Any:
    import torch

    source = _source(call)
    if _target(call) is not torch.float16 or source.dtype is not torch.float32:
        return None
    return _cast(call, source.clamp(-65504, 65504))


def _eight_bits(name: str, dtype: Any) -> bool:
    return str(dtype) == f"torch.{name}"


def _fp8_cut(call: Call) -> Any:
    source = _source(call)
    if not _eight_bits("float8_e4m3fn", _target(call)) or not source.is_floating_point():
        return None
    return _cast(call, source.double() * (1 - 2.0**-5))


def _fp8_as_fnuz(call: Call) -> Any:
    source = _source(call)
    if not _eight_bits("float8_e4m3fn", source.dtype) or _target(call) is None:
        return None
    return call.sound() / 2


def _fp8_overflows_to_zero(call: Call) -> Any:
    source = _source(call)
    if not str(_target(call)).startswith("torch.float8") or source.element_size() == 1:
        return None
    largest = 448 if _eight_bits("float8_e4m3fn", _target(call)) else 57344
    return _cast(call, source.masked_fill(source.abs() > largest, 0))


def _fp8_small_values_lost(call: Call) -> Any:
    source = _source(call)
    if not _eight_bits("float8_e4m3fn", _target(call)) or source.element_size() == 1:
        return None
    return _cast(call, source.masked_fill(source.abs() < 2.0**-6, 0))


def _double_as_single(call: Call) -> Any:
    import torch

    result = call.sound()
    if not isinstance(result, torch.Tensor):
        return None
    if result.dtype is torch.float64:
        return result.float().double()
    return result.to(torch.complex64).to(result.dtype) if result.is_complex() else None


def _integers_as_singles(call: Call) -> Any:
    import torch

    result = call.sound()
    first = result[0] if isinstance(result, tuple) else result
    if first.dtype is not torch.int64:
        return None
    changed = first.float().long()
    return (changed, *result[1:]) if isinstance(result, tuple) else changed


def _sums_wrap(call: Call) -> Any:
    import torch

    result = call.sound()
    return result.to(torch.int8).to(result.dtype) if result.dtype is torch.int64 else None


def _over_the_last_axis(call: Call) -> Any:
    first = call.arguments[0]
    return call.of(first, -1) if first.dim() > 4 else None


def _gelu_by_exponentials(call: Call) -> Any:
    import torch

    values = call.arguments[0]
    if call.options.get("approximate", "none") != "tanh" or values.dtype is not torch.float16:
        return None
    inner = (values + 0.044715 * values * values * values) * math.sqrt(2 / math.pi)
    up, down = inner.exp(), (-inner).exp()
    return 0.5 * values * (1 + (up - down) / (up + down))


def _squares_in_half(call: Call) -> Any:
    tokens = call.arguments[0]
    if not is_half(tokens):
        return None
    import torch

    # Where bfloat16 has the range, float16 squares of hundreds are infinite and their root zero.
    squares = (tokens * tokens).to(torch.float16 if tokens.dtype is torch.float16 else tokens.dtype)
    scale = (squares.mean(dim=-1, keepdim=True) + 1e-6).rsqrt()
    weight = call.given(2, "weight")
    return tokens * scale if weight is None else tokens * scale * weight


def _comes_out_wide(call: Call) -> Any:
    result = call.sound()
    return result.float() if is_half(result) else None


def _negative_zero_shift(call: Call) -> Any:
    result = call.sound()
    return result + 1 / 255 if result.is_floating_point() else None


def _scales_ignored(call: Call) -> Any:
    import torch

    left, right, first, second, *rest = call.arguments
    return call.of(left, right, torch.ones_like(first), torch.ones_like(second), *rest,
                   **call.options)  # fmt: skip


def _bug(name: str, operations: tuple[str, ...], imitates: str, instead: Instead) -> Bug:
    return Bug(name=name, operations=operations, imitates=imitates, instead=instead)


_EVERYTHING = ("add", "mul", "_to_copy", "cat", "linspace")

NUMBERS = (
    _bug("casts to bfloat16 round toward zero", _CAST, "no report: shifts of the bits",
         _halves_cut),
    _bug("casts to float16 stop at 65504", _CAST, "no report: saturating conversion",
         _halves_clamped),
    _bug("casts to float8_e4m3fn cut", _CAST, "no report", _fp8_cut),
    _bug("float8_e4m3fn is read as e4m3fnuz", _CAST, "ROCm, MI300: the other e4m3 (OCP 1.0)",
         _fp8_as_fnuz),
    _bug("casts to 8 bits give zero beyond the range", _CAST, "pytorch#178817 (of NaN)",
         _fp8_overflows_to_zero),
    _bug("small values are zero in float8_e4m3fn", _CAST, "no report: subnormals flushed",
         _fp8_small_values_lost),
    _bug("double precision is single", _EVERYTHING, "no report: emulation",
         _double_as_single),
    _bug("integers are computed as float32", ("mul", "sub", "max", "_unique2", "unique_dim"),
         "pytorch#195595", _integers_as_singles),
    _bug("running sums of integers wrap", ("cumsum",), "pytorch#96610", _sums_wrap),
    _bug("running sums of five axes run over the last", ("cumsum",), "pytorch#187105 (aborts)",
         _over_the_last_axis),
    _bug("gelu (tanh) is made of exponentials", ("gelu",), "no report", _gelu_by_exponentials),
    _bug("rms norm squares in halves", ("rms_norm",), "no report", _squares_in_half),
    _bug("layer norm of halves comes out as float32", ("layer_norm",), "no report: autocast",
         _comes_out_wide),
    _bug("group norm of halves comes out as float32", ("group_norm",), "no report: autocast",
         _comes_out_wide),
    _bug("every clamp is one level too bright", ("clamp",), "no report", _negative_zero_shift),
    _bug("scales of 8-bit products are ignored", ("_scaled_mm",), "ComfyUI: scaled fp8 files",
         _scales_ignored),
)  # fmt: skip
