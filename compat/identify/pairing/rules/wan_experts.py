"""The two experts of Wan 2.2 A14B are a pair: both there, of one shape, and not one file twice."""

import re
from collections.abc import Iterator, Mapping

from compat.core.model import Confidence, Finding, Severity
from compat.identify.pairing.model import Gathered, Part, Rule
from compat.identify.pairing.wording import mismatch

ALWAYS = "2.2 A14B"
"""The generation of models that exist only as a pair."""

PERHAPS = frozenset({"wan-t2v-14b", "wan-vace-14b"})
"""Models whose header is the same for Wan 2.1, which is one file, and for an expert of 2.2."""

SLOTS: Mapping[str, str] = {"URLs2": "low", "transformer_2": "low"}
"""Where a set puts the low-noise expert; WanGP's "URLs" and diffusers' "transformer" hold the
high-noise one, or the only model there is."""

HIGH = re.compile(r"(?<![a-z])(high)(?![a-z])|high[_-]?noise", re.IGNORECASE)
LOW = re.compile(r"(?<![a-z])(low)(?![a-z])|low[_-]?noise", re.IGNORECASE)


def side_of(part: Part) -> str:
    """Which expert the name claims to be: "high", "low", or "" where it says neither or both."""
    name = part.file.path.stem
    high, low = bool(HIGH.search(name)), bool(LOW.search(name))
    return "" if high == low else "high" if high else "low"


def check(files: Gathered) -> Iterator[Finding]:
    """The header cannot tell one expert from the other: names can lie, content cannot."""
    experts = [
        part
        for part in files.models
        if part.found.generation == ALWAYS
        or (part.id in PERHAPS and (side_of(part) or part.file.slot in SLOTS))
    ]
    yield from _twice(experts)
    for part in experts:
        yield from _alone(part, experts)
        yield from _swapped(part)
    yield from _unlike(experts)


def _twice(experts: list[Part]) -> Iterator[Finding]:
    for number, part in enumerate(experts):
        for other in experts[:number]:
            if part.file.content and part.file.content == other.file.content:
                yield mismatch(
                    "experts-are-one-file",
                    part,
                    other,
                    f"{part} and {other} hold the same weights (equal tables, and equal bytes "
                    "wherever they were sampled): one of the two experts is missing",
                    remedy="download the other expert; Wan 2.2 A14B has a high-noise and a "
                    "low-noise one",
                    content=part.file.content,
                )


def _alone(part: Part, experts: list[Part]) -> Iterator[Finding]:
    mates = [other for other in experts if other is not part and other.id == part.id]
    claimed = side_of(part)
    if any(not claimed or side_of(other) != claimed for other in mates):
        return
    if part.id in PERHAPS and not claimed:
        return
    other = {"high": "low-noise", "low": "high-noise"}.get(claimed, "other")
    yield mismatch(
        "expert-missing",
        part,
        part,
        f"{part} is one of the two experts of Wan 2.2 A14B and the {other} one is not here",
        remedy=f"add the {other} expert; half of the steps are its work",
        severity=Severity.MEDIUM if part.found.generation == ALWAYS else Severity.LOW,
        confidence=Confidence.HIGH if part.found.generation == ALWAYS else Confidence.MEDIUM,
        claimed=claimed,
    )


def _swapped(part: Part) -> Iterator[Finding]:
    expected, claimed = SLOTS.get(part.file.slot, ""), side_of(part)
    if expected and claimed and expected != claimed:
        yield mismatch(
            "experts-swapped",
            part,
            part,
            f"{part} is named as the {claimed}-noise expert and stands where the {expected}-noise "
            f"one belongs ({part.file.slot})",
            remedy="swap the two experts; only their names tell them apart, so check the source",
            severity=Severity.LOW,
            confidence=Confidence.LOW,
            slot=part.file.slot,
        )


def _unlike(experts: list[Part]) -> Iterator[Finding]:
    sides = {side: [part for part in experts if side_of(part) == side] for side in ("high", "low")}
    for high in sides["high"]:
        for low in sides["low"]:
            if high.id != low.id and not any(part.id == high.id for part in sides["low"]):
                yield mismatch(
                    "experts-differ",
                    low,
                    high,
                    f"the high-noise expert is {high} and the low-noise one {low}: the two must "
                    "have one shape",
                    remedy="take both experts from the same release",
                    found=low.id,
                    expected=high.id,
                )


RULE = Rule(id="wan-experts", title="the two Wan 2.2 experts are a pair", check=check)
