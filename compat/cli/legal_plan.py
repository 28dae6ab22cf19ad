"""What a command that does not render must refuse of a plan before it starts anything."""

from compat.core.errors import UsageError
from compat.plan.model import RenderPlan

MOST_FRAMES = 2001
LEGAL = (
    "video-width-range", "video-height-range", "sampling-guidance-range", "model-dtype",
    "model-offload", "model-path",
)  # fmt: skip
"""Rules about a plan without which no pass can be made; whether a size suits the model is the
pipeline's own business."""


def refuse_illegal(plan: RenderPlan) -> None:
    """``UsageError`` for numbers out of range and words that are none, in what a pass reads."""
    from compat.plan.validate import violations

    for finding in violations(plan):
        if finding.rule in LEGAL:
            raise UsageError(finding.message, finding.remedy)
    if not 1 <= plan.window.frames <= MOST_FRAMES:
        raise UsageError(
            f"window.frames is {plan.window.frames}, expected 1 to {MOST_FRAMES}",
            "name the frames that are rendered at once, as in --window 81",
        )
