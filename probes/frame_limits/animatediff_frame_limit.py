"""AnimateDiff in one piece, around the length of its table."""

from collections.abc import Iterator
from functools import partial

from compat.core.model import Finding, Level, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.frame_limits.tiny_animatediff import TABLES, TRAINED_FRAMES, frames_of, pipeline

_ASKED = (16, 24, 25, 32, 33)


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

    It cannot render more than its motion module's table of positions is long, 24 (v1) or 32 (v2,
    v3), and says so with an error about tensor sizes; it was trained on 16, and a result of exactly
    16 comes from the setting of a batch or context, not from here. For more frames use FreeNoise
    (probe animatediff-free-noise) or context windows.
    """
    session.measure("trained frames", TRAINED_FRAMES)
    for table in TABLES:
        built, longest = pipeline(table), 0
        for asked in _ASKED:
            delivered, refusal = attempt(partial(frames_of, built, asked))
            if delivered == asked:
                longest = asked
                continue
            yield _limit(session, table, asked, delivered, refusal)
        session.measure(f"longest clip with a table of {table}", longest)


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
        remedy="enable FreeNoise or render in context windows of 16 frames",
    )
