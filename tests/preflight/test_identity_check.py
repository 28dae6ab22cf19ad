"""A folder that is no known model is named as such; a known one is noted for later checks."""

import pytest

from runners.embedded import embedded_model
from runners.preflight.identity_check import check_identity


def test_a_known_model_is_silent_and_noted(make_context, rules):
    context = make_context(folder=embedded_model())
    answer = check_identity(context)
    assert rules(answer) == []
    assert answer.measures["family"] == "ltx"
    assert context.notes.identification.traits.frame_step == 8


def test_an_unknown_folder_is_a_finding(context, weights_file, rules):
    weights_file()
    assert "model-unknown" in rules(check_identity(context))


@pytest.mark.parametrize("near_misses", [(), ("ltx-video (not it: no patchify)",)])
def test_the_nearest_signature_is_quoted(context, near_misses):
    from runners.preflight.identity_check import _unknown

    message = _unknown(context, near_misses).message
    assert ("nearest: ltx-video" in message) is bool(near_misses)
