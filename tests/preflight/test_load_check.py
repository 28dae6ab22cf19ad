"""The loader's answer is kept, and weights that are no numbers are named."""

from dataclasses import replace

import pytest

from runners.preflight.load_check import check_load


def test_a_model_that_loads_is_silent_and_noted(context, rules):
    answer = check_load(context)
    assert rules(answer) == []
    assert context.notes.opened.parameter_bytes == answer.measures["parameter_bytes"] == 4096


def test_weights_that_are_nan_are_named(context):
    context.engine.opened = replace(context.engine.opened, non_finite=("vae.a", "vae.b"))
    (finding,) = check_load(context).findings
    assert finding.rule == "non-finite-weights"
    assert "2 weight tensor(s)" in finding.message
    assert "first vae.a" in finding.message


@pytest.mark.torch
@pytest.mark.xdist_group("engines")
def test_a_real_pipeline_loads(context, tiny, local_engine, rules):
    context = replace(context, engine=local_engine(tiny("ltx")))
    answer = check_load(context)
    assert rules(answer) == []
    assert answer.measures["pipeline"] == "LTXPipeline"
