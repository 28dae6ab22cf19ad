"""A plan comes from a file, from flags, or from both, and flags win."""

import argparse
from pathlib import Path

import pytest

from compat.cli.plan_arguments import FLAGS, add_plan_arguments, given_plan, plan_from, prompt_at
from compat.core.errors import UsageError
from compat.plan.model import PromptAt, RenderPlan
from compat.plan.plan_reader import all_keys
from compat.plan.toml_plan import PlanError

PLAN = """\
[model]
path = "models/ltx"
[video]
seconds = 20
[[prompts]]
at = 0
text = "first"
[[prompts]]
at = 12
text = "second"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "shots").mkdir()
    (tmp_path / "shots" / "plan.toml").write_text(PLAN, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def parsed(*words):
    parser = argparse.ArgumentParser()
    add_plan_arguments(parser)
    return parser.parse_args(words)


def test_paths_in_the_file_are_relative_to_the_file(folder):
    plan = plan_from(parsed("shots/plan.toml"))
    assert Path(plan.model.path) == folder / "shots" / "models" / "ltx"
    assert Path(plan.output.path) == folder / "shots" / "render.mp4"


def test_paths_in_flags_are_relative_to_here(folder):
    plan = plan_from(parsed("shots/plan.toml", "--model", "m", "--output", "out.mp4"))
    assert Path(plan.model.path) == folder / "m"
    assert Path(plan.output.path) == folder / "out.mp4"


def test_embedded_is_a_word_and_no_path(folder):
    assert plan_from(parsed("shots/plan.toml", "--model", "embedded")).model.path == "embedded"


def test_flags_override_only_their_own_keys(folder):
    words = ["--device", "cpu", "--dtype", "float32", "--width", "96", "--height", "128"]
    words += ["--fps", "24", "--window", "41", "--overlap", "17", "--steps", "4"]
    words += ["--guidance", "1.5", "--seed", "7", "--negative", "blur"]
    plan = plan_from(parsed("shots/plan.toml", *words))
    assert (plan.model.device, plan.model.dtype) == ("cpu", "float32")
    assert (plan.video.width, plan.video.height, plan.video.fps) == (96, 128, 24.0)
    assert plan.video.seconds == 20
    assert (plan.window.frames, plan.window.overlap) == (41, 17)
    assert (plan.sampling.steps, plan.sampling.guidance, plan.sampling.seed) == (4, 1.5, 7)
    assert plan.sampling.negative_prompt == "blur"
    assert [p.text for p in plan.prompts] == ["first", "second"]


def test_prompts_of_flags_replace_those_of_the_file(folder):
    plan = plan_from(parsed("shots/plan.toml", "--prompt", "one", "--prompt", "2.5: two: three"))
    assert plan.prompts == (PromptAt(at=0.0, text="one"), PromptAt(at=2.5, text="two: three"))


def test_a_shorter_video_leaves_out_the_prompts_beyond_it(folder):
    given = given_plan(parsed("shots/plan.toml", "--seconds", "5"))
    assert [p.text for p in given.plan.prompts] == ["first"]
    assert given.findings() == ()


def test_flags_alone_make_a_plan_of_defaults(folder):
    plan = plan_from(parsed("--prompt", "a"))
    assert plan.window == RenderPlan().window
    assert plan.prompts == (PromptAt(at=0.0, text="a"),)
    assert given_plan(parsed("--prompt", "a")).subject == "flags"


def test_a_flag_mends_what_the_file_has_wrong(folder):
    path = folder / "wrong.toml"
    path.write_text('[video]\nwidth = "x"\n[[prompts]]\nat = 0\n', "utf-8")
    with pytest.raises(PlanError, match="2 mistakes"):
        plan_from(parsed("wrong.toml"))
    plan = plan_from(parsed("wrong.toml", "--width", "64", "--prompt", "a"))
    assert plan.video.width == 64


def test_what_a_flag_has_wrong_is_not_blamed_on_a_line_of_the_file(folder):
    found = given_plan(parsed("shots/plan.toml", "--seconds", "-1", "--width", "65")).findings()
    assert {(f.place.path, f.place.detail) for f in found} == {
        ("video.seconds", ""),
        ("video.width", ""),
    }


def test_nothing_given_is_wrong_usage(folder):
    with pytest.raises(UsageError, match="there is no plan"):
        plan_from(parsed())


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("a cat", 0.0, "a cat"),
        ("3:a cat", 3.0, "a cat"),
        (" 3.25 : a: cat ", 3.25, "a: cat"),
        ("note: a cat", 0.0, "note: a cat"),
        ("0:12:30 on a clock", 0.0, "12:30 on a clock"),
    ],
)
def test_seconds_stand_before_the_first_colon(text, at, words):
    assert prompt_at(text) == PromptAt(at=at, text=words)


def test_every_flag_names_a_key_of_the_plan():
    assert {key for key, _, _ in FLAGS.values()} <= set(all_keys())
