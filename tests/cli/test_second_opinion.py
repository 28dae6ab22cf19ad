"""``framegate identify --second-opinion``: what is shown, what counts, and what is wrong usage."""

import json
import math
import struct

import pytest

from compat.cli.main import main
from compat.core.errors import ExitCode
from compat.core.model import Finding, Outcome, Place, Severity
from runners.second_opinion import Opinion
from tools.header_fixtures.fixture import read_fixtures

LTX = read_fixtures()["ltx-video-2b"].tensors


@pytest.fixture
def path(tmp_path):
    header, end = {}, 0
    for name, (_, shape) in LTX.items():
        start, end = end, end + 2 * math.prod(shape)
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    path = tmp_path / "x.safetensors"
    with path.open("wb") as handle:
        handle.write(struct.pack("<Q", len(text)) + text)
        handle.truncate(8 + len(text) + end)
    return path


def said(**changes):
    given = {"loader": "diffusers", "version": "0.42.1", "agrees": True, "said": "'ltx-video'"}
    return Opinion(
        about=0, part="", probe="diffusers-knows-file", outcome=Outcome.PASS,
        measures=given | changes, seconds=0.1,
    )  # fmt: skip


def loaded(**changes):
    given = {"loader": "diffusers", "version": "0.42.1", "class": "LTX", "needed": 715,
             "missing": 2, "unexpected": 0, "mismatched": 0}  # fmt: skip
    return Opinion(
        about=0, part="transformer", probe="diffusers-dry-load", outcome=Outcome.FAIL,
        measures=given | changes, seconds=0.25,
    )  # fmt: skip


def silent(outcome, **changes):
    return Opinion(about=0, part="", probe="comfyui-knows-file", outcome=outcome, **changes)


DISAGREES = Finding(
    rule="second-opinion-disagrees",
    severity=Severity.MEDIUM,
    message="diffusers 0.42.1 takes this file for something else",
    place=Place(kind="file", path="x"),
)


@pytest.fixture
def told(monkeypatch):
    """What the loaders say, and what was wanted of them."""
    wanted = []

    def tell(*opinions):
        def answer(_answers, asked):
            wanted.append(asked)
            return iter(opinions)

        monkeypatch.setattr("runners.second_opinion.opinions", answer)
        return wanted

    return tell


@pytest.mark.parametrize(
    ("opinion", "line"),
    [
        (said(), "diffusers 0.42.1 calls it 'ltx-video': as framegate does"),
        (said(agrees=False), "diffusers 0.42.1 calls it 'ltx-video': framegate disagrees"),
        (said(agrees=None), "diffusers 0.42.1 calls it 'ltx-video': not comparable"),
        (said(said="", agrees=False), "diffusers 0.42.1 does not know it\n"),
        (said(said="", agrees=True), "diffusers 0.42.1 does not know it either"),
        (
            loaded(),
            "transformer: dry load: LTX of diffusers 0.42.1 needs 715 tensors: 2 missing, none",
        ),
        (silent(Outcome.FAIL), "comfyui-knows-file stopped at this file"),
        (silent(Outcome.SKIP, reason="no torch"), "could not tell (comfyui-knows-file): no torch"),
        (
            silent(Outcome.ERROR, reason="killed", last_words="Segmentation fault"),
            "could not tell (comfyui-knows-file): killed; Segmentation fault",
        ),
    ],
)
def test_every_answer_has_a_line(path, told, capsys, opinion, line):
    told(opinion)
    main(["identify", str(path), "--second-opinion"])
    assert line in capsys.readouterr().out


def test_a_disagreement_counts_and_stands_in_the_machine_format(path, told, capsys):
    from dataclasses import replace

    told(replace(said(agrees=False), findings=(DISAGREES,)))
    assert main(["identify", str(path), "--second-opinion", "--format", "json"]) == 1
    (result,) = json.loads(capsys.readouterr().out)["results"]
    assert result["verdict"] == "ltx-video-2b"
    assert [finding["rule"] for finding in result["findings"]] == ["second-opinion-disagrees"]
    (opinion,) = result["measures"]["second_opinion"]
    assert (opinion["said"], opinion["outcome"]) == ("'ltx-video'", "pass")


def test_an_agreement_leaves_the_exit_code_alone(path, told):
    told(said())
    assert main(["identify", str(path), "--second-opinion"]) == ExitCode.OK


def test_nobody_is_asked_without_a_flag(path, told, capsys):
    wanted = told(said())
    main(["identify", str(path)])
    assert wanted == []
    assert "diffusers 0.42.1" not in capsys.readouterr().out


def test_the_flags_say_who_is_asked_what(path, told, tmp_path):
    (tmp_path / "main.py").write_text("")
    python = tmp_path / "python"
    python.write_text("")
    wanted = told()
    main(["identify", str(path), "--comfyui", str(tmp_path), "--python", str(python)])
    main(["identify", str(path), "--dry-load"])
    assert [(w.opinion, w.dry_load, w.comfyui, w.python) for w in wanted] == [
        (False, False, tmp_path, python),
        (False, True, None, None),
    ]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--python", "x"], "--python is for --second-opinion"),
        (["--comfyui", "nowhere"], "is no ComfyUI folder"),
        (["--second-opinion", "--python", "nowhere"], "there is no interpreter nowhere"),
    ],
)
def test_flags_that_lead_nowhere_are_wrong_usage(path, capsys, flags, words):
    assert main(["identify", str(path), *flags]) == ExitCode.USAGE
    assert words in capsys.readouterr().err
