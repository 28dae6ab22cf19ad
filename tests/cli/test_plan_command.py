"""``framegate init`` writes a plan, ``framegate plan`` checks it and shows its windows."""

import json
from dataclasses import replace

import pytest

from compat.cli.init_command import suited
from compat.cli.main import main
from compat.identify.model import Picture, Traits
from compat.plan.template import EXAMPLE, template
from compat.plan.toml_plan import load_plan
from compat.plan.validate import is_legal, violations

PROMPT = '[[prompts]]\nat = 0\ntext = "a"\n'


@pytest.fixture(autouse=True)
def _in_scratch(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_init_writes_a_plan_that_plan_calls_legal(tmp_path, capsys):
    assert main(["init"]) == 0
    assert load_plan(tmp_path / "plan.toml") == EXAMPLE
    assert main(["plan", "plan.toml", "--fail-on", "info"]) == 0
    assert "the plan is legal" in capsys.readouterr().out


def test_init_never_overwrites_without_force(tmp_path, capsys):
    path = tmp_path / "mine.toml"
    path.write_text("precious", "utf-8")
    assert main(["init", str(path)]) == 2
    assert path.read_text("utf-8") == "precious"
    assert "exists already and was not touched" in capsys.readouterr().err
    assert main(["init", str(path), "--force"]) == 0
    assert path.read_text("utf-8") == template()


def test_init_takes_a_folder_and_leaves_nothing_else_behind(tmp_path):
    folder = tmp_path / "shot"
    folder.mkdir()
    assert main(["init", "shot"]) == 0
    assert [entry.name for entry in folder.iterdir()] == ["plan.toml"]


def test_init_writes_the_model_with_its_whole_path(tmp_path):
    assert main(["init", "--model", 'ltx "new"']) == 0
    assert load_plan(tmp_path / "plan.toml").model.path == str(tmp_path / 'ltx "new"')


def test_init_takes_sizes_and_sampling_from_a_model_it_knows():
    picture = Picture(width=512, height=320, frames=49, steps=8, guidance=1.0)
    traits = Traits(
        pipeline="LTXPipeline",
        space_multiple=32,
        frame_step=8,
        frame_offset=1,
        min_side=64,
        fps=24.0,
        steps=40,
        guidance=3.0,
        picture=picture,
        needs=(),
    )
    plan = suited(EXAMPLE, traits)
    assert (plan.video.width, plan.video.height, plan.video.fps) == (512, 320, 24.0)
    assert (plan.window.frames, plan.window.overlap) == (49, 17)
    assert (plan.sampling.steps, plan.sampling.guidance) == (8, 1.0)
    assert is_legal(violations(plan))
    assert suited(EXAMPLE, replace(traits, picture=None)).window == EXAMPLE.window


def test_init_says_why_it_cannot_write(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert main(["init", "file/plan.toml"]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_plan_shows_every_window_and_the_arithmetic(tmp_path, capsys):
    (tmp_path / "plan.toml").write_text(template(), "utf-8")
    assert main(["plan", "plan.toml"]) == 0
    out = capsys.readouterr().out
    assert "10  9.96-10.00  249-249    30-34    3  red circle moving down" in out
    assert "prompt 1 at 5.00 s begins with window 5 at 4.80 s (-0.20 s)" in out
    assert "35 latents decode to 273 frames, 23 trimmed: 250 frames" in out
    assert "of latents" in out


def test_plan_as_json_is_one_document_with_the_windows(tmp_path, capsys):
    (tmp_path / "plan.toml").write_text(template(), "utf-8")
    assert main(["plan", "plan.toml", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    (result,) = document["results"]
    assert (document["schema"], document["command"]) == ("framegate/1", "plan")
    assert (result["verdict"], result["findings"]) == ("legal", [])
    assert len(result["measures"]["windows"]) == 11
    assert result["measures"]["trim_frames"] == 23


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_illegal_plan_exits_2_with_every_mistake(tmp_path, capsys, form):
    text = f"[video]\nwidht = 3\nwidth = 720\n[window]\noverlap = 50\n{PROMPT}"
    (tmp_path / "plan.toml").write_text(text, "utf-8")
    assert main(["plan", "plan.toml", "--format", form]) == 2
    out = capsys.readouterr().out
    for key in ("video.widht", "video.width", "window.overlap"):
        assert key in out
    if form == "json":
        assert json.loads(out)["results"][0]["verdict"] == "illegal"


def test_advice_exits_1_from_fail_on_up_unless_it_is_waived(tmp_path):
    plan = tmp_path / "plan.toml"
    plan.write_text(f'[model]\ndtype = "float16"\n{PROMPT}', "utf-8")
    assert main(["plan", "plan.toml"]) == 0
    assert main(["plan", "plan.toml", "--fail-on", "low"]) == 1
    waiver = '[[waivers]]\nrule = "float16-overflow"\nreason = "the card has no bfloat16"\n'
    plan.write_text(plan.read_text("utf-8") + waiver, "utf-8")
    assert main(["plan", "plan.toml", "--fail-on", "low"]) == 0


def test_a_terminal_gets_a_table_with_prompts_as_they_are(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert main(["plan", "--prompt", "a [bold]cat[/bold]", "--seconds", "2"]) == 0
    out = capsys.readouterr().out
    assert "a [bold]cat[/bold]" in out
    assert "window" in out


def test_a_narrow_terminal_cuts_the_prompt_but_no_number(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["plan", "--prompt", "a very long prompt " * 9, "--seconds", "5"]) == 0
    out = capsys.readouterr().out
    assert "1.32-2.28" in out
    assert "105-124" in out
    assert "\u2026" in out


def test_no_plan_at_all_is_wrong_usage(capsys):
    assert main(["plan"]) == 2
    assert "there is no plan" in capsys.readouterr().err
