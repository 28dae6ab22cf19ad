"""JSON from untrusted files is read within bounds, and never half understood."""

import pytest

from compat.formats.bounded_json import UnreadableJsonError, parse_json, read_json_object


def test_a_key_that_says_the_same_twice_is_read():
    assert parse_json(b'{"steps": 6, "steps": 6, "x": {"a": 1}}') == {"steps": 6, "x": {"a": 1}}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'{"steps": 6, "steps": 8}', "twice"),
        (b'{"x": {"a": 1, "a": [1]}}', "twice"),
        (b"[NaN]", "NaN is not JSON"),
        (b"[" * 100_000 + b"]" * 100_000, "nested"),
        (b"[" + b"1," * 2_000_000 + b"1]", "values"),
        (b"\xff", "utf-8"),
        (b"{", "Expecting"),
        (b"1" * 5000, "digits"),
    ],
)
def test_what_is_no_plain_json_is_refused_with_the_reason(data, why):
    with pytest.raises(UnreadableJsonError, match=why):
        parse_json(data)


def test_the_infinity_that_diffusers_writes_into_its_configs_is_taken(tmp_path):
    path = tmp_path / "scheduler_config.json"
    path.write_text('{"lambda_min_clipped": -Infinity, "steps": 6}', "utf-8")
    assert read_json_object(path) == {"lambda_min_clipped": None, "steps": 6}


def test_a_file_that_holds_no_object_is_refused(tmp_path):
    path = tmp_path / "x.json"
    path.write_text("[]", "utf-8")
    with pytest.raises(UnreadableJsonError, match="no JSON object"):
        read_json_object(path)
    with pytest.raises(UnreadableJsonError, match="larger than 1 bytes"):
        read_json_object(path, 1)
    with pytest.raises(UnreadableJsonError, match="cannot be read"):
        read_json_object(tmp_path / "nothing.json")
