"""Shapes at which the device is known to go wrong."""

from collections.abc import Iterator

from compat.backends.known_bugs import KnownBug, bug_book
from compat.core.model import Confidence, Finding, Severity
from compat.core.versions import satisfies
from compat.predict.model import Asked, Expected, OpSeen, Seen
from compat.predict.rule import found, largest, rule
from compat.predict.sizes import SIZES, plain_name

ENDS = {
    "silent": Expected.SILENT, "fails": Expected.FAILS, "slow": Expected.SLOW,
    "unknown": Expected.UNKNOWN,
}  # fmt: skip
VERBS = {
    "silent": "may give wrong values", "fails": "fails", "slow": "is slow", "unknown": "is unclear",
}  # fmt: skip


@rule("known-bug")
def known_bug(seen: Seen, asked: Asked) -> Iterator[Finding]:
    """A recorded fault whose versions, dtypes and sizes this run meets.

    The finding's rule is the fault's own id. Faults of an operating system or chip that was not
    named are left out here and told by :func:`not_told`.
    """
    for bug in bug_book().bugs:
        if bug.device != asked.kind or may_hold(bug, asked) is not True:
            continue
        hits = [(op, size) for op in seen.ops if (size := _size(bug, op, asked)) > bug.above]
        if hits:
            yield _finding(bug, hits, asked)


def not_told(seen: Seen, asked: Asked) -> Iterator[str]:
    """What would have to be named to tell whether a fault that fits the sizes is there."""
    for bug in bug_book().bugs:
        open_question = bug.device == asked.kind and may_hold(bug, asked) is None
        if open_question and any(_size(bug, op, asked) > bug.above for op in seen.ops):
            yield f"{bug.id}: {bug.says} ({_what_is_needed(bug, asked)})"


def may_hold(bug: KnownBug, asked: Asked) -> bool | None:
    """Whether version, system, chip and card are the fault's; None where one was not named."""
    capability = "" if asked.capability is None else f"{asked.capability:g}"
    answers = [
        _in_range(asked.torch, bug.torch),
        _in_range(asked.macos, bug.macos),
        _in_range(capability, bug.capability),
        _is_chip(asked.chip, bug.chips),
        _begins(asked.arch, bug.archs),
    ]
    if False in answers:
        return False
    return None if None in answers else True


def _in_range(version: str, wanted: str) -> bool | None:
    if not wanted:
        return True
    return satisfies(version, wanted) if version else None


def _is_chip(chip: str, wanted: tuple[str, ...]) -> bool | None:
    if not wanted:
        return True
    # "M1 Max" is an M1, and an M10 would be none.
    return chip.upper().split()[0] in wanted if chip.strip() else None


def _begins(arch: str, wanted: tuple[str, ...]) -> bool | None:
    if not wanted:
        return True
    return arch.startswith(wanted) if arch else None


def _what_is_needed(bug: KnownBug, asked: Asked) -> str:
    if bug.chips and not asked.chip:
        return f"on {' and '.join(bug.chips)}; name the chip"
    if bug.macos and not asked.macos:
        return f"macOS {bug.macos}; name the version"
    if bug.archs and not asked.arch:
        return f"on {' and '.join(bug.archs)}; name the card, as in rocm:gfx1100"
    return "name the version of torch and the card"


def _size(bug: KnownBug, op: OpSeen, asked: Asked) -> int:
    if bug.ops != ("*",) and plain_name(op) not in bug.ops:
        return 0
    if bug.dtypes and not (op.inputs and op.inputs[0].dtype in bug.dtypes):
        return 0
    return SIZES[bug.measure](op, asked)


def _finding(bug: KnownBug, hits: list[tuple[OpSeen, int]], asked: Asked) -> Finding:
    worst, size = largest(hits)
    expected = ENDS[bug.ends]
    ops = [worst, *(op for op, _ in hits if op is not worst)]
    limit = f"; {size} here, {bug.above} is the limit" if bug.above else ""
    return found(
        bug.id,
        expected,
        ops,
        f"{plain_name(worst)} {VERBS[bug.ends]} on {asked.name}: {bug.says}{limit}",
        remedy=bug.remedy,
        severity=Severity(bug.severity) if bug.severity else None,
        confidence=Confidence.MEDIUM if bug.checked == "read" else Confidence.LOW,
        measure=bug.measure,
        size=size,
        above=bug.above,
        shapes=[list(tensor.shape) for tensor in worst.tensors],
        dtypes=[tensor.dtype for tensor in worst.tensors],
        error=bug.error,
        source=bug.source,
    )
