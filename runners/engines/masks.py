"""Asks whether what a mask hides stays hidden: changing it must change nothing that counts."""

from dataclasses import replace
from typing import Any

from runners.engines.capture import Call, tensors
from runners.engines.evidence import MaskAnswer
from runners.engines.statistics import on_cpu

TEXT_MASK = "attention_mask"
DENOISER_MASK = "encoder_attention_mask"
DENOISER_TEXT = "encoder_hidden_states"


def ask_masks(calls: dict[str, Call], pipeline: Any) -> list[MaskAnswer]:
    """One answer per part that can be asked: text encoders and denoisers."""
    padding = _padding(calls, pipeline)
    return [_ask(call, padding) for name, call in calls.items() if name != "vae"]


def _padding(calls: dict[str, Call], pipeline: Any) -> Any:
    """Which tokens [B, L] of the first text encoder are padding; None where it cannot be told.

    LTX-2's connectors put learnt registers where the padding was, so there it may be seen.
    """
    given = calls["text_encoder"].argument("input_ids") if "text_encoder" in calls else None
    token = getattr(getattr(pipeline, "tokenizer", None), "pad_token_id", None)
    end = getattr(getattr(pipeline, "tokenizer", None), "eos_token_id", None)
    if given is None or token is None or token == end or hasattr(pipeline, "connectors"):
        return None
    return given == token


def _ask(call: Call, padding: Any) -> MaskAnswer:
    is_text = call.part.startswith("text_encoder")
    mask = call.argument(TEXT_MASK if is_text else DENOISER_MASK)
    given = call.argument("input_ids" if is_text else DENOISER_TEXT)
    if mask is None or given is None:
        return MaskAnswer(part=call.part, masked=0, reason="it is called without a mask")
    if mask.ndim != 2 or mask.shape != given.shape[:2]:
        return MaskAnswer(part=call.part, masked=0, reason="its mask is not one value per token")
    hidden = mask == 0
    # HunyuanVideo lets the first token be seen by all, hidden or not, so that no row is empty.
    hidden[:, 0] = False
    count = int(hidden.sum())
    if not count:
        fits = padding is not None and padding.shape[-1] == mask.shape[-1]
        seen = int(padding[-1].sum()) if fits else 0
        return MaskAnswer(part=call.part, masked=0, padding=seen, reason="its mask hides nothing")
    try:
        return _changed(call, given, hidden, count, is_text=is_text)
    except Exception as error:  # noqa: BLE001 - a part that takes no second call is no verdict
        return MaskAnswer(part=call.part, masked=count, reason=f"{type(error).__name__}: {error}")


def _changed(call: Call, given: Any, hidden: Any, count: int, *, is_text: bool) -> MaskAnswer:
    import torch

    other = given.clone()
    # The number of a token that is seen, or the opposite of the text where nothing may be seen.
    other[hidden] = given[~hidden][-1] if is_text else -given[hidden]
    if not is_text and not bool(given[hidden].any()):
        other[hidden] = 1.0
    name = "input_ids" if is_text else DENOISER_TEXT
    with torch.inference_mode():
        first, second = _result(call, name, given), _result(call, name, other)
    if is_text:
        seen = (~hidden).to("cpu")
        first, second = first[seen], second[seen]
    scale = float(first.norm())
    return MaskAnswer(
        part=call.part,
        masked=count,
        change=float((first - second).norm()) / scale if scale > 0 else None,
        epsilon=float(torch.finfo(tensors(call.result)[0].dtype).eps),
    )


def _result(call: Call, name: str, value: Any) -> Any:
    again = replace(call, kwargs=dict(call.kwargs))
    if name in again.kwargs:
        again.kwargs[name] = value
        args = call.args
    else:
        args = tuple(value if arg is call.argument(name) else arg for arg in call.args)
    return on_cpu(tensors(call.module(*args, **again.kwargs))[0])
