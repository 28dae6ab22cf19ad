"""Bugs that show at any size, whatever the shape: those that parity is tried with.

Most are plain damage to one operation; the reports that the others imitate stand beside them.
"""

import math
from collections.abc import Callable
from typing import Any

from tools.device_faults.bug import Bug, Call, Damage
from tools.device_faults.layouts import in_memory_order, strided

_NONE = "no one report: plain damage"


def scaled(factor: float) -> Damage:
    """Every value off by a factor."""
    return lambda _call, result: result * factor


def loses_last_term(call: Call, _result: Any) -> Any:
    """The last term of every sum is left out."""
    tokens = call.arguments[0].clone()
    tokens[..., -1] = 0
    return call.with_first(tokens)


def last_value_off(_call: Call, result: Any) -> Any:
    """Only the last value of the result is wrong."""
    changed = result.clone()
    changed[(-1,) * changed.dim()] += 123
    return changed


def channels_rolled(_call: Call, result: Any) -> Any:
    """Channels come out in each other's place."""
    return result.roll(1, dims=1) if result.shape[1] > 1 else None


def last_column_lost(_call: Call, result: Any) -> Any:
    """The last column is never written."""
    changed = result.clone()
    changed[..., -1] = 0
    return changed


def views_read_as_packed(call: Call, _result: Any = None) -> Any:
    """Arguments that are views are read in the order of memory."""
    import torch

    taken = [isinstance(a, torch.Tensor) and strided(a) for a in call.arguments]
    if not any(taken):
        return None
    pairs = zip(call.arguments, taken, strict=True)
    return call.of(*(in_memory_order(a) if bad else a for a, bad in pairs), **call.options)


def listed_views_read_as_packed(call: Call, _result: Any = None) -> Any:
    """The same for operations that take a list."""
    parts = list(call.arguments[0])
    if not any(strided(part) for part in parts):
        return None
    return call.with_first([in_memory_order(p) if strided(p) else p for p in parts])


def zeros_for_views(call: Call, result: Any) -> Any:
    """The result for a view is zero."""
    return result * 0 if strided(call.arguments[0]) else None


def zeros(_call: Call, result: Any) -> Any:
    """Nothing is written at all."""
    return result * 0


def not_done(call: Call, result: Any) -> Any:
    """The input comes back unchanged."""
    first = call.arguments[0]
    return first.clone() if first.shape == result.shape else None


def wrong_sign(_call: Call, result: Any) -> Any:
    """The sign is turned."""
    return -result


def overflows(_call: Call, result: Any) -> Any:
    """One value is infinite."""
    changed = result.clone()
    changed[(0,) * changed.dim()] = math.inf
    return changed


def shifted(_call: Call, result: Any) -> Any:
    """Every row is off by one place."""
    return result.roll(1, dims=-1) if result.shape and result.shape[-1] > 1 else None


_PLAIN: tuple[tuple[str, str, Callable[[Call, Any], Any], str], ...] = (
    ("linear loses its last term", "linear", loses_last_term, "pytorch#193487"),
    ("linear writes its last value wrong", "linear", last_value_off, _NONE),
    ("linear is 5 % off", "linear", scaled(1.05), _NONE),
    ("conv3d rolls its channels", "conv3d", channels_rolled, _NONE),
    ("conv3d loses its last column", "conv3d", last_column_lost, _NONE),
    ("conv2d rolls its channels", "conv2d", channels_rolled, _NONE),
    (
        "attention reads views as packed",
        "scaled_dot_product_attention",
        views_read_as_packed,
        "pytorch#163597",
    ),
    ("attention is 2 % off", "scaled_dot_product_attention", scaled(1.02), _NONE),
    ("attention overflows", "scaled_dot_product_attention", overflows, "pytorch#160841"),
    ("clone of a view is zero", "clone", zeros_for_views, "pytorch#139006 (of activations)"),
    ("cat reads views as packed", "cat", listed_views_read_as_packed, "pytorch#78043"),
    ("stack reads views as packed", "stack", listed_views_read_as_packed, "pytorch#78043"),
    ("mul reads views as packed", "mul", views_read_as_packed, _NONE),
    ("add reads views as packed", "add", views_read_as_packed, _NONE),
    ("neg does nothing", "neg", not_done, _NONE),
    ("rsqrt is 2 % off", "rsqrt", scaled(1.02), _NONE),
    ("mean is 3 % off", "mean", scaled(1.03), _NONE),
    ("layer norm is 3 % off", "layer_norm", scaled(1.03), _NONE),
    ("group norm is 3 % off", "group_norm", scaled(1.03), _NONE),
    ("rms norm is 3 % off", "rms_norm", scaled(1.03), _NONE),
    ("silu gives zeros", "silu", zeros, _NONE),
    ("gelu does nothing", "gelu", not_done, _NONE),
    ("cosine has the wrong sign", "cos", wrong_sign, _NONE),
    ("sine is shifted", "sin", shifted, _NONE),
    ("sub has the wrong sign", "sub", wrong_sign, _NONE),
    ("div is 2 % off", "div", scaled(1.02), _NONE),
    ("padding is shifted", "pad", shifted, _NONE),
    ("upsampling is shifted", "upsample_nearest2d", shifted, _NONE),
    ("pow is 2 % off", "pow", scaled(1.02), _NONE),
    (
        "a cast of a view is packed",
        "_to_copy",
        zeros_for_views,
        "pytorch#183419 (of a test for NaN)",
    ),
    ("softmax is shifted", "softmax", shifted, _NONE),
    ("where gives zeros", "where", zeros, _NONE),
    ("exp is 2 % off", "exp", scaled(1.02), _NONE),
)

ANY_SIZE = tuple(
    Bug(name=name, operations=(operation,), imitates=report, damage=damage)
    for name, operation, damage, report in _PLAIN
)
