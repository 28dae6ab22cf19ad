import gzip
import io
import os
import struct
import tarfile
import zipfile

import pytest

from compat.formats.imposters import imposter_finding
from compat.formats.sniff import Kind, sniff


def finding(path):
    return imposter_finding(path, sniff(path))


def a_tar():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("model.safetensors"), io.BytesIO())
    return out.getvalue()


def a_zip(name):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, b"x" * 100)
    return out.getvalue()


PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head></html>"
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 5135149760\n"
CONTENTS = {
    "html-page": PAGE,
    "html-page space": b"\r\n\t  \n" + PAGE,
    "html-page byte order": b"\xef\xbb\xbf" + PAGE,
    "html-page sixteen bits": b"\xff\xfe" + PAGE.decode().encode("utf-16-le"),
    "html-page comment": b"<!-- saved from url -->\n<!-- x -->" + PAGE,
    "html-page xhtml": b'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml">',
    "html-page script": b"<script>location='/login'</script>",
    "html-page old letters": b"<html><head><title>M\xfcnchen</title></head></html>" + b"x" * 5000,
    "html-page gzip": gzip.compress(PAGE * 100),
    "json-error": b'{"error":"Invalid credentials in Authorization header"}',
    "json-error gzip": gzip.compress(b'{"detail":"Not found"}'),
    "xml-error": b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
    "json-content": b'{"a": 1}',
    "json-content index": b'{"metadata": {}, "weight_map": {"a": "b"}}',
    "lfs-pointer": LFS,
    "xet-pointer": b"# xet version 0\nfilesize = 4711\nhash = 'ab'\n",
    "text-content": b"Entry not found",
    "empty-file": b"",
    "zero-filled": bytes(50_000),
    "zero-head": bytes(40_000) + b"x" * 10_000,
    "tar-archive": a_tar(),
    "tar-archive gzip": gzip.compress(a_tar()),
    "compressed-file": gzip.compress(b"\x01\x02" * 5000),
    "compressed-file zstd": b"\x28\xb5\x2f\xfd" + b"\xff" * 20,
    "compressed-file xz": b"\xfd7zXZ\0" + b"\xff" * 20,
    "packed-archive 7z": b"7z\xbc\xaf\x27\x1c" + b"\xff" * 20,
    "packed-archive rar": b"Rar!\x1a\x07\x01\0" + b"\xff" * 20,
    "zip-archive": a_zip("model.safetensors"),
    "zip-archive empty": b"PK\x05\x06" + bytes(18),
    "numpy-content": b"\x93NUMPY\x01\0v\0{'descr': '<f4'}",
    "numpy-content npz": a_zip("arr_0.npy"),
    "picture-content png": b"\x89PNG\r\n\x1a\n" + b"\xff" * 20,
    "picture-content jpeg": b"\xff\xd8\xff\xe0" + b"\xff" * 20,
    "video-content": b"\0\0\0\x20ftypisom" + b"\xff" * 20,
    "onnx-content": b"\x08\x07\x12\x07pytorch\x1a\x052.1.0:\xff",
    "hdf5-content": b"\x89HDF\r\n\x1a\n" + b"\xff" * 20,
    "database-content": b"SQLite format 3\0" + b"\xff" * 20,
    "program-content": b"MZ\x90\0" + b"\xff" * 20,
    "document-content": b"%PDF-1.7\n\xff\xfe",
    "torrent-content": b"d8:announce30:udp://tracker",
    "old-ggml-content": b"tjgg" + struct.pack("<I", 3) + b"\xff" * 20,
    "tensorrt-content": b"ftrt" + b"\xff" * 20,
    "misnamed": b"GGUF" + struct.pack("<IQQ", 3, 0, 0),
    "not-what-its-name-says": b"\x13\x37\xff\xfe\x01\x02\x03\x04\x05",
}


@pytest.mark.parametrize("case", CONTENTS)
def test_what_is_no_model_file_is_named_for_what_it_is(put, case):
    path = put("model.safetensors", CONTENTS[case])
    found = finding(path)
    assert (found.rule, found.severity) == (case.split()[0], "high")
    assert found.remedy
    assert len(found.message) < 400


def test_every_rule_has_a_remedy_of_its_own_sense(put):
    said = {
        case.split()[0]: finding(put("m.safetensors", CONTENTS[case])).message for case in CONTENTS
    }
    assert len(set(said.values())) == len(said)


@pytest.mark.parametrize(("case", "promised"), [("lfs-pointer", 5135149760), ("xet-pointer", 4711)])
def test_a_pointer_says_how_large_the_file_should_be(put, case, promised):
    found = finding(put("model.safetensors", CONTENTS[case]))
    assert found.evidence["expected_bytes"] == promised
    assert found.evidence["found_bytes"] == len(CONTENTS[case])
    assert found.evidence["direction"] == "too-short"


