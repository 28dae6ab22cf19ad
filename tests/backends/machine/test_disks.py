"""Folders are told by the disk they share."""

from compat.backends.machine import disks as subject


def test_folders_on_one_disk_are_one_entry_there_or_not(tmp_path):
    (disk,) = subject.disks({"here": tmp_path, "evidence": tmp_path / "not" / "yet"})
    assert list(disk.places) == ["here", "evidence"]
    assert 0 < disk.free_bytes <= disk.total_bytes
    assert disk.read_only == ()


def test_a_folder_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, _mode: path != tmp_path / "models")
    (tmp_path / "models").mkdir()
    (disk,) = subject.disks({"here": tmp_path, "models": tmp_path / "models"})
    assert disk.read_only == ("models",)
