"""What stands below a path is found for what it is, and what is no file is not waited for."""

import os
import sys

import pytest

from compat.formats.verify import verify

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="no such thing on Windows")


def found(path):
    return {report.path.name: report.kind for report in verify(path).reports}


def rules(path):
    return [finding.rule for finding in verify(path).findings]


def test_an_index_of_a_pipeline_stands_for_its_folder(folder):
    assert found(folder / "model_index.json") == found(folder)
    assert found(folder)["model"] == "diffusers-folder"


def test_models_inside_a_folder_of_anything_are_found(folder, put, build):
    put("loose.safetensors", build.safetensors({"a": ("F32", (4,))}))
    kinds = found(folder.parent)
    assert kinds["model"] == "diffusers-folder"
    assert kinds["loose.safetensors"] == "safetensors"
    assert len(kinds) == 4  # two of the pipeline's weights have one name


@POSIX
@pytest.mark.timeout(20)
def test_pipes_and_devices_are_not_waited_for(folder, tmp_path):
    os.mkfifo(tmp_path / "pipe.safetensors")
    for path in (tmp_path / "pipe.safetensors", "/dev/zero"):
        (report,) = verify(tmp_path / path).reports
        assert (report.verdict, report.findings[0].rule) == ("damaged", "no-regular-file")
    for name in ("model_index.json", "vae/config.json", "tokenizer/tokenizer.json"):
        (folder / name).unlink()
        os.mkfifo(folder / name)
        assert verify(folder).verdict == "damaged"


@POSIX
def test_links_are_followed_and_those_that_lead_nowhere_are_named(put, build, tmp_path):
    put("real/x.safetensors", build.safetensors({"a": ("F32", (4,))}))
    (tmp_path / "real" / "again").symlink_to(tmp_path / "real")
    (tmp_path / "y.safetensors").symlink_to(tmp_path / "real" / "x.safetensors")
    assert verify(tmp_path).verdict == "ok"
    (tmp_path / "z.safetensors").symlink_to("nowhere")
    assert rules(tmp_path) == ["dangling-link"]
    assert rules(tmp_path / "z.safetensors") == ["dangling-link"]


def test_a_file_that_may_not_be_read_is_unknown(put, build, monkeypatch):
    path = put("x.safetensors", build.safetensors({"a": ("F32", (4,))}))

    def refused(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("compat.formats.file_check.sniff", refused)
    assert (verify(path).verdict, rules(path)) == ("unknown", ["not-readable"])


def test_a_file_that_shrinks_while_it_is_read_is_told(put, build, monkeypatch):
    path = put("x.safetensors", build.safetensors({"a": ("F32", (400,))}))
    from compat.formats import file_check

    real = file_check.zero_findings

    def shrinking(header):
        os.truncate(header.path, 900)
        return real(header)

    monkeypatch.setattr(file_check, "zero_findings", shrinking)
    assert "changed-while-read" in rules(path)


@pytest.fixture
def hub(tmp_path, build):
    """A repository folder of the download cache: one snapshot of two files linked to blobs."""
    root = tmp_path / "models--some--model"
    snapshot = root / "snapshots" / "abc123"
    for place in (snapshot, root / "blobs", root / "refs"):
        place.mkdir(parents=True)
    (root / "refs" / "main").write_text("abc123", "ascii")
    contents = {"x.safetensors": build.safetensors({"a": ("F32", (4,))}), "config.json": b"{}"}
    for name, content in contents.items():
        (root / "blobs" / f"blob-{name}").write_bytes(content)
        (snapshot / name).symlink_to(root / "blobs" / f"blob-{name}")
    return root


@POSIX
def test_a_download_cache_is_checked_by_its_snapshots(hub):
    assert found(hub) == {hub.name: "hub-cache", "x.safetensors": "safetensors"}
    assert found(hub.parent) == found(hub)
    assert rules(hub) == []


@POSIX
def test_what_a_download_cache_lacks_is_named(hub):
    (hub / "blobs" / "y.incomplete").write_bytes(b"abc")
    assert rules(hub) == ["partial-download-left"]
    (hub / "blobs" / "y.incomplete").unlink()
    (hub / "blobs" / "blob-config.json").unlink()
    assert "hub-blob-missing" in rules(hub)
    (hub / "refs" / "main").write_text("fff", "ascii")
    assert "hub-revision-missing" in rules(hub)


@POSIX
def test_a_download_cache_without_a_snapshot_is_named(hub):
    import shutil

    shutil.rmtree(hub / "snapshots")
    assert "hub-snapshot-missing" in rules(hub)


def test_unfinished_downloads_are_not_opened(put):
    assert rules(put("x.ckpt.incomplete", b"\x80\x02cos\nsystem\n.")) == ["partial-download"]
