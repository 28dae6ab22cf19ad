"""The last line of the render works: the model's dtype to pixels to a playable MP4."""

import numpy as np

from compat.core.model import Finding, Place, Severity
from compat.frames.encode import read_frames, write_mp4
from runners.engines.messages import SavePathAnswer, SavePathRequest
from runners.preflight.context import Answer, Context, Step

SIDE = 64
LARGEST_DIFFERENCE = 2.0
"""bfloat16 keeps 8 bits of mantissa: up to 1 of 255 levels near white, plus rounding."""


def check_save_path(context: Context) -> Answer:
    """Two frames of the planned dtype survive the save path and the H.264 encoder."""
    answer = context.engine.save_path(SavePathRequest(width=SIDE, height=SIDE))
    findings = list(_save_findings(answer))
    written = _encode_two_frames(context)
    if written != 2:
        findings.append(
            Finding(
                rule="encoder-frame-count",
                severity=Severity.HIGH,
                message=f"the MP4 encoder kept {written} of 2 frames",
                place=Place(kind="package", path="av"),
                remedy="install the av wheel from PyPI",
            )
        )
    return Answer(
        findings=tuple(findings), measures={"largest_difference": answer.largest_difference}
    )


def _save_findings(answer: SavePathAnswer) -> list[Finding]:
    if answer.shape == (2, SIDE, SIDE, 3) and answer.largest_difference <= LARGEST_DIFFERENCE:
        return []
    return [
        Finding(
            rule="save-path-changes-frames",
            severity=Severity.HIGH,
            message=f"the save path gave {answer.shape}, off by {answer.largest_difference:.1f} of "
            f"255 levels; expected (2, {SIDE}, {SIDE}, 3) within {LARGEST_DIFFERENCE}",
            place=Place(kind="node", path="save"),
            remedy="convert to float32 before numpy and keep the layout [frames, height, width, 3]",
        )
    ]


def _encode_two_frames(context: Context) -> int:
    ramp = np.linspace(0, 255, 2 * SIDE * SIDE * 3).astype(np.uint8).reshape(2, SIDE, SIDE, 3)
    path = context.job.scratch / "two-frames.mp4"
    write_mp4(iter(ramp), path, fps=context.job.plan.video.fps, crf=context.job.plan.output.crf)
    return sum(1 for _ in read_frames(path))


STEP = Step(id="save-path", title="frames can be saved", run=check_save_path, needs=("load",))
