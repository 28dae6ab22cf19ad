"""Makes the MP4 and its pictures from the judged segments."""

import itertools
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compat.core.codec import from_data
from compat.core.errors import CompatError
from compat.frames.decode import open_clip
from compat.frames.encode import read_frames, write_mp4
from compat.frames.judge import Expectation, Judgement, judge
from compat.frames.sheet import contact_sheet
from compat.frames.timeline import timeline
from compat.plan.model import RenderPlan
from compat.plan.schedule import Schedule
from runners.run_folder import RunFolder
from runners.run_state import WindowState

if TYPE_CHECKING:
    import numpy as np

    Frame = np.ndarray[Any, np.dtype[np.uint8]]


def all_frames(folder: RunFolder, schedule: Schedule) -> Iterator["Frame"]:
    """Every frame of the final video, in order, trimmed to what the plan asked for."""
    segments = (read_frames(folder.segment(window.index)) for window in schedule.windows)
    return itertools.islice(itertools.chain.from_iterable(segments), schedule.target_frames)


def assemble(
    plan: RenderPlan,
    schedule: Schedule,
    folder: RunFolder,
    output: Path,
    *,
    in_distribution: bool = True,
) -> Judgement:
    """Encode the segments to ``output``, judge the file itself, draw its contact sheet.

    ``in_distribution`` is as in the loop: False where the preflight's picture was waived. Raises
    ``CompatError`` where the segments do not add up to the planned frames.
    """
    count = write_mp4(all_frames(folder, schedule), output, fps=plan.video.fps, crf=plan.output.crf)
    if count != schedule.target_frames:
        raise CompatError(
            f"the segments hold {count} frames, the plan asks for {schedule.target_frames}",
            "run framegate render --resume to make the missing ones",
        )
    clip = open_clip(output)
    expectation = Expectation(
        frames=count,
        width=plan.video.width,
        height=plan.video.height,
        fps=plan.video.fps,
        in_distribution=in_distribution,
    )
    judgement = judge(iter(clip), expectation, info=clip.info)
    contact_sheet(all_frames(folder, schedule), judgement, folder.sheet)
    return judgement


def draw_timeline(
    windows: Mapping[int, WindowState], schedule: Schedule, folder: RunFolder
) -> None:
    """Plot the per-frame measures of all windows, from what the judge stored of each."""
    judgements = [judgement_of(windows[window.index]) for window in schedule.windows]
    timeline(judgements, folder.timeline)


def judgement_of(window: WindowState) -> Judgement:
    """The judgement of one window as its stored event tells it."""
    names = ("verdict", "findings", "measures", "worst_frames", "frames")
    stored: Any = window.judged["per_frame"]
    per_frame = {
        name: [math.nan if value is None else value for value in values]
        for name, values in stored.items()
    }
    data = {name: window.judged[name] for name in names}
    return from_data(Judgement, {**data, "per_frame": per_frame})
