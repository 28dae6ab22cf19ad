"""The plan is legal, and its sizes are ones this model takes."""

from compat.core.model import Finding, Place, Severity
from compat.plan.geometry import LTX, PictureRule
from compat.plan.schedule import schedule
from compat.plan.validate import is_legal, violations
from runners.preflight.context import Answer, Context, Step


def check_plan(context: Context) -> Answer:
    """Every number of the plan is legal: 8n+1 windows, multiples of 32, prompts in the video."""
    plan = context.job.plan
    rule = picture_rule(context)
    findings = list(violations(plan, rule))
    if not is_legal(findings) or rule.frame_step != LTX.frame_step:
        # The windows are the LTX loop's; another family is rendered by its own tool.
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


def picture_rule(context: Context) -> PictureRule:
    """The model's own rule for sizes and frames; LTX's where the model is not known."""
    found = context.notes.identification
    if found is None or found.traits is None:
        return LTX
    traits = found.traits
    return PictureRule(
        space_multiple=traits.space_multiple,
        frame_step=traits.frame_step,
        frame_offset=traits.frame_offset,
        min_side=traits.min_side,
        max_frames=traits.max_frames,
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
