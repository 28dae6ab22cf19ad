import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.header_fixtures.compact import collapse, expand, names_of
from tools.header_fixtures.fixture import Fixture, read_fixture, write_fixture

WORDS = st.sampled_from(["blocks", "attn", "linear_1", "0", "7", "12", "weight"])
NAMES = st.lists(WORDS, min_size=1, max_size=6).map(".".join)
ENTRIES = st.tuples(st.sampled_from(["BF16", "F32"]), st.lists(st.integers(0, 9)).map(tuple))


@given(st.dictionaries(NAMES, ENTRIES, max_size=40))
def test_a_header_reads_back_as_it_was_written(tensors):
    assert expand(collapse(tensors)) == dict(sorted(tensors.items()))


def test_blocks_share_a_line():
    names = {f"blocks.{n}.ffn.{m}.weight": ("BF16", (2,)) for n in range(30) for m in (0, 2)}
    assert collapse(names) == {"BF16": {"blocks.{0-29}.ffn.{0,2}.weight": [2]}}
    assert list(names_of("a.{0-1,3}.b")) == ["a.0.b", "a.1.b", "a.3.b"]


@pytest.mark.parametrize("name", ["a.{0}", "a.007.b"])
def test_names_that_would_not_read_back_are_refused(name):
    with pytest.raises(ValueError, match="name"):
        collapse({name: ("BF16", (1,))})


def test_a_fixture_keeps_its_origin(tmp_path):
    fixture = Fixture(name="x", expect="y", tensors={"a.0.b": ("BF16", (2, 3))},
                      origin={"kind": "inferred"}, metadata={"k": "v"})  # fmt: skip
    assert read_fixture(write_fixture(fixture, tmp_path)) == fixture
    damaged = (tmp_path / "x.json").read_text("utf-8").replace('"parameters": 6', '"parameters": 7')
    (tmp_path / "x.json").write_text(damaged, "utf-8")
    with pytest.raises(ValueError, match=r"x\.json"):
        read_fixture(tmp_path / "x.json")
