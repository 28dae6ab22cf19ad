"""AnimateDiff with FreeNoise, beyond the length of its table."""

from collections.abc import Iterator
from functools import partial

from compat.core.model import Finding, Level, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.frame_limits.tiny_animatediff import TABLES, TRAINED_FRAMES, frames_of, pipeline

_ASKED = (16, 33, 64)
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

    ``pipeline.enable_free_noise(context_length=16, context_stride=4)`` slides a window of the
    trained length over the clip and returns exactly the frames asked for. The context must not be
    longer than the table, nor the clip shorter than half a context.
    """
    for table in TABLES:
        built = pipeline(table)
        built.enable_free_noise(context_length=TRAINED_FRAMES, context_stride=_STRIDE)
        for asked in _ASKED:
            delivered, refusal = attempt(partial(frames_of, built, asked))
            case = f"free noise over a table of {table}, asked for {asked} frames,"
            if refusal:
                yield fault(session, "free-noise-refused", f"{case} refuses: {refusal}")
            elif delivered != asked:
                text = f"{case} delivers {delivered}"
                yield fault(session, "free-noise-frames-lost", text)
