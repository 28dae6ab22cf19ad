"""The plan is legal, and its sizes are ones this model takes."""

from compat.core.model import Finding, Place, Severity
from compat.plan.schedule import schedule
from compat.plan.validate import violations
from runners.preflight.context import Answer, Context, Step


def check_plan(context: Context) -> Answer:
    """Every number of the plan is legal: 8n+1 windows, multiples of 32, prompts in the video."""
    plan = context.job.plan
    findings = list(violations(plan))
    if any(finding.severity is Severity.HIGH for finding in findings):
        return Answer(findings=tuple(findings))
    windows = schedule(plan)
    if context.job.output.exists():
        findings.append(_output_exists(context))
    return Answer(
        findings=tuple(findings),
        measures={
            "windows": len(windows.windows),
            "frames": windows.target_frames,
            "latents": windows.total_latents,
            "stride_seconds": windows.stride_seconds,
        },
    )


def _output_exists(context: Context) -> Finding:
    return Finding(
        rule="output-exists",
        severity=Severity.INFO,
        message="a file already has the name of the output; a finished run will replace it",
        place=Place(kind="file", path=str(context.job.output)),
        remedy="name another output if you want to keep it",
    )


STEP = Step(id="plan", title="plan and geometry", run=check_plan)
