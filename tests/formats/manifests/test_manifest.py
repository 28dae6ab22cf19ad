"""A manifest remembers what files were like, tells what has changed, and spares reading twice."""

import hashlib
import json
import os
from pathlib import Path

import jsonschema
import pytest

from compat.core.errors import UsageError
from compat.formats.manifests.book import ManifestBook
from compat.formats.manifests.checksum_file import read_checksum_file
from compat.formats.manifests.manifest import read_manifest
from compat.formats.survey import survey
from compat.formats.verify import Check, check_units, verify


def run(folder, file, *, update=False, again=False, **options):
    book = ManifestBook(file, [folder], update=update, again=again)
    return check_units(list(survey(folder)), Check(book=book, **options))


def rules(reports):
    return [finding.rule for report in reports for finding in report.findings]


@pytest.fixture
def models(put, build, tmp_path):
    """A folder of two weight files and a config, and the place of its manifest."""
    for name in ("a", "b"):
        tensors = {name: ("BF16", (64, 64)), "pad": ("BF16", (300, 300))}
        put(f"models/{name}.safetensors", build.safetensors(tensors))
    put("models/sub/notes.json", {"x": 1})
    return tmp_path / "models", tmp_path / "manifest.json"


def test_a_manifest_is_written_once_and_then_held_against_the_files(models):
    folder, file = models
    assert rules(run(folder, file, sha256=True)) == []
    written = file.read_bytes()
    manifest = read_manifest(file)
    assert sorted(manifest.entries) == ["a.safetensors", "b.safetensors", "sub/notes.json"]
    for name, entry in manifest.entries.items():
        data = (folder / name).read_bytes()
        assert (entry.size, entry.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert manifest.entries["a.safetensors"].verdict == "ok"
    assert rules(run(folder, file)) == []
    assert file.read_bytes() == written


def keep_times(path, change):
    before = path.stat()
    change(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))


CHANGES = {
    "manifest-file-missing": lambda folder: (folder / "b.safetensors").unlink(),
    "manifest-file-renamed": lambda folder: (folder / "b.safetensors").rename(folder / "c.sft"),
    "manifest-file-extra": lambda folder: (folder / "d.txt").write_bytes(b"hello"),
    "manifest-size-differs": lambda folder: (folder / "sub" / "notes.json").write_bytes(b"{}"),
    "manifest-header-differs": lambda folder: flip(folder / "a.safetensors", 40),
    "manifest-file-touched": lambda folder: os.utime(folder / "a.safetensors", (1, 1)),
    "manifest-hash-differs": lambda folder: flip(folder / "a.safetensors", 100_000),
}


@pytest.mark.parametrize("rule", CHANGES)
def test_every_change_has_a_rule_of_its_own(models, rule):
    folder, file = models
    run(folder, file, sha256=True)
    CHANGES[rule](folder)
    found = rules(run(folder, file, sha256=True))
    assert [name for name in found if name.startswith("manifest-")] == [rule]


def test_a_changed_size_has_the_byte_numbers(models):
    folder, file = models
    run(folder, file)
    with (folder / "b.safetensors").open("ab") as handle:
        handle.write(b"xyz")
    report = next(r for r in run(folder, file) if r.path.name == "b.safetensors")
    assert report.verdict == "damaged"
    assert report.findings[0].evidence["difference_bytes"] == 3


def test_what_is_unchanged_is_not_read_again_unless_asked(models):
    folder, file = models
    seen = []
    run(folder, file, sha256=True, deep=True, on_bytes=seen.append)
    assert sum(seen) > 0
    for again, read in ((False, False), (True, True)):
        seen.clear()
        reports = run(folder, file, sha256=True, deep=True, on_bytes=seen.append, again=again)
        assert (bool(sum(seen)), rules(reports)) == (read, [])
        assert all("sha256" in report.measures for report in reports)


def test_bytes_that_rot_without_a_trace_are_found_when_read_again(models):
    folder, file = models
    run(folder, file, sha256=True)
    keep_times(folder / "a.safetensors", lambda path: flip(path, 100_000))
    assert rules(run(folder, file, sha256=True)) == []
    assert "manifest-hash-differs" in rules(run(folder, file, sha256=True, again=True))


def test_a_run_that_is_broken_off_leaves_what_it_did_and_goes_on(models):
    folder, file = models
    heard = []

    def stop_at_the_second(path):
        if heard:
            raise KeyboardInterrupt
        heard.append(path)

    with pytest.raises(KeyboardInterrupt):
        run(folder, file, deep=True, on_file=stop_at_the_second)
    partial = read_manifest(file)
    assert (partial.complete, list(partial.entries)) == (False, ["a.safetensors"])
    seen = []
    run(folder, file, deep=True, on_bytes=seen.append)
    assert read_manifest(file).complete
    assert sum(seen) == 64 * 64 * 2 + 300 * 300 * 2  # b alone


