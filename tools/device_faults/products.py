"""Bugs of matrix products and linear layers."""

from collections.abc import Callable
from typing import Any

from tools.device_faults.bug import Bug, Call, Instead
from tools.device_faults.layouts import in_memory_order, is_half, strided

_PLAIN = ("mm", "addmm")
_BATCHED = ("bmm", "baddbmm")


def _factors(call: Call) -> tuple[Any, Any]:
    """The two matrices; addmm and baddbmm have something to add in front of them."""
    first = 1 if "add" in str(call.function) else 0
    return call.arguments[first], call.arguments[first + 1]


def _with_factors(call: Call, left: Any, right: Any) -> Any:
    added = call.arguments[:1] if "add" in str(call.function) else ()
    return call.of(*added, left, right, **call.options)


def _weight_view_as_packed(call: Call) -> Any:
    tokens, weight, *rest = call.arguments
    if not strided(weight):
        return None
    return call.of(tokens, in_memory_order(weight), *rest, **call.options)


def _rows_beyond_16_bits(call: Call) -> Any:
    tokens, bias = call.arguments[0], call.given(2, "bias")
    if bias is None or tokens.dim() < 3 or tokens.shape[0] <= 65536:
        return None
    result = call.sound()
    result[65536:] = result[: len(result) - 65536].clone()
    return result


def _another_result_each_time(call: Call) -> Any:
    tokens, bias = call.arguments[0], call.given(2, "bias")
    if bias is not None or tokens.dim() < 3 or not is_half(tokens) or call.number % 2:
        return None
    return call.sound() + 100


def _terms_beyond_16_bits(call: Call) -> Any:
    left, right = _factors(call)
    if left.shape[-1] <= 32767:
        return None
    return _with_factors(call, left[..., :32767], right[..., :32767, :])


def large_results(limit: int) -> Instead:
    """Zero beyond so many values."""

    def wrong(call: Call) -> Any:
        left, right = _factors(call)
        if left.numel() // left.shape[-1] * right.shape[-1] <= limit:
            return None
        result = call.sound()
        result.view(-1)[limit:] = 0
        return result

    return wrong


def outer_beyond(limit: int) -> Instead:
    """The same for sums of one term."""
    large = large_results(limit)
    return lambda call: large(call) if _factors(call)[0].shape[-1] == 1 else None


def _sums_in_half(call: Call) -> Any:
    import torch

    left, right = _factors(call)
    if not is_half(left):
        return None
    total = None
    # A tensor core adds 16 terms to its sum at once (PTX, mma.m16n8k16) and rounds then.
    for start in range(0, left.shape[-1], 16):
        part = torch.matmul(left[..., start : start + 16], right[..., start : start + 16, :])
        total = part if total is None else total + part
    added = call.arguments[0] if "add" in str(call.function) else None
    return total if added is None else total + added


def _ten_bits(call: Call) -> Any:
    import torch

    left, right = _factors(call)
    if left.dtype is not torch.float32:
        return None
    return _with_factors(call, short(left), short(right))


def short(tensor: Any) -> Any:
    """Float32 values cut to the 10 bits of TF32."""
    import torch

    return (tensor.contiguous().view(torch.int32) & ~0x1FFF).view(torch.float32)


def _bug(
    name: str, operations: tuple[str, ...], imitates: str, instead: Callable[[Call], Any]
) -> Bug:
    return Bug(name=name, operations=operations, imitates=imitates, instead=instead)


PRODUCTS = (
    _bug("linear reads a weight that is a view as packed", ("linear",), "pytorch#161640",
         _weight_view_as_packed),
    _bug("linear overwrites rows beyond 65536", ("linear",), "pytorch#189495",
         _rows_beyond_16_bits),
    _bug("linear without a bias differs at each second call", ("linear",), "pytorch#180776",
         _another_result_each_time),
    _bug("mm loses the terms beyond 32767", _PLAIN, "pytorch#193487", _terms_beyond_16_bits),
    _bug("bmm loses the terms beyond 32767", _BATCHED, "pytorch#195163", _terms_beyond_16_bits),
    _bug("mm is zero beyond 2^25 values", _PLAIN, "pytorch#116769, pytorch#122045",
         large_results(2**25)),
    _bug("bmm is wrong beyond 2^32 values", _BATCHED, "pytorch#197636", large_results(2**32)),
    _bug("bmm over one term is wrong beyond 2^31 values", _BATCHED, "pytorch#196431 (CUDA)",
         outer_beyond(2**31)),
    _bug("products of halves are summed in halves", (*_PLAIN, *_BATCHED),
         "CUDA: allow_fp16_accumulation (PyTorch, numerical accuracy)", _sums_in_half),
    _bug("products of float32 have the 10 bits of TF32", (*_PLAIN, *_BATCHED),
         "CUDA: allow_tf32 (PyTorch, CUDA semantics)", _ten_bits),
)  # fmt: skip
