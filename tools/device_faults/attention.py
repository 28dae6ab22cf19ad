"""Bugs of attention kernels, each where the real one acts: for its shape, layout, mask or dtype."""

import math
from dataclasses import dataclass
from typing import Any

from tools.device_faults.bug import Bug, Call, Instead
from tools.device_faults.layouts import in_memory_order, is_half, strided

_SDPA = ("scaled_dot_product_attention",)

# The head sizes of the Metal kernels of torch 2.13 and later (prefill_attention_*_bd*).
_FUSED_HEADS = (32, 64, 72, 80, 96, 128, 256)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attention:
    """The arguments of one call by their names."""

    query: Any
    key: Any
    value: Any
    mask: Any
    causal: bool
    scale: float

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Queries, keys, and the width of a head."""
        return self.query.shape[-2], self.key.shape[-2], self.query.shape[-1]


def _taken(call: Call) -> _Attention:
    query, key, value = call.arguments[:3]
    return _Attention(
        query=query,
        key=key,
        value=value,
        mask=call.given(3, "attn_mask"),
        causal=bool(call.given(5, "is_causal", default=False)),
        scale=call.given(6, "scale") or 1 / math.sqrt(query.shape[-1]),
    )


def _permuted_batches_as_packed(call: Call) -> Any:
    tensors = call.arguments[:3]
    _, _, width = _taken(call).sizes
    if tensors[0].shape[0] < 2 or width < 64 or not any(map(strided, tensors)):
        return None
    read = [in_memory_order(t) if strided(t) else t for t in tensors]
    return call.of(*read, *call.arguments[3:], **call.options)


def _short_keys_cut(call: Call) -> Any:
    taken = _taken(call)
    queries, keys, _ = taken.sizes
    if queries > 8 or keys >= 1024 or keys % 32 == 0 or keys < 32 or taken.mask is not None:
        return None
    return _without_keys(call, taken, keys // 32 * 32)


def _second_pass_cut(call: Call) -> Any:
    taken = _taken(call)
    queries, keys, _ = taken.sizes
    if queries > 8 or keys < 1024 or keys % 64 == 0 or taken.mask is not None:
        return None
    return _without_keys(call, taken, keys // 64 * 64)


def _without_keys(call: Call, taken: _Attention, kept: int) -> Any:
    return call.of(taken.query, taken.key[..., :kept, :], taken.value[..., :kept, :])


def _shared_mask_of_the_first(call: Call) -> Any:
    mask = _taken(call).mask
    if mask is None or mask.dim() != 4 or mask.shape[0] < 2 or mask.shape[1] != 1:
        return None
    return _with_mask(call, mask[:1])


def _boolean_mask_added(call: Call) -> Any:
    import torch

    taken = _taken(call)
    if taken.mask is None or taken.mask.dtype is not torch.bool or taken.mask.dim() != 2:
        return None
    return _with_mask(call, taken.mask.to(taken.query.dtype))


def _mask_ignored(call: Call) -> Any:
    return None if _taken(call).mask is None else _with_mask(call, None)


def _with_mask(call: Call, mask: Any) -> Any:
    options = {k: v for k, v in call.options.items() if k != "attn_mask"}
    return call.of(*call.arguments[:3], attn_mask=mask, **options)


def _empty_rows_are_nan(call: Call) -> Any:
    taken = _taken(call)
    allowed = _allowed(taken)
    if allowed is None:
        return None
    empty = ~allowed.any(dim=-1, keepdim=True)
    return _where_rows(call, empty)


def _masked_block_is_nan(call: Call) -> Any:
    taken = _taken(call)
    allowed = _allowed(taken)
    if allowed is None or taken.sizes[1] < 32:
        return None
    return _where_rows(call, ~allowed[..., :32].any(dim=-1, keepdim=True))


def _where_rows(call: Call, rows: Any) -> Any:
    if not rows.any():
        return None
    result = call.sound()
    return result.masked_fill(rows, math.nan)


def _allowed(taken: _Attention) -> Any:
    import torch

    if taken.mask is None:
        return None
    return taken.mask if taken.mask.dtype is torch.bool else taken.mask > -math.inf


def _causal_leaks(call: Call) -> Any:
    taken = _taken(call)
    if not taken.causal or not is_half(taken.query):
        return None
    result = call.sound()
    everywhere = call.of(taken.query, taken.key, taken.value)
    for first in (1, 2, 3):
        result[..., first::4, :] = everywhere[..., first::4, :]
    return result


def _scores_in_half(call: Call) -> Any:
    import torch

    taken = _taken(call)
    if taken.query.dtype is not torch.float16 or taken.mask is not None or taken.causal:
        return None
    scores = (taken.query.float() @ taken.key.float().transpose(-1, -2)).half()
    weights = (scores * taken.scale).softmax(dim=-1)
    return weights @ taken.value


def _width_of_the_keys(call: Call) -> Any:
    import torch

    taken = _taken(call)
    missing = taken.query.shape[-1] - taken.value.shape[-1]
    return torch.nn.functional.pad(call.sound(), (0, missing)) if missing else None


def _last_queries_lost(call: Call) -> Any:
    queries, _, width = _taken(call).sizes
    if queries <= 8 or width not in _FUSED_HEADS or queries % 64 == 0:
        return None
    result = call.sound().clone()
    result[..., queries // 64 * 64 :, :] = 0
    return result


def _long_rows_lose_precision(call: Call) -> Any:
    taken = _taken(call)
    _, keys, width = taken.sizes
    if not is_half(taken.query) or keys <= 3068 or width in _FUSED_HEADS:
        return None
    # 2.4 % at 14 thousand keys is what the report measured.
    return (call.sound().float() * (1 - 0.024 * keys / 14_000)).to(taken.query.dtype)


def _wide_heads_cut(call: Call) -> Any:
    taken = _taken(call)
    if taken.sizes[2] <= 256:
        return None
    return call.of(taken.query[..., :256], taken.key[..., :256], taken.value, scale=taken.scale)


def _narrow_heads_in_half(call: Call) -> Any:
    taken = _taken(call)
    if not is_half(taken.query) or taken.sizes[2] >= 16 or taken.sizes[0] >= 16:
        return None
    return call.sound() * 0.5


def beyond(scores: int) -> Instead:
    """Rows in each other's place where there are more than so many scores."""

    def wrong(call: Call) -> Any:
        queries, keys, _ = _taken(call).sizes
        rows = math.prod(call.arguments[0].shape[:-2]) * queries
        return call.sound().roll(1, dims=-2) if rows * keys > scores else None

    return wrong


