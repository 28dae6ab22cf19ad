"""Only small, plain YAML is read, and a hostile one costs nothing."""

import pytest

from compat.formats.bounded_yaml import UnreadableYamlError, read_yaml_object


@pytest.fixture
def put_text(tmp_path):
    def write(text):
        path = tmp_path / "x.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_a_config_is_read_as_data(put_text):
    found = read_yaml_object(put_text("a: [1, {b: 2.5}]\n7: text\n"))
    assert found == {"a": [1, {"b": 2.5}], "7": "text"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- 1", "no mapping"),
        ("a: *b", "alias"),
        ("a: &b 1\nc: *b", "alias"),
        ("a: [", "no YAML"),
        ("a: !!python/object:os.x {}", "no YAML"),
        ("a: 2001-99-99", "month"),
        ("[" * 60, "deeply"),
        ("- " * 5000, "deeply"),
        ("a" * 40_000, "larger"),
        (b"\xff\xfe\xfa", "no YAML"),
        ("", "no mapping"),
    ],
)
def test_anything_else_is_refused_with_the_reason(put_text, text, why):
    with pytest.raises(UnreadableYamlError, match=why):
        read_yaml_object(put_text(text))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnreadableYamlError, match="cannot be read"):
        read_yaml_object(tmp_path / "none.yaml")