def test_updating_writes_the_new_state(models):
    folder, file = models
    run(folder, file)
    (folder / "b.safetensors").unlink()
    assert rules(run(folder, file, update=True)) == []
    assert sorted(read_manifest(file).entries) == ["a.safetensors", "sub/notes.json"]


def test_a_copy_elsewhere_is_held_against_the_same_manifest(models, tmp_path):
    import shutil

    folder, file = models
    run(folder, file, sha256=True)
    shutil.copytree(folder, tmp_path / "copy")
    assert set(rules(run(tmp_path / "copy", file))) == set()


def sums(folder, file, form="{hash}  {name}"):
    lines = [
        form.format(hash=hashlib.sha256(p.read_bytes()).hexdigest(), name=p.relative_to(folder))
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    ]
    file.write_text("# a comment\n" + "\n".join(lines) + "\n", "utf-8")


@pytest.mark.parametrize("form", ["{hash}  {name}", "{hash} *./{name}", "SHA256 ({name}) = {hash}"])
def test_a_list_of_checksums_will_do_as_a_manifest(models, tmp_path, form):
    folder, _ = models
    file = tmp_path / "SHA256SUMS"
    sums(folder, file, form)
    assert rules(run(folder, file)) == []
    flip(folder / "sub" / "notes.json", 2)
    (folder / "b.safetensors").unlink()
    found = rules(run(folder, file))
    assert {"manifest-hash-differs", "manifest-file-missing"} <= set(found)


def test_names_in_a_list_cannot_leave_the_folder(tmp_path):
    file = tmp_path / "sums"
    file.write_text(f"{'0' * 64}  ../secret\n{'1' * 64}  /etc/passwd\n", "ascii")
    assert read_checksum_file(file) == {}


BROKEN = [
    b"", b"hello", b"{}", b'{"schema": "framegate-manifest/9", "files": {}}',
    b'{"schema": "framegate-manifest/1", "files": {"a": 1}}',
    b'{"schema": "framegate-manifest/1", "files": {"../a": {"size": 1}}}',
    b'{"schema": "framegate-manifest/1", "files": {"a": {"size": 1, "deep": 3}}}',
]  # fmt: skip


@pytest.mark.parametrize("data", BROKEN)
def test_what_is_no_manifest_is_refused_and_left_alone(models, data):
    folder, file = models
    file.write_bytes(data)
    with pytest.raises(UsageError):
        run(folder, file)
    assert file.read_bytes() == data


def test_a_manifest_of_one_file_asks_for_no_other(models):
    folder, file = models
    run(folder, file)
    assert rules(run(folder / "a.safetensors", file)) == []


SIDECARS = {
    ".sha256": "{hash}  x.safetensors\n",
    ".sha256sum": "{hash}\n",
    ".lfs": "version https://git-lfs.github.com/spec/v1\noid sha256:{hash}\nsize 9\n",
}


@pytest.mark.parametrize("ending", SIDECARS)
@pytest.mark.parametrize("right", [True, False])
def test_a_hash_beside_the_file_is_compared(put, build, ending, right):
    data = build.safetensors({"a": ("F32", (4,))})
    path = put("x.safetensors", data)
    sha256 = hashlib.sha256(data if right else b"other").hexdigest()
    put(f"x.safetensors{ending}", SIDECARS[ending].format(hash=sha256).encode())
    (report,) = verify(path, sha256=True).reports
    assert [f.rule for f in report.findings] == ([] if right else ["hash-differs"])
    assert report.measures["sha256"] == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("right", [True, False])
def test_what_the_download_recorded_is_compared(put, build, right):
    data = build.safetensors({"a": ("F32", (4,))})
    path = put("model/sub/x.safetensors", data)
    sha256 = hashlib.sha256(data if right else b"other").hexdigest()
    record = "model/.cache/huggingface/download/sub/x.safetensors.metadata"
    put(record, f"commit\n{sha256}\n1700000000.0\n".encode())
    assert rules(verify(path, sha256=True).reports) == ([] if right else ["hash-differs"])


def test_a_blob_is_named_by_its_hash(put, build, tmp_path):
    put("blobs/" + "0" * 64, build.safetensors({"a": ("F32", (4,))}))
    (tmp_path / "x.safetensors").symlink_to(tmp_path / "blobs" / ("0" * 64))
    found = verify(tmp_path / "x.safetensors", sha256=True).findings
    assert [finding.rule for finding in found] == ["hash-differs"]


def test_the_manifest_is_one_json_document(models):
    folder, file = models
    run(folder, file, deep=True, sha256=True)
    document = json.loads(file.read_text("utf-8"))
    schema = Path(__file__).parents[3] / "docs/schemas/framegate-manifest-1.schema.json"
    jsonschema.Draft202012Validator(json.loads(schema.read_text("utf-8"))).validate(document)
    assert document["files"]["a.safetensors"]["deep"]["complete"] is True
