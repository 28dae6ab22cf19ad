"""A device is held to what the CPU rounds in the same dtype, not to exactness."""

from dataclasses import replace

import pytest

from runners.engines.messages import PartsAnswer
from runners.preflight.context import UndecidedError
from runners.preflight.cpu_reference_check import check_cpu_reference, limit_of
from tests.preflight.conftest import PART

FLOAT32 = replace(PART, dtype="float32", epsilon=2.0**-23, rounding=None, distance=4e-7)


def parts(context, *found):
    context.engine.compared = PartsAnswer(parts=found, seconds=0.1)
    return context


def test_what_rounding_explains_is_silent_and_measured(context, rules):
    answer = check_cpu_reference(parts(context, PART, replace(FLOAT32, part="vae")))
    assert rules(answer) == []
    assert answer.measures["distance"] == {"transformer": 0.006, "vae": 4e-7}


@pytest.mark.parametrize(
    ("part", "rule", "words"),
    [
        (replace(PART, distance=0.1), "differs-from-cpu", "transformer in bfloat16 on cpu"),
        (replace(FLOAT32, distance=1e-3), "differs-from-cpu", "float32"),
        (replace(PART, distance=0.4, rounding=0.39), "dtype-too-coarse", "on any device"),
        (replace(PART, distance=None, non_finite=5), "overflow-on-device", "5 NaN or Inf"),
    ],
)
def test_what_rounding_does_not_explain_is_named(context, rules, part, rule, words):
    answer = check_cpu_reference(parts(context, part))
    assert rules(answer) == [rule]
    assert words in answer.findings[0].message


def test_a_model_that_does_not_fit_is_undecided_with_what_it_needs(context):
    large = replace(PART, distance=None, reason="needs 52.1 GiB, 11.0 GiB are free")
    with pytest.raises(UndecidedError, match=r"transformer: needs 52\.1 GiB"):
        check_cpu_reference(parts(context, FLOAT32, large))


def test_a_part_that_differs_is_told_although_another_does_not_fit(context, rules):
    large = replace(PART, part="text_encoder", distance=None, reason="needs 52.1 GiB")
    answer = check_cpu_reference(parts(context, large, replace(PART, distance=0.1)))
    assert rules(answer) == ["differs-from-cpu"]


def test_where_nothing_was_seen_it_is_undecided(context):
    with pytest.raises(UndecidedError, match="no part"):
        check_cpu_reference(parts(context))


def test_cuda_may_use_tf32(context, rules):
    tf32 = replace(FLOAT32, distance=1e-3)
    assert limit_of(tf32, "cuda:0") > 1e-3 > limit_of(tf32, "cpu")
