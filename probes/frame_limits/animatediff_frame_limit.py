"""AnimateDiff in one piece, around the length of its table."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from compat.core.model import Finding, Level, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.frame_limits.tiny_animatediff import (
    TABLES,
    TRAINED_FRAMES,
    frames_of,
    pipeline,
    positions,
)

_ASKED = (16, 24, 25, 32, 33, 64)


@probe(
    "animatediff-frame-limit",
    family="frame-limits",
    needs=Needs(
        modules=("torch", "diffusers", "transformers"),
        memory_mib=1024,
        seconds=180.0,
        level=Level.STANDARD,
    ),
)
def animatediff_frame_limit(session: Session) -> Iterator[Finding]:
    """AnimateDiff renders as many frames in one piece as are asked for.

    There are two limits. The hard one is the length of the motion module's table of positions, 24
    (v1) or 32 (v2, v3): beyond it an error about tensor sizes comes. The soft one is the 16 frames
    it was trained on: up to the table more can be had, and motion gets worse. A result of exactly
    16 comes from the setting of a batch or context, not from here. For more frames use FreeNoise
    (probe animatediff-free-noise) or context windows. The module is saved and loaded with
    ``MotionAdapter.from_pretrained``, as scripts do.
    """
    session.measure("trained frames", TRAINED_FRAMES)
    for table in TABLES:
        built = pipeline(table, Path(session.scratch))
        yield from _length_lost(session, table, positions(built))
        longest = 0
        for asked in _ASKED:
            delivered, refusal = attempt(partial(frames_of, built, asked))
            session.measure(f"table of {table}, {asked} frames", _state(delivered, refusal))
            if delivered == asked:
                longest = asked
                continue
            yield _limit(session, table, asked, delivered, refusal)
        session.measure(f"longest clip with a table of {table}", longest)
        yield _both_limits(session, table, longest)


def _state(delivered: int | None, refusal: str) -> str:
    if delivered is None:
        return f"refused: {refusal}"
    beyond = f", beyond the {TRAINED_FRAMES} of the training" if delivered > TRAINED_FRAMES else ""
    return f"delivered {delivered}{beyond}"


def _length_lost(session: Session, table: int, found: int) -> Iterator[Finding]:
    """The table that was saved must be the table that is there after loading."""
    session.measure(f"positions loaded of a table of {table}", found)
    if found != table:
        text = f"a table of {table} positions has {found} after from_pretrained"
        yield fault(session, "animatediff-table-changed", text)


def _both_limits(session: Session, table: int, longest: int) -> Finding:
    text = (
        f"a table of {table} positions renders {longest} frames in one piece (hard limit), and was "
        f"trained on {TRAINED_FRAMES} (soft limit)"
    )
    evidence = {"table": table, "longest": longest, "trained": TRAINED_FRAMES}
    return fault(session, "animatediff-limits", text, severity=Severity.INFO, evidence=evidence)


def _limit(
    session: Session, table: int, asked: int, delivered: int | None, refusal: str
) -> Finding:
    case = f"a table of {table} positions, asked for {asked} frames,"
    if delivered is not None:
        text = f"{case} delivers {delivered} without an error"
        return fault(session, "animatediff-frames-lost", text)
    if asked <= table:
        return fault(session, "animatediff-below-table", f"{case} refuses: {refusal}")
    return fault(
        session,
        "animatediff-frame-limit",
        f"{case} refuses: {refusal}",
        severity=Severity.MEDIUM,
        remedy=f"enable FreeNoise or render in context windows of {TRAINED_FRAMES} frames",
    )
