"""Whatever the windows and overlaps, every frame comes out once and in order.

The engine here renders numbers: latent n of the video holds n, and every frame its own number.
"""

from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from compat.frames.encode import read_frames
from compat.frames.judge import Judgement, JudgeVerdict
from compat.plan.model import PromptAt, RenderPlan, VideoPlan, WindowPlan
from compat.plan.schedule import schedule
from runners import loop
from runners.engines.messages import DecodeAnswer, TensorStatistics, WindowAnswer
from runners.loop import LoopJob, run_windows, window_seed
from runners.run_folder import RunFolder

CALM = TensorStatistics(shape=(1,), mean=0.0, std=1.0, peak=1.0, non_finite=0)
GOOD = Judgement(
    verdict=JudgeVerdict.GOOD, findings=(), measures={}, per_frame={}, worst_frames=(), frames=1
)
PLAN = RenderPlan(video=VideoPlan(fps=25.0), prompts=(PromptAt(at=0.0, text="a cat"),))
FRAMES = (9, 17, 25, 33, 49)
LAYOUTS = [(frames, overlap) for frames in FRAMES for overlap in range(1, frames, 8)]


def frames_of(latents):
    """The numbers of the frames that a chunk decodes to: one for its first latent, then eight."""
    first, *rest = latents
    return [8 * first, *(8 * (n - 1) + k for n in rest for k in range(1, 9))]


class Counter:
    """An engine that counts instead of rendering, and refuses latents that do not follow on."""

    def window(self, request, _on_progress):
        before = self._numbers(request.previous)[-request.overlap :] if request.overlap else []
        assert len(before) == request.overlap
        first = before[-1] + 1 if before else 0
        numbers = np.arange(first, first + request.latents - request.overlap, dtype=np.float32)
        save_file({"latents": numbers}, request.output_path)
        return WindowAnswer(new=CALM, seconds=0.0, peak_memory_bytes=0)

    def decode(self, request):
        numbers = self._numbers(request.paths)[-request.last :]
        assert len(numbers) == request.last
        dropped = 8 * (request.context - 1) + 1 if request.context else 0
        kept = np.array(frames_of(numbers)[dropped:], np.uint8)
        np.save(
            request.frames_path, np.broadcast_to(kept[:, None, None, None], (len(kept), 16, 16, 3))
        )
        return DecodeAnswer(decoded=CALM, frames=len(kept), seconds=0.0, peak_memory_bytes=0)

    def _numbers(self, paths):
        numbers = [int(n) for path in paths for n in load_file(path)["latents"]]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        return numbers


@pytest.mark.parametrize(("frames", "overlap"), LAYOUTS)
@pytest.mark.parametrize("windows", [1, 2, 4])
def test_every_frame_comes_out_once(tmp_path, monkeypatch, frames, overlap, windows):
    judged = []

    def look(clip, expectation):
        judged.extend(int(frame[0, 0, 0]) for frame in clip)
        assert expectation.frames is not None
        return GOOD

    monkeypatch.setattr(loop, "judge", look)
    total = frames + (windows - 1) * (frames - overlap)
    plan = replace(
        PLAN,
        window=WindowPlan(frames=frames, overlap=overlap),
        video=replace(PLAN.video, seconds=total / 25),
    )
    layout, folder = schedule(plan), RunFolder.beside(tmp_path / "v.mp4")
    folder.prepare()
    list(run_windows(LoopJob(plan=plan, schedule=layout, engine=Counter(), folder=folder)))
    made = [
        int(frame[0, 0, 0])
        for window in layout.windows
        for frame in read_frames(folder.segment(window.index))
    ]
    assert len(layout.windows) == windows
    assert made == judged == list(range(layout.total_frames))


def test_every_window_has_a_seed_of_its_own():
    assert len({window_seed(7, window) for window in range(1000)}) == 1000


def test_large_seeds_are_told_apart():
    assert window_seed(2**31, 0) != window_seed(0, 0)
    assert 0 <= window_seed(2**63 - 1, 9) < 2**63
