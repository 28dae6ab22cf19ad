"""A plan loads from TOML, and everything wrong with the file is told at once with its line."""

from dataclasses import replace

import pytest

from compat.core.errors import ExitCode, UsageError
from compat.core.job import Waiver
from compat.plan.model import PromptAt, RenderPlan, VideoPlan
from compat.plan.toml_plan import PlanError, load_plan, read_plan_file

PROMPT = '[[prompts]]\nat = 0\ntext = "a"\n'


@pytest.fixture
def written(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "plan.toml"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def mistakes(path):
    with pytest.raises(PlanError) as caught:
        load_plan(path)
    return caught.value.findings


def test_what_is_left_out_stands_at_its_default(written):
    plan = load_plan(written(f"[video]\nseconds = 4\n{PROMPT}"))
    assert plan == RenderPlan(video=VideoPlan(seconds=4.0), prompts=(PromptAt(at=0.0, text="a"),))
    assert isinstance(plan.video.seconds, float)


def test_waivers_and_sigmas_load(written):
    text = (
        "[sampling]\nsigmas = [1, 0.5]\n" + PROMPT + '[[waivers]]\nrule = "files"\nreason = "so"\n'
    )
    plan = load_plan(written(text))
    assert plan.sampling.sigmas == (1.0, 0.5)
    assert plan.waivers == (Waiver(rule="files", reason="so"),)


def test_a_byte_order_mark_and_windows_line_ends_are_taken(written):
    assert load_plan(written(PROMPT.replace("\n", "\r\n"), "utf-8-sig")).prompts[0].text == "a"


def test_illegal_values_load_and_are_left_to_the_rules(written):
    file = read_plan_file(written(f"[video]\nwidth = 720\n{PROMPT}"))
    assert load_plan(file.path).video.width == 720
    assert [(f.rule, str(f.place)) for f in file.findings()] == [
        ("size-multiple", "video.width (line 2)")
    ]


WRONG = [
    ("[video]\nwidht = 64\n", "unknown-key", "video.widht (line 2)", "did you mean video.width?"),
    ("width = 64\n", "unknown-key", "width (line 1)", "did you mean video.width?"),
    ("[vdeo]\n", "unknown-key", "vdeo (line 1)", "did you mean video?"),
    ("[window]\nsteps = 4\n", "unknown-key", "window.steps (line 2)", "sampling.steps"),
    ("zzzz = 1\n", "unknown-key", "zzzz (line 1)", "remove it"),
    ('[video]\nwidth = "64"\n', "wrong-type", "video.width (line 2)", "write 64 without quotes"),
    ("[video]\nwidth = 64.0\n", "wrong-type", "video.width (line 2)", "write 64"),
    ("[video]\nwidth = true\n", "wrong-type", "video.width (line 2)", "a whole number"),
    ("[video]\nfps = 1979-05-27\n", "wrong-type", "video.fps (line 2)", "a number"),
    ("[model]\npath = 3\n", "wrong-type", "model.path (line 2)", 'in quotes: "3"'),
    ("video = 3\n", "wrong-type", "video (line 1)", "a table [video]"),
    ("[sampling]\nsigmas = 1.0\n", "wrong-type", "sampling.sigmas (line 2)", "a list of numbers"),
    (
        '[sampling]\nsigmas = [1.0, "x"]\n',
        "wrong-type",
        "sampling.sigmas[1] (line 2)",
        "write a number",
    ),
    (
        "[sampling]\nseed = 99999999999999999999\n",
        "wrong-type",
        "sampling.seed (line 2)",
        "a whole number",
    ),
    ('[[waivers]]\nrule = "x"\n', "key-missing", "waivers[0].reason (line 1)", "add reason"),
    ('[[waivers]]\nreason = "x"\n', "key-missing", "waivers[0].rule (line 1)", "add rule"),
]


@pytest.mark.parametrize(("text", "rule", "place", "remedy"), WRONG)
def test_a_mistake_is_named_with_line_and_remedy(written, text, rule, place, remedy):
    found = mistakes(written(text + PROMPT))
    assert [(f.rule, str(f.place)) for f in found] == [(rule, place)]
    assert remedy in found[0].remedy
    assert found[0].place.path in found[0].message


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ('[prompts]\nat = 0\ntext = "a"\n', ["wrong-type"]),
        ('prompts = ["a"]\n', ["wrong-type"]),
        ("[[prompts]]\n", ["key-missing", "key-missing"]),
        ("[[prompts]]\nat = 0\ntext = 4\n", ["wrong-type"]),
    ],
)
def test_prompts_of_the_wrong_form_are_named_once(written, text, rules):
    found = mistakes(written(text))
    assert [f.rule for f in found] == rules
    assert all(f.place.path.startswith("prompts") for f in found)


def test_every_kind_of_mistake_is_told_in_one_go(written):
    text = '[video]\nwidht = 1\nheight = "64"\nwidth = 720\nfps = nan\n[output]\ncrf = 60\n'
    path = written(text)
    found = mistakes(path)
    assert {f.place.path: f.place.detail for f in found} == {
        "video.widht": "line 2",
        "video.height": "line 3",
        "video.width": "line 4",
        "video.fps": "line 5",
        "output.crf": "line 7",
        "prompts": "",
    }
    with pytest.raises(PlanError, match="6 mistakes") as caught:
        load_plan(path)
    assert caught.value.exit_code is ExitCode.USAGE
    assert "set video.width to 704 or 736" in str(caught.value)


def test_an_unreadable_key_draws_no_findings_of_its_default(written):
    text = f'[window]\nframes = "x"\noverlap = 97\n{PROMPT}'
    assert [f.rule for f in mistakes(written(text))] == ["wrong-type"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[video\n", "is not TOML"),
        (b"\xff\xfe", "is not UTF-8 at byte 0"),
        (b"a = " + b"[" * 20_000, "is not"),
        (b"a = " + b"9" * 5_000, "is not"),
        (b"#" * ((1 << 20) + 1), "too large"),
    ],
)
def test_hostile_files_are_refused_in_a_sentence(tmp_path, data, message):
    path = tmp_path / "plan.toml"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=message):
        load_plan(path)


def test_a_missing_plan_names_a_similar_file(tmp_path):
    (tmp_path / "plan.toml").touch()
    with pytest.raises(UsageError, match=r"did you mean plan\.toml\?"):
        load_plan(tmp_path / "plam.toml")


def test_a_folder_is_no_plan(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        load_plan(tmp_path)


def test_an_empty_file_lacks_prompts_only(written):
    file = read_plan_file(written(""))
    assert replace(file.plan) == RenderPlan()
    assert [f.rule for f in file.findings()] == ["prompts-missing"]
