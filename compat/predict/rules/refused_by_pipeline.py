"""Plans that the pipeline itself turns away, on any device."""

from collections.abc import Iterator

from compat.core.model import Confidence, Finding
from compat.predict.model import Asked, Expected, Seen
from compat.predict.rule import SEVERITY, code_place, rule


@rule("refused-by-pipeline")
def refused_by_pipeline(seen: Seen, _asked: Asked) -> Iterator[Finding]:
    """The pipeline's own check of its arguments ended the real-size pass: no device mends that.

    The tiny pass has a size of its own, of which a refusal says nothing.
    """
    if seen.refused and seen.size == "real":
        yield Finding(
            rule="refused-by-pipeline",
            severity=SEVERITY[Expected.FAILS],
            confidence=Confidence.HIGH,
            message=f"the pipeline refuses this plan on any device: {seen.stopped[:300]}",
            place=code_place(seen.stopped_at),
            remedy="change the size or the number of frames to what it asks for",
            evidence={"expected": Expected.FAILS.value, "ops": [], "error": seen.stopped[:300]},
        )
