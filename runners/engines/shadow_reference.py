"""The same operation on the processor in wider precision: the reference of a shadowed run."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from probes.numerics import on_host

WIDER = {"bfloat16": "float32", "float16": "float32", "float32": "float64"}
"""What a result is compared in; float64 and integers are compared as they are."""


class NoReferenceError(Exception):
    """The processor has no such operation."""


def host_copy(value: Any) -> Any:
    """A byte copy on the processor with the same strides, for every tensor inside ``value``."""
    import torch
    from torch.utils._pytree import tree_map

    return tree_map(lambda item: on_host(item) if isinstance(item, torch.Tensor) else item, value)


def widened(value: Any) -> Any:
    """Every floating tensor and dtype inside ``value`` one step wider, devices made the processor.

    ``value`` comes from :func:`host_copy`.
    """
    import torch
    from torch.utils._pytree import tree_map

    def wide(item: Any) -> Any:
        if isinstance(item, torch.Tensor):
            return item.to(wider(item.dtype))
        if isinstance(item, torch.dtype):
            return wider(item)
        return torch.device("cpu") if isinstance(item, torch.device) else item

    return tree_map(wide, value)


def at_home(value: Any) -> Any:
    """The same values with every device made the processor: for the operation in its own dtype."""
    import torch
    from torch.utils._pytree import tree_map

    return tree_map(
        lambda item: torch.device("cpu") if isinstance(item, torch.device) else item, value
    )


def wider(dtype: Any) -> Any:
    """The dtype that results of ``dtype`` are compared in."""
    import torch

    name = str(dtype).removeprefix("torch.")
    if name.startswith("float8"):
        return torch.float32
    if name == "complex64":
        return torch.complex128
    return getattr(torch, WIDER.get(name, name))


def reference(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """The result of ``function`` for copied arguments; ``NoReferenceError`` where there is none."""
    try:
        if is_attention(function):
            return attention(**_attention_inputs(function, args, kwargs))
        return function(*args, **kwargs)
    except (NotImplementedError, RuntimeError, TypeError) as exc:
        raise NoReferenceError(f"{function}: {exc}") from exc


def is_attention(function: Any) -> bool:
    """Whether ``function`` is one of torch's fused attentions, whatever the device calls it."""
    return "scaled_dot_product" in str(function)


def attention(
    query: Any, key: Any, value: Any, *, mask: Any, scale: float | None, causal: bool
) -> Any:
    """Attention by its definition, for any of the fused kernels."""
    import torch

    factor = scale if scale is not None else 1 / math.sqrt(query.shape[-1])
    scores = query @ key.transpose(-2, -1) * factor
    if causal:
        allowed = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
        scores = scores.masked_fill(~allowed, -math.inf)
    if mask is not None:
        boolean = mask.dtype is torch.bool
        scores = scores.masked_fill(~mask, -math.inf) if boolean else scores + mask
    # A row whose scores are all -inf attends to nothing; torch's kernels give zeros there.
    empty = (scores == -math.inf).all(dim=-1, keepdim=True)
    return torch.softmax(scores, dim=-1).masked_fill(empty, 0.0) @ value


def _attention_inputs(
    function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    named = {argument.name: argument.default_value for argument in function._schema.arguments}
    named |= dict(zip(named, args, strict=False)) | dict(kwargs)
    for option in ("dropout_p", "enable_gqa"):
        if named.get(option):
            raise NoReferenceError(f"{function} with {option}")
    return {
        "query": named["query"],
        "key": named["key"],
        "value": named["value"],
        "mask": named.get("attn_mask", named.get("attn_bias")),
        "scale": named.get("scale"),
        "causal": bool(named.get("is_causal")),
    }
