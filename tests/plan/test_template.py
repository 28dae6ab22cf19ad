"""The template explains every key and loads as the plan it was made of."""

import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compat.core.job import Waiver
from compat.plan.digest import plan_digest
from compat.plan.keys import KEYS, TABLES, legal_text
from compat.plan.limits import LIMITS
from compat.plan.model import ModelPlan, PromptAt, RenderPlan, SamplingPlan, VideoPlan
from compat.plan.plan_reader import PlanReader, all_keys
from compat.plan.template import EXAMPLE, template

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def loaded(text):
    reader = PlanReader()
    plan = reader.read(tomllib.loads(text))
    assert reader.mistakes == []
    return plan


def test_the_template_loads_as_the_defaults_with_example_prompts():
    plan = loaded(template())
    assert plan == EXAMPLE
    assert replace(plan, prompts=()) == RenderPlan()


def test_every_key_is_explained_and_written_with_its_default():
    text = template()
    assert set(KEYS) == set(all_keys())
    for key in KEYS:
        name = key.rpartition(".")[2]
        assert f"\n{name} = " in text or f"\n#{name} = " in text
        assert KEYS[key].meaning.split(".")[0][:30] in text
    defaults = [key for key in KEYS if "[]" not in key]
    assert text.count("Default: ") == len(defaults)


def test_every_table_is_explained():
    assert list(TABLES) == list(RenderPlan.__dataclass_fields__)


def test_every_number_states_its_legal_range():
    assert set(LIMITS) <= set(KEYS)
    assert all(legal_text(key) for key in LIMITS)


def test_template_lines_fit_the_page_and_hold_no_tabs():
    assert all(len(line) <= 100 and "\t" not in line for line in template().splitlines())


@given(
    path=TEXTS,
    seconds=NUMBERS,
    seed=st.integers(0, 2**63 - 1),
    sigmas=st.lists(NUMBERS, max_size=3),
    prompts=st.lists(st.tuples(NUMBERS, TEXTS), max_size=3),
    reasons=st.lists(TEXTS, max_size=2),
)
def test_any_plan_comes_back_from_its_template(path, seconds, seed, sigmas, prompts, reasons):
    plan = RenderPlan(
        model=ModelPlan(path=path),
        video=VideoPlan(seconds=seconds),
        sampling=SamplingPlan(seed=seed, sigmas=tuple(sigmas)),
        prompts=tuple(PromptAt(at=at, text=text) for at, text in prompts),
        waivers=tuple(Waiver(rule="files", reason=reason) for reason in reasons),
    )
    back = loaded(template(plan))
    assert back == plan
    assert plan_digest(back) == plan_digest(plan)


@pytest.mark.parametrize(
    "other",
    [
        replace(EXAMPLE, video=VideoPlan(seconds=10.5)),
        replace(EXAMPLE, prompts=EXAMPLE.prompts[:1]),
        replace(EXAMPLE, waivers=(Waiver(rule="files", reason="so"),)),
    ],
)
def test_any_other_value_gives_another_digest(other):
    assert plan_digest(other) != plan_digest(EXAMPLE)
    assert plan_digest(EXAMPLE) == plan_digest(replace(EXAMPLE))
