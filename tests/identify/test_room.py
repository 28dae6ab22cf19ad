"""The widest form of a model's weights that a memory holds."""

import pytest

from compat.identify import room as subject


def forms(gib):
    return {model.model: model.form for model in subject.weights_in(int(gib * (1 << 30)))}


@pytest.mark.parametrize(("gib", "form"), [(32, "16 bit"), (24, "8 bit"), (12, "4 bit"), (6, "")])
def test_wan_14b_in_the_memory_of_usual_cards(gib, form):
    # 14 288 491 584 parameters: 26.6 GiB in 16 bit, 13.3 in 8, 7.5 in 4.5.
    assert forms(gib)["Wan 14B"] == form


def test_every_model_has_a_counted_size():
    models = subject.weights_in(1 << 50)
    assert [model.model for model in models] == list(subject.MODELS)
    assert all(model.parameters > 1e8 and model.form == "16 bit" for model in models)
    assert models[0].size_bytes("8 bit") == models[0].parameters


def test_weights_that_fill_a_memory_exactly_still_fit():
    (smallest,) = (m for m in subject.weights_in(1 << 50) if m.model == "Wan 1.3B")
    size = smallest.size_bytes("16 bit")
    assert {m.model: m.form for m in subject.weights_in(size)}["Wan 1.3B"] == "16 bit"
    assert {m.model: m.form for m in subject.weights_in(size - 1)}["Wan 1.3B"] == "8 bit"
