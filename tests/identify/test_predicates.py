import pytest

from compat.identify.predicates import Blocks, Has, HasNo, either, side
from compat.identify.view import View, view_of

PREDICATES = [
    (Has("a"), {"a": (1,)}, {"b": (1,)}),
    (HasNo("a."), {"b": (1,)}, {"a.c": (1,)}),
    (HasNo(("c.", "a.")), {"b": (1,)}, {"a.c": (1,)}),
    (side("a", 1, 4, 5), {"a": (2, 5)}, {"a": (2, 6)}),
    (side("a", 3, 4), {"a": (1, 1, 1, 4)}, {"a": (2, 6)}),
    (side("a", 0, 4), {"a": (4,)}, {}),
    (either(side("a", 0, 4), side("b", 0, 4)), {"b": (4,)}, {"b": (5,)}),
    (either(Has("a"), Has("b")), {"b": (4,)}, {"c": (5,)}),
    (Blocks("b", 2), {"b.0.w": (1,), "b.1.w": (1,)}, {"b.0.w": (1,)}),
    (Blocks("b", 1), {"b.0.w": (1,)}, {"b.0.w": (1,), "b.1.w": (1,)}),
    (Blocks("b", 3, alike=True), {f"b.{n}.w": (1,) for n in range(3)},
     {**{f"b.{n}.w": (1,) for n in range(3)}, "b.0.v": (1,), "b.1.v": (1,)}),
]  # fmt: skip


@pytest.mark.parametrize(("predicate", "good", "bad"), PREDICATES)
def test_a_predicate_explains_what_holds_and_what_does_not(make_header, predicate, good, bad):
    tensors = make_header(good).tensors
    assert predicate.missing(tensors) == []
    assert predicate.holds(tensors)
    (reason,) = predicate.missing(make_header(bad).tensors)
    assert "a" in reason or "b" in reason


def test_the_tensor_one_block_lacks_is_named(make_header):
    shapes = {f"b.{n}.{tail}": (1,) for n in range(3) for tail in ("w", "v")}
    del shapes["b.1.v"]
    assert Blocks("b", 3, alike=True).missing(make_header(shapes).tensors) == ["no b.1.v"]


def test_a_flattened_tensor_is_asked_nothing_and_the_next_one_answers(make_header):
    view = View(make_header({"a": (24,), "b": (4,)}).tensors, frozenset({"a"}))
    assert "lost its shape" in side("a", 0, 24).missing(view)[0]
    assert either(side("a", 0, 24), side("b", 0, 4)).missing(view) == []


def test_a_name_from_the_file_cannot_write_to_the_terminal(make_header):
    tensors = make_header({"a.\x1b[31m": (1,)}).tensors
    assert "\x1b" not in HasNo("a.").missing(tensors)[0]
    names = {f"b.{n}.\x1b[31m": (1,) for n in range(3)}
    del names["b.1.\x1b[31m"]
    names["b.1.w"] = (1,)
    assert "\x1b" not in Blocks("b", 3, alike=True).missing(make_header(names).tensors)[0]


def test_a_view_answers_like_the_mapping_it_wraps(make_header):
    view = view_of(make_header({"a.0.w": (2, 3), "a.1.w": (1,), "b": ()}).tensors)
    assert view_of(view) is view
    assert list(view) == ["a.0.w", "a.1.w", "b"]
    assert list(view.starting("a.")) == ["a.0.w", "a.1.w"]
    assert view.blocks("a") == {0: {"w"}, 1: {"w"}}
    assert (view.parameters, view.dtypes) == (8, {"BF16": 8})
    assert view.get("c") is None
