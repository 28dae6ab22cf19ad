"""The model is one that is known, with its frame and size rules."""

from compat.core.model import Finding, Place, Severity
from compat.identify.identify import identify
from runners.preflight.context import Answer, Context, Step


def check_identity(context: Context) -> Answer:
    """The headers and configs fit a known video architecture."""
    found = identify(context.job.folder)
    context.notes.identification = found
    findings = list(found.findings)
    if found.family == "unknown":
        findings.append(_unknown(context, found.near_misses))
    return Answer(
        findings=tuple(findings),
        measures={"id": found.id, "family": found.family, "evidence": list(found.evidence)},
    )


def _unknown(context: Context, near_misses: tuple[object, ...]) -> Finding:
    nearest = f"; nearest: {near_misses[0]}" if near_misses else ""
    return Finding(
        rule="model-unknown",
        severity=Severity.HIGH,
        message=f"no known architecture fits this folder{nearest}",
        place=Place(kind="file", path=str(context.job.folder)),
        remedy="framegate identify shows what each signature missed",
    )


STEP = Step(id="identity", title="model is known", run=check_identity)