@pytest.mark.parametrize("name", ["x.onnx", "x.npy", "x.h5", "x.json"])
def test_other_model_files_under_their_own_names_are_no_imposters(put, name):
    kind = {"x.onnx": "onnx-content", "x.npy": "numpy-content", "x.h5": "hdf5-content",
            "x.json": "json-content"}[name]  # fmt: skip
    assert finding(put(name, CONTENTS[kind])) is None


@pytest.mark.parametrize(
    "name",
    [
        "x.safetensors.part", "x.crdownload", "x.incomplete", "x.safetensors.aria2", "x.gguf.!qB",
        "x.safetensors.tmp", "x.safetensors.ab12cd3.tmp", "Unconfirmed 1.crdownload", "x.download",
    ],
)  # fmt: skip
def test_the_names_of_unfinished_downloads(put, name):
    assert finding(put(name, b"\x01\x02\xff\xfe")).rule == "partial-download"


@pytest.mark.parametrize("name", ["x.safetensors", "x.tmp", "x.part1.safetensors", "x.001.gguf"])
def test_other_names_are_no_unfinished_downloads(put, build, name):
    assert sniff(put(name, build.safetensors({"a": ("F32", (2,))}))).kind is Kind.SAFETENSORS


@pytest.mark.parametrize("name", ["x.safetensors.001", "x.gguf.part2", "x.safetensors.partaa",
                                  "x.gguf-split-a"])  # fmt: skip
def test_one_piece_of_a_split_file_is_named(put, name):
    found = finding(put(name, b"\x01\x02\xff\xfe"))
    assert found.rule == "split-part"
    assert "join all pieces" in found.remedy


def test_an_unfinished_download_is_measured_by_its_own_header(put, build):
    data = build.safetensors({"a": ("F32", (100, 100))})
    found = finding(put("x.safetensors.part", data[:10_000]))
    assert found.evidence["expected_bytes"] == len(data)
    assert found.evidence["difference_bytes"] == 10_000 - len(data)


def aria2(total, piece, field):
    return struct.pack(">H4sIIQQI", 1, bytes(4), 0, piece, total, 0, len(field)) + field


def test_aria2_tells_how_many_pieces_are_there(put):
    path = put("x.safetensors", bytes(10_000))
    put("x.safetensors.aria2", aria2(9_000, 1_000, b"\xe8\x00"))
    found = finding(path)
    assert found.rule == "partial-download"
    assert "4 of 9 pieces" in found.message
    assert found.evidence["expected_bytes"] == 9_000


@pytest.mark.parametrize("note", [b"", b"\0\1", aria2(9_000, 0, b""), aria2(1, 1, b"\xff" * 40)])
def test_a_broken_note_of_aria2_is_still_a_note(put, note):
    path = put("x.safetensors", bytes(10_000))
    put("x.safetensors.aria2", note)
    assert finding(path).rule == "partial-download"


def test_a_hole_at_the_begin_says_how_much_is_on_the_disk(tmp_path):
    path = tmp_path / "x.safetensors"
    with path.open("wb") as handle:
        handle.truncate(100 << 20)
    found = finding(path)
    assert found.rule == "zero-filled"


@pytest.mark.parametrize("name", ["x.safetensors", "x.gguf"])
def test_a_link_that_leads_nowhere_is_told(tmp_path, name):
    path = tmp_path / name
    try:
        path.symlink_to(tmp_path / "blobs" / "gone")
    except OSError:
        pytest.skip("this system does not let us make links")
    found = finding(path)
    assert found.rule == "dangling-link"
    assert "gone" in found.message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_named_and_not_opened(tmp_path):
    path = tmp_path / "x.safetensors"
    os.mkfifo(path)
    assert finding(path).rule == "no-regular-file"
    assert "named pipe" in finding(path).message


def test_a_folder_under_a_files_name_is_told(tmp_path):
    path = tmp_path / "x.safetensors"
    path.mkdir()
    assert finding(path).rule == "folder-under-file-name"


def test_what_is_not_there_at_all_raises(tmp_path):
    with pytest.raises(FileNotFoundError):
        sniff(tmp_path / "x.safetensors")


def test_a_header_of_a_wrong_length_is_still_safetensors(put, build):
    data = build.safetensors({"a": ("F32", (2,))})
    assert sniff(put("x.bin", struct.pack("<Q", 2**60) + data[8:])).kind is Kind.SAFETENSORS


@pytest.mark.parametrize("data", [b"\xd0\x07", b"\x60\x02\0\0\0\0"])
def test_a_file_cut_inside_its_first_eight_bytes_is_still_safetensors(put, data):
    assert sniff(put("x.safetensors", data)).kind is Kind.SAFETENSORS