def _bug(name: str, imitates: str, instead: Instead) -> Bug:
    return Bug(name=name, operations=_SDPA, imitates=imitates, instead=instead)


ATTENTION = (
    _bug(
        "attention reads permuted batches with wide heads as packed",
        "pytorch#181133, pytorch#163597",
        _permuted_batches_as_packed,
    ),
    _bug("attention of few queries loses the last keys", "pytorch#169222", _short_keys_cut),
    _bug("attention in two passes loses the last keys", "pytorch#174945", _second_pass_cut),
    _bug(
        "a mask shared by the heads is read for the first batch",
        "pytorch#184180",
        _shared_mask_of_the_first,
    ),
    _bug("a boolean mask is added as numbers", "pytorch#182285", _boolean_mask_added),
    _bug("attention ignores its mask", "pytorch#184180, pytorch#182285", _mask_ignored),
    _bug("rows that see no key are NaN", "pytorch#156707", _empty_rows_are_nan),
    _bug(
        "rows whose first 32 keys are masked are NaN",
        "no report: what a block-wise softmax does without a guard",
        _masked_block_is_nan,
    ),
    _bug("causal attention in halves sees later tokens", "pytorch#195910", _causal_leaks),
    _bug("attention keeps its scores in float16", "pytorch#160841", _scores_in_half),
    _bug("attention returns the width of its keys", "pytorch#176767", _width_of_the_keys),
    _bug("attention loses the queries behind the last block", "pytorch#181575", _last_queries_lost),
    _bug(
        "attention over long rows loses precision in halves",
        "pytorch#190791",
        _long_rows_lose_precision,
    ),
    _bug("attention uses 256 values of a wider head", "no report: another path", _wide_heads_cut),
    _bug(
        "attention with heads below 16 is wrong in halves",
        "pytorch#119772 (ROCm)",
        _narrow_heads_in_half,
    ),
    _bug("attention is wrong beyond 2^32 scores", "pytorch#179352", beyond(2**32)),
)
