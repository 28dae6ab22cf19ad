import pytest

from compat.core.errors import CompatError
from compat.formats.header import read_header


def test_both_formats_are_read_by_their_content(put, build):
    tensors = build.safetensors({"a": ("F32", (2,))})
    assert read_header(put("x.gguf", tensors)).format == "safetensors"
    packed = build.gguf([build.entry("a", (8,))], 32)
    assert read_header(put("y.safetensors", packed)).format == "gguf"


def test_a_cut_file_still_says_what_it_was_meant_to_be(put, build):
    path = put("x.safetensors", build.safetensors({"a": ("F32", (2,))})[:-4])
    assert read_header(path).tensors["a"].shape == (2,)


@pytest.mark.parametrize("data", [b"<html>", b"", b"\x08\0\0\0\0\0\0\0{broken}"])
def test_what_has_no_header_raises_with_a_remedy(put, data):
    with pytest.raises(CompatError) as caught:
        read_header(put("x.safetensors", data))
    assert caught.value.remedy


def test_what_is_not_there_raises(tmp_path):
    with pytest.raises(CompatError, match="cannot be read"):
        read_header(tmp_path / "nothing")
