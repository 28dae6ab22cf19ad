"""The text encoders work: numbers, other numbers for another prompt, and padding that stays hidden.

That the prompt moves the picture is the smoke check's question; of two text encoders it cannot tell
a dead one.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compat.core.model import Confidence, Finding, Place, Severity
from runners.engines.evidence import MaskAnswer, TextStatistics
from runners.preflight.asked_clip import asked_clip
from runners.preflight.compare import read_tensors, relative_distance
from runners.preflight.context import Answer, Context, Step, UndecidedError
from runners.preflight.smoke_check import PROMPT_DISTANCE, SMOKE_TEXT, SMOKE_TEXT_OTHER

if TYPE_CHECKING:
    import numpy as np

    Texts = Mapping[str, np.ndarray[Any, np.dtype[np.float32]]]

TOKEN_SPREAD = 1e-3
"""Spread across tokens relative to all: below it every token is the same. Measured: untrained and
trained encoders of five kinds 0.09 to 0.99."""

MASK_ROUNDINGS = 64.0
"""Rounding units that masked tokens may move the rest. Masks are minus infinity or -10000 before a
softmax, which leaves exactly nothing: measured 0.0 for every pipeline that takes a mask."""


def check_text(context: Context) -> Answer:
    """What the prompt became, once for the plan's prompt and once for another."""
    _, answer = asked_clip(context)
    if not answer.texts:
        raise UndecidedError("no text encoder was seen at work")
    masks = context.engine.masks().parts
    distances = dict(prompt_distances(context.job.scratch))
    findings = [
        *number_findings(answer.texts),
        *distance_findings(distances),
        *mask_findings(masks),
    ]
    measures: dict[str, object] = {
        "tokens": {text.part: text.tokens for text in answer.texts},
        "token_spread": {text.part: text.token_spread for text in answer.texts},
        "prompt_distance": distances,
        "mask_change": {mask.part: mask.change for mask in masks if not mask.reason},
        "no_mask": {mask.part: mask.reason for mask in masks if mask.reason},
    }
    return Answer(findings=tuple(findings), measures=measures)


def prompt_distances(scratch: Path) -> Iterator[tuple[str, float]]:
    """Per part the distance between its texts for the two prompts of the smoke check."""
    if not (scratch / SMOKE_TEXT).is_file() or not (scratch / SMOKE_TEXT_OTHER).is_file():
        return
    first, second = read_tensors(scratch / SMOKE_TEXT), read_tensors(scratch / SMOKE_TEXT_OTHER)
    for part in first.keys() & second.keys():
        if first[part].shape == second[part].shape:
            yield part, relative_distance(first[part], second[part])


def number_findings(texts: tuple[TextStatistics, ...]) -> Iterator[Finding]:
    """NaN in a text, and tokens that are all the same."""
    for text in texts:
        place = Place(kind="node", path=text.part)
        if text.non_finite:
            yield _finding(
                "text-not-finite",
                f"the text at {text.part} holds {text.non_finite} NaN or Inf values",
                place,
                "load the text encoder in bfloat16 or float32: float16 overflows in T5",
            )
        elif text.tokens > 1 and (text.token_spread or 0.0) < TOKEN_SPREAD:
            yield _finding(
                "text-constant",
                f"all {text.tokens} tokens of the text at {text.part} are the same within "
                f"{text.token_spread or 0.0:.1e} of their spread, expected them to differ",
                place,
                "the text encoder's weights are dead: check its file and its scales",
            )


def distance_findings(distances: Mapping[str, float]) -> Iterator[Finding]:
    """Parts whose text is the same whatever the prompt."""
    for part, distance in distances.items():
        if distance < PROMPT_DISTANCE:
            yield _finding(
                "text-ignores-prompt",
                f"the text at {part} is the same for two prompts within {distance:.1e}, expected "
                f"more than {PROMPT_DISTANCE:g}",
                Place(kind="node", path=part),
                "the text encoder's weights or its tokenizer are dead: check their files",
            )


def mask_findings(masks: tuple[MaskAnswer, ...]) -> Iterator[Finding]:
    """Parts on which tokens have an effect that their mask hides."""
    for mask in masks:
        if mask.padding:
            yield _finding(
                "padding-not-masked",
                f"the mask that {mask.part} is given hides none of {mask.padding} padding tokens",
                Place(kind="node", path=mask.part),
                "the pipeline loses the attention mask: update diffusers",
            )
        if mask.change is not None and mask.change > MASK_ROUNDINGS * mask.epsilon:
            yield Finding(
                rule="mask-ignored",
                severity=Severity.HIGH,
                confidence=Confidence.MEDIUM,
                message=f"changing {mask.masked} masked tokens moved what {mask.part} gives by "
                f"{mask.change:.1e}, expected at most {MASK_ROUNDINGS * mask.epsilon:.1e}",
                place=Place(kind="node", path=mask.part),
                remedy="the attention mask is lost on this device, or the tokenizer pads the other "
                "side: check padding_side in tokenizer_config.json, update torch",
            )


def _finding(rule: str, message: str, place: Place, remedy: str) -> Finding:
    return Finding(rule=rule, severity=Severity.HIGH, message=message, place=place, remedy=remedy)


STEP = Step(id="text", title="text encoders work", run=check_text, needs=("smoke",))
