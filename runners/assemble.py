"""Makes the MP4 and its pictures from the judged segments."""

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

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

SHEET_FRAMES = 40


def all_frames(folder: RunFolder, schedule: Schedule) -> Iterator["Frame"]:
    """Every frame of the final video, in order, trimmed to what the plan asked for."""
    segments = (read_frames(folder.segment(window.index)) for window in schedule.windows)
    return itertools.islice(itertools.chain.from_iterable(segments), schedule.target_frames)


def assemble(plan: RenderPlan, schedule: Schedule, folder: RunFolder, output: Path) -> Judgement:
    """Encode the segments to ``output``, judge the file itself, draw its contact sheet.

    Raises ``CompatError`` where the segments do not add up to the planned frames.
    """
    count = write_mp4(all_frames(folder, schedule), output, fps=plan.video.fps, crf=plan.output.crf)
    if count != schedule.target_frames:
        raise CompatError(
            f"the segments hold {count} frames, the plan asks for {schedule.target_frames}",
            "run framegate render --resume to make the missing ones",
        )
    clip = open_clip(output)
    expectation = Expectation(
        frames=count, width=plan.video.width, height=plan.video.height, fps=plan.video.fps
    )
    judgement = judge(iter(clip), expectation, info=clip.info)
    every = max(1, count // SHEET_FRAMES)
    sampled = list(itertools.islice(all_frames(folder, schedule), 0, None, every))
    contact_sheet(sampled, judgement, folder.sheet, every=every)
    return judgement


def draw_timeline(
    windows: Mapping[int, WindowState], schedule: Schedule, folder: RunFolder
) -> None:
    """Plot the per-frame measures of all windows, from what the judge stored of each."""
    names = sorted({name for state in windows.values() for name in _per_frame(state)})
    series = {
        name: tuple(
            value
            for window in schedule.windows
            for value in _per_frame(windows[window.index]).get(name, ())
        )
        for name in names
    }
    seams = tuple(window.first_frame for window in schedule.windows[1:])
    timeline(series, folder.timeline, marks=seams)


def _per_frame(state: WindowState) -> Mapping[str, Any]:
    per_frame = state.judged.get("per_frame", {})
    return per_frame if isinstance(per_frame, Mapping) else {}
