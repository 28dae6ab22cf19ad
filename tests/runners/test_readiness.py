"""What can never be rendered is refused at once, before a preflight works for it."""

import json
import os
from pathlib import Path

import pytest

from compat.core.errors import UsageError
from compat.core.job import Event
from compat.core.system import exclusive_lock
from compat.store.store import Store
from runners.embedded import embedded_model
from runners.readiness import refuse_hopeless, require_loop_model, require_place, stored_state
from runners.run_folder import RunFolder


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "evidence.sqlite3") as opened:
        yield opened


@pytest.fixture
def pipeline(tmp_path):
    """A function that makes a folder which says it holds this pipeline class."""

    def of(name):
        folder = tmp_path / "model"
        folder.mkdir()
        (folder / "model_index.json").write_text(json.dumps({"_class_name": name}), "utf-8")
        return folder

    return of


def test_the_embedded_model_may_be_rendered(tmp_path, store):
    refuse_hopeless(embedded_model(), tmp_path / "new" / "folder" / "video.mp4", store)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("name", "family"),
    [("WanPipeline", "wan"), ("AnimateDiffPipeline", "animatediff"), ("LTX2Pipeline", "ltx2")],
)
def test_another_family_is_named_and_refused(pipeline, tmp_path, store, name, family):
    with pytest.raises(UsageError, match=f"is of the family {family}, the long render takes LTX"):
        refuse_hopeless(pipeline(name), tmp_path / "video.mp4", store)


def test_an_unknown_model_is_left_to_the_preflight_but_never_rendered(pipeline, tmp_path, store):
    folder = pipeline("FluxPipeline")
    refuse_hopeless(folder, tmp_path / "video.mp4", store)
    with pytest.raises(UsageError, match="is no model that is known, the long render takes LTX"):
        require_loop_model(folder)


def test_an_output_that_is_a_folder_is_refused(tmp_path):
    (tmp_path / "video.mp4").mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        require_place(tmp_path / "video.mp4")


def test_an_output_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UsageError, match="file is no folder"):
        require_place(tmp_path / "file" / "sub" / "video.mp4")


def test_an_output_in_a_read_only_folder_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) != tmp_path)
    with pytest.raises(UsageError, match="read-only for you"):
        require_place(tmp_path / "sub" / "video.mp4")


def begin(store, place, *, denoised):
    """Store the first events of a run in ``place``."""
    place.prepare()
    place.lock.touch()
    place.run_id.write_text("run-1", "ascii")
    store.append(Event(run="run-1", number=0, kind="run-started", at="", data={"fingerprint": "f"}))
    latents = {"path": "latents/a", "sha256": ""}
    if denoised:
        data = {"window": 0, "latents": latents}
        store.append(Event(run="run-1", number=1, kind="window-denoised", at="", data=data))


@pytest.mark.parametrize("denoised", [True, False])
def test_only_work_that_would_be_lost_stops_a_fresh_start(tmp_path, store, denoised):
    output = tmp_path / "video.mp4"
    begin(store, RunFolder.beside(output), denoised=denoised)
    if not denoised:
        refuse_hopeless(embedded_model(), output, store)
        return
    with pytest.raises(UsageError, match=r"unfinished run with 1 window") as refused:
        refuse_hopeless(embedded_model(), output, store)
    assert "framegate render --resume" in refused.value.remedy


def test_an_output_that_another_process_renders_to_is_refused(tmp_path, store):
    output = tmp_path / "video.mp4"
    begin(store, RunFolder.beside(output), denoised=True)
    with (
        exclusive_lock(RunFolder.beside(output).lock),
        pytest.raises(UsageError, match="renders to"),
    ):
        refuse_hopeless(embedded_model(), output, store)


@pytest.mark.parametrize("noted", [b"", b"\xff\xfe\x00garbage", b"run-of-another-store"])
def test_a_note_that_names_no_stored_run_is_no_run(tmp_path, store, noted):
    place = RunFolder.beside(tmp_path / "video.mp4")
    place.prepare()
    place.run_id.write_bytes(noted)
    assert not stored_state(place, store).started
