"""Where a run stands is a function of its events and of what is on disk."""

import pytest

from compat.core.errors import CompatError
from compat.core.job import Event
from runners.run_folder import Artefact, RunFolder
from runners.run_state import first_incomplete, state_of


@pytest.fixture
def folder(tmp_path):
    place = RunFolder.beside(tmp_path / "video.mp4")
    place.prepare()
    return place


def artefact(folder, path, content=b"x"):
    path.write_bytes(content)
    kept = folder.artefact(path)
    return {"path": kept.path, "sha256": kept.sha256}


def history(folder, windows):
    kinds = [("run-started", {"fingerprint": "f"})]
    for number in range(windows):
        latents = artefact(folder, folder.latents(number))
        segment = artefact(folder, folder.segment(number))
        kinds += [
            ("window-denoised", {"window": number, "latents": latents}),
            ("window-judged", {"window": number, "verdict": "good"}),
            ("window-decoded", {"window": number, "segment": segment, "tail": None}),
        ]
    return [
        Event(run="r", number=index, kind=kind, at="", data=data)
        for index, (kind, data) in enumerate(kinds)
    ]


def test_whole_windows_are_complete(folder):
    state = state_of("r", history(folder, 3))
    assert first_incomplete(state, folder, 5) == 3
    assert (state.next_window, state.next_event, state.fingerprint) == (3, 10, "f")


@pytest.mark.parametrize("missing", [1, 2])
def test_a_window_whose_last_events_are_missing_is_done_again(folder, missing):
    state = state_of("r", history(folder, 3)[:-missing])
    assert first_incomplete(state, folder, 5) == 2


def test_a_changed_segment_is_done_again(folder):
    state = state_of("r", history(folder, 3))
    folder.segment(1).write_bytes(b"other")
    assert first_incomplete(state, folder, 5) == 1


def test_a_stopped_window_is_forgotten(folder):
    events = history(folder, 2)
    events.append(
        Event(run="r", number=7, kind="run-stopped", at="", data={"window": 1, "reason": "mush"})
    )
    state = state_of("r", events)
    assert (first_incomplete(state, folder, 2), state.stopped) == (1, "mush")


def test_a_window_whose_worker_died_keeps_its_latents(folder):
    events = history(folder, 2)[:-2]
    data = {"window": 1, "reason": "it died", "keep": True}
    events.append(Event(run="r", number=5, kind="run-stopped", at="", data=data))
    state = state_of("r", events)
    assert (state.windows[1].latents is not None, state.stopped) == (True, "it died")


def test_what_a_killed_process_left_is_removed(folder):
    half = folder.root / "latents" / ".window-00001.abc.part.safetensors"
    for path in (half, folder.scratch(3), folder.latents(0)):
        path.write_bytes(b"x")
    folder.prepare()
    assert [half.exists(), folder.scratch(3).exists(), folder.latents(0).exists()] == [
        False,
        False,
        True,
    ]


def test_a_path_out_of_the_folder_is_refused(folder):
    with pytest.raises(CompatError, match="leads out of the run folder"):
        folder.holds(Artefact(path="../../secret", sha256="0"))
