"""The real loader loads the model into a worker process, on the planned device and dtype."""

from collections.abc import Iterator

from compat.core.model import Finding, Place, Severity
from runners.engines.messages import OpenAnswer
from runners.preflight.context import Answer, Context, Step


def check_load(context: Context) -> Answer:
    """diffusers loads the folder and every weight is a number; the worker stays warm."""
    opened = context.engine.open()
    context.notes.opened = opened
    return Answer(
        findings=tuple(weight_findings(opened, str(context.job.folder))),
        measures={
            "pipeline": opened.pipeline,
            "components": dict(opened.components),
            "parameter_bytes": opened.parameter_bytes,
            "seconds": opened.seconds,
        },
    )


def weight_findings(opened: OpenAnswer, folder: str) -> Iterator[Finding]:
    """One finding where loaded weights hold NaN or Inf."""
    if not opened.non_finite:
        return
    count, first = len(opened.non_finite), opened.non_finite[0]
    yield Finding(
        rule="non-finite-weights",
        severity=Severity.HIGH,
        message=f"{count} weight tensor(s) hold NaN or Inf, first {first}",
        place=Place(kind="tensor", path=folder, detail=first),
        remedy="download the file again; if it stays so, the published file is broken",
        evidence={"tensors": list(opened.non_finite[:50])},
    )


STEP = Step(
    id="load",
    title="the real loader loads it",
    run=check_load,
    needs=("plan", "files", "identity", "resources"),
)
