"""What is wrong with the matrices of a LoRA: halves that are missing, ranks that disagree."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.wording import damage, quoted
from compat.identify.lora_targets import Target

_WHOLE: tuple[tuple[frozenset[str], tuple[frozenset[str], ...]], ...] = (
    (frozenset({"down", "up"}), (frozenset({"down", "up"}),)),
    (
        frozenset({"hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"}),
        (frozenset({"hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"}),),
    ),
    (
        frozenset({"lokr_w1", "lokr_w1_a", "lokr_w1_b", "lokr_w2", "lokr_w2_a", "lokr_w2_b"}),
        (
            frozenset({"lokr_w1", "lokr_w2"}),
            frozenset({"lokr_w1", "lokr_w2_a", "lokr_w2_b"}),
            frozenset({"lokr_w1_a", "lokr_w1_b", "lokr_w2"}),
            frozenset({"lokr_w1_a", "lokr_w1_b", "lokr_w2_a", "lokr_w2_b"}),
        ),
    ),
)
"""For each kind of decomposition its matrices, and the sets of them that make a whole."""

_SCALES = frozenset({"alpha", "dora_scale", "mid", "reshape_weight"})
"""What means nothing without matrices."""


def lora_findings(path: Path, targets: Sequence[Target]) -> Iterator[Finding]:
    """One finding per cause, with the first layer it concerns and how many there are."""
    halves = [target for target in targets if _lacks(target)]
    if halves:
        first = halves[0]
        yield _finding(
            "lora-half-missing", path, halves, targets,
            f"{quoted(first.shown)} has {' and '.join(sorted(first.parts))} without "
            f"{' and '.join(sorted(_lacks(first)))}",
            "download again; the file was cut short or written by a faulty converter",
        )  # fmt: skip
    odd = [target for target in targets if len(target.ranks) > 1 and not _lokr_pair(target)]
    if odd:
        first = odd[0]
        yield _finding(
            "lora-rank-mismatch", path, odd, targets,
            f"the matrices of {quoted(first.shown)} have ranks "
            f"{' and '.join(map(str, first.ranks[:4]))}, which must be equal",
            "its matrices are of different LoRAs; download it again or train it again",
        )  # fmt: skip
    yield from _lesser(path, targets)


def _lesser(path: Path, targets: Sequence[Target]) -> Iterator[Finding]:
    empty = [target for target in targets if 0 in target.ranks]
    if empty:
        yield _finding(
            "lora-rank-zero", path, empty, targets,
            f"{quoted(empty[0].shown)} has rank 0 and changes nothing",
            "train it again with a rank above 0",
        )  # fmt: skip
    twice = [target for target in targets if target.twice]
    if twice:
        first = twice[0]
        yield _finding(
            "lora-layer-twice", path, twice, targets,
            f"{quoted(first.shown)} has {first.twice} under more than one name",
            "keep one adapter per file; loaders take the first or the last of them",
            Severity.MEDIUM,
        )  # fmt: skip
    alone = [target for target in targets if target.parts.keys() <= _SCALES]
    if alone:
        yield _finding(
            "lora-scale-alone", path, alone, targets,
            f"{quoted(alone[0].shown)} has {' and '.join(sorted(alone[0].parts))} and no matrices",
            "harmless where loaders ignore it, else download it again",
            Severity.LOW,
        )  # fmt: skip


def _finding(
    rule: str,
    path: Path,
    some: Sequence[Target],
    targets: Sequence[Target],
    message: str,
    remedy: str,
    severity: Severity = Severity.HIGH,
) -> Finding:
    more = f"; so it is with {len(some)} of {len(targets)} layers" if len(some) > 1 else ""
    return damage(
        rule, path, message + more, remedy=remedy, severity=severity,
        detail=quoted(some[0].shown)[1:-1], affected=len(some), layers=len(targets),
    )  # fmt: skip


def _lacks(target: Target) -> frozenset[str]:
    """The matrices a started decomposition still needs; empty for a whole one."""
    for every, wholes in _WHOLE:
        found = every & target.parts.keys()
        if found and not any(whole <= found for whole in wholes):
            return min((whole - found for whole in wholes), key=len)
    return frozenset()


def _lokr_pair(target: Target) -> bool:
    # The two factors of a Kronecker product may be cut to ranks of their own.
    return "lokr_w1_a" in target.parts
