"""AnimateDiff with FreeNoise, beyond the length of its table."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Level, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.frame_limits.tiny_animatediff import TABLES, TRAINED_FRAMES, frames_of, pipeline

_ASKED = (16, 25, 32, 33, 64)
# The stride between windows that diffusers documents as default.
_STRIDE = 4


@probe(
    "animatediff-free-noise",
    family="frame-limits",
    needs=Needs(
        modules=("torch", "diffusers", "transformers"),
        memory_mib=1024,
        seconds=180.0,
        level=Level.STANDARD,
    ),
)
def animatediff_free_noise(session: Session) -> Iterator[Finding]:
    """FreeNoise makes AnimateDiff render more frames than its table is long.

    ``pipeline.enable_free_noise(context_length=16, context_stride=4)`` slides a context of the
    trained length over the clip and returns exactly the frames asked for. The context must not be
    longer than the table, nor the clip shorter than half a context. Switched off again, the limit
    of the table is back, so that what was rendered meanwhile was FreeNoise's doing.
    """
    for table in TABLES:
        built = pipeline(table, Path(session.scratch))
        built.enable_free_noise(context_length=TRAINED_FRAMES, context_stride=_STRIDE)
        for asked in _ASKED:
            delivered, refusal = attempt(partial(frames_of, built, asked))
            session.measure(f"table of {table}, {asked} frames", refusal or delivered)
            case = f"free noise over a table of {table}, asked for {asked} frames,"
            if refusal:
                yield fault(session, "free-noise-refused", f"{case} refuses: {refusal}")
            elif delivered != asked:
                text = f"{case} delivers {delivered}"
                yield fault(session, "free-noise-frames-lost", text)
        yield from _switched_off(session, table, built)


def _switched_off(session: Session, table: int, built: Any) -> Iterator[Finding]:
    built.disable_free_noise()
    beyond = table + 1
    delivered, refusal = attempt(partial(frames_of, built, beyond))
    session.measure(f"table of {table}, {beyond} frames, free noise off", refusal or delivered)
    if not refusal and delivered != beyond:
        text = f"a table of {table} without free noise, asked for {beyond}, delivers {delivered}"
        yield fault(session, "free-noise-left-behind", text)
