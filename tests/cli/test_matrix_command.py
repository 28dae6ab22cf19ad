"""``framegate matrix``: what is run, what is shown at any width, and how it ends."""

import json
import re
from dataclasses import replace

import pytest

from compat.cli.main import main
from compat.core.errors import ExitCode
from compat.core.model import (
    Cell,
    Crash,
    Device,
    Environment,
    Finding,
    Needs,
    Outcome,
    Place,
    Probe,
    ProbeResult,
    Severity,
)
from compat.store.store import Store
from reports.matrix.declared import FAMILIES, LOADERS

HERE = Environment(
    os="Linux (test)",
    machine="x86_64",
    python="3.11",
    packages={"torch": "2.13.0"},
    devices=(
        Device(kind="cpu", name="a processor"),
        Device(kind="cuda", unavailable="torch is a build without CUDA"),
    ),
    fingerprint="f" * 64,
)
CELLS = (
    *(Cell(loader=name, dtype="float32") for name in LOADERS[:8]),
    Cell(loader="gguf", dtype="bfloat16", quantisation="Q8_0"),
    Cell(loader="comfyui", dtype="bfloat16", subject="a ComfyUI folder"),
)


def a_probe(family, *cells):
    return Probe(
        id=f"render-{family.replace('.', '-')}",
        family="renders",
        title=f"{family} renders.",
        doc="",
        needs=Needs(modules=("torch",), devices=("cpu", "cuda")),
        check=lambda _session: iter(()),
        model=family,
        cells=cells,
    )


PROBES = {probe.id: probe for probe in (a_probe(family, *CELLS) for family in FAMILIES)}


def no(rule="render-refused", message="it said no"):
    place = Place(kind="device", path="cpu")
    return Finding(rule=rule, severity=Severity.HIGH, message=message, place=place)


ENDS = {
    "pass": {"outcome": Outcome.PASS},
    "fail": {"outcome": Outcome.FAIL, "findings": (no(),)},
    "silent": {"outcome": Outcome.FAIL, "findings": (no("render-silently-wrong", "others"),)},
    "known": {
        "outcome": Outcome.FAIL,
        "findings": (no(message="Got unsupported ScalarType BFloat16"),),
    },
    "crash": {
        "outcome": Outcome.ERROR,
        "reason": "killed by SIGSEGV",
        "crash": Crash(kind="signal", detail="killed by SIGSEGV"),
    },
    "skip": {"outcome": Outcome.SKIP, "reason": "no memory"},
}


@pytest.fixture
def machine(monkeypatch):
    """A machine whose cells end as the test says; returns what was asked, in order."""
    monkeypatch.setattr("compat.core.collect.collect", lambda *_: PROBES)
    monkeypatch.setattr("runners.environment.this_environment", lambda _python=None: HERE)
    asked = []

    def ends(how="pass", stop_after=None):
        def ask_all(questions, environment, *, python, on_start):
            for number, question in enumerate(questions):
                if number == stop_after:
                    raise KeyboardInterrupt
                on_start(question)
                asked.append(question)
                yield ProbeResult(
                    probe=question.probe.id,
                    target=question.target,
                    environment=environment.fingerprint,
                    started_at=f"2026-11-26T08:{len(asked) % 60:02d}:00+00:00",
                    **ENDS[how],
                )

        monkeypatch.setattr("runners.batch.ask_all", ask_all)
        return asked

    return ends


ONE = ("--device", "cpu", "--family", "ltx", "--dtype", "Q8_0")


@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        ("pass", ExitCode.OK, "1 works; executed 1 of 1 cells (100 %)"),
        ("known", ExitCode.OK, "1 known failure; executed 1 of 1"),
        ("fail", ExitCode.FINDINGS, "1 fails; executed 1 of 1"),
        ("silent", ExitCode.FINDINGS, "1 silently wrong; executed 1 of 1"),
        ("crash", ExitCode.FINDINGS, "1 unknown; executed 0 of 1"),
        ("skip", ExitCode.NOTHING_CHECKED, "1 unknown; executed 0 of 1"),
    ],
)
def test_the_end_says_what_the_shown_cells_come_to(machine, capsys, how, code, said):
    machine(how)
    assert main(["matrix", "--run", *ONE]) == code
    assert said in capsys.readouterr().out


def test_what_is_not_shown_does_not_decide(machine):
    machine("fail")
    main(["matrix", "--run", *ONE])
    machine("pass")
    main(["matrix", "--run", "--device", "cpu", "--family", "mochi"])
    assert main(["matrix", "--device", "cpu", "--family", "mochi"]) == ExitCode.OK
    assert main(["matrix", "--device", "cpu"]) == ExitCode.FINDINGS


def test_without_evidence_there_is_no_matrix(machine, capsys):
    machine()
    assert main(["matrix"]) == ExitCode.NOTHING_CHECKED
    assert "there is no evidence store" in capsys.readouterr().err
    with Store.open() as store:
        store.record_environment(HERE)
    assert main(["matrix"]) == ExitCode.NOTHING_CHECKED
    assert "framegate matrix --run" in capsys.readouterr().err


def test_an_absent_device_is_unknown_with_its_reason_and_never_a_pass(machine, capsys):
    machine()
    assert main(["matrix", "--run", "--device", "cpu", *ONE[2:]]) == ExitCode.OK
    assert main(["matrix", "--device", "cuda"]) == ExitCode.NOTHING_CHECKED
    assert "80 cells are unknown: torch is a build without CUDA" in capsys.readouterr().out


def test_running_asks_only_what_has_no_answer_and_again_asks_everything(machine):
    asked = machine("pass")
    main(["matrix", "--run", "--family", "ltx", "--device", "cpu", "--loader", "gguf"])
    assert len(asked) == 2
    main(["matrix", "--run", "--family", "ltx", "--device", "cpu"])
    assert len(asked) == 10
    main(["matrix", "--run", "--family", "ltx", "--device", "cpu"])
    assert len(asked) == 10
    main(["matrix", "--run", "--again", *ONE])
    assert len(asked) == 11


@pytest.mark.parametrize(("how", "times"), [("crash", 2), ("skip", 2), ("fail", 1), ("known", 1)])
def test_what_gave_no_answer_is_asked_again(machine, how, times):
    asked = machine(how)
    main(["matrix", "--run", *ONE])
    main(["matrix", "--run", *ONE])
    assert len(asked) == times


def test_interrupted_it_keeps_what_is_done_and_goes_on_later(machine, capsys):
    asked = machine("pass", stop_after=3)
    assert main(["matrix", "--run", "--device", "cpu", "--family", "ltx"]) == ExitCode.INTERRUPTED
    assert "3 of 10 cells are kept; --run goes on with the rest" in capsys.readouterr().err
    machine("pass")
    assert main(["matrix", "--run", "--device", "cpu", "--family", "ltx"]) == ExitCode.OK
    assert len(asked) == 10
    with Store.open() as store:
        assert len(store.results()) == 10


def test_the_cells_of_a_comfyui_are_run_by_its_interpreter_and_shown_beside_the_others(
    machine, tmp_path, capsys, monkeypatch
):
    asked = machine("pass")
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    (tmp_path / "main.py").touch()
    theirs = replace(HERE, packages={"torch": "2.9.0"}, fingerprint="e" * 64)
    monkeypatch.setattr(
        "runners.environment.this_environment", lambda given=None: theirs if given else HERE
    )
    words = ["--device", "cpu", "--family", "ltx", "--dtype", "bfloat16"]
    main(["matrix", "--run", *words, "--comfyui", str(tmp_path)])
    given = [question.material for question in asked]
    assert given == [{}, {"comfyui": str(tmp_path)}]
    written = " ".join(capsys.readouterr().out.split())
    assert "2 works; executed 2 of 2 cells (100 %)" in written
    assert "another interpreter of this machine: environment eeeeeeeeeeee, torch 2.9.0" in written
    with Store.open() as store:
        environments = [result.environment[0] for result in store.results()]
    assert environments == ["f", "e"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--family", "ltxx"], "did you mean ltx?"),
        (["--loader", "zzz"], "the matrix has no loader 'zzz'"),
        (["--dtype", "float23"], "did you mean float32?"),
        (["--again"], "add --run"),
        (["--run", "--from", "x.json"], "give one of the two"),
        (["--run", "--comfyui", "nowhere"], "is no ComfyUI folder"),
        (["--run", "--python", "nowhere"], "is not a file"),
        (["--from", "nowhere.json"], "is not evidence that can be read"),
    ],
)
def test_wrong_usage_is_told_with_what_to_do(machine, capsys, words, said):
    machine()
    assert main(["matrix", *words]) == ExitCode.USAGE
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 200])
def test_it_fits_the_terminal_and_shows_every_cell_at_any_width(
    machine, capsys, monkeypatch, width
):
    monkeypatch.setenv("COLUMNS", str(width))
    machine("known")
    main(["matrix", "--run", "--device", "cpu"])
    lines = capsys.readouterr().out.splitlines()
    # A name that cannot be broken may stick out; below 40 columns the tables do as well.
    assert max(map(len, lines)) <= max(width, 40)
    rows = [line for line in lines if re.search(r"\b(f32|bf16)\b.* [!·]( |$)", line)]
    assert sum(line.count("!") for line in rows) == 80
    assert not any(line != line.rstrip() for line in lines)


def test_in_a_pipe_there_are_no_colours_and_a_hundred_columns(machine, capsys, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    machine("pass")
    main(["matrix", "--run"])
    written = capsys.readouterr().out
    assert "\x1b" not in written
    assert 80 < max(map(len, written.splitlines())) <= 100


def test_the_machine_format_has_every_cell_and_a_summary(machine, capsys):
    machine("fail")
    words = ["matrix", "--run", "--device", "cpu", "--family", "ltx", "--format", "json"]
    assert main(words) == ExitCode.FINDINGS
    document = json.loads(capsys.readouterr().out)
    cells = {item["subject"]: item for item in document["results"]}
    one = cells["ltx/gguf/cpu/Q8_0/bfloat16"]
    assert (one["verdict"], one["findings"][0]["message"]) == ("fails", "it said no")
    assert one["measures"]["environment"] == HERE.fingerprint
    assert (cells["cpu"]["measures"]["executed"], cells["cpu"]["measures"]["runnable"]) == (10, 10)


def test_files_are_written_and_shared_evidence_gives_the_same_matrix(machine, tmp_path, capsys):
    machine("known")
    shared, out, again = tmp_path / "mine.json", tmp_path / "out", tmp_path / "again"
    main(["matrix", "--run", "--device", "cpu", "--export", str(shared), "--output", str(out)])
    main(["matrix", "--device", "cpu", "--from", str(shared), "--output", str(again)])
    for name in ("MATRIX.md", "matrix.html"):
        texts = [(folder / name).read_text("utf-8") for folder in (out, again)]
        assert texts[0].replace("this store", "mine.json") == texts[1]


def test_the_store_stands_beside_files_when_it_is_named(machine, tmp_path, capsys, monkeypatch):
    machine("fail")
    shared, store = tmp_path / "theirs.json", tmp_path / "mine.sqlite3"
    main(["matrix", "--run", *ONE, "--export", str(shared)])
    mine = replace(HERE, os="macOS 26", fingerprint="e" * 64)
    monkeypatch.setattr("runners.environment.this_environment", lambda _python=None: mine)
    machine("pass")
    main(["matrix", "--run", *ONE, "--store", str(store)])
    capsys.readouterr()
    main(["matrix", *ONE, "--from", str(shared), "--store", str(store)])
    written = capsys.readouterr().out
    assert "from theirs.json" in written
    assert "from this store" in written
    assert "ltx gguf Q8_0 bf16 on cpu: fails | works" in written


def test_the_report_links_the_matrix_where_there_are_cells(machine, tmp_path, capsys):
    machine("pass")
    main(["matrix", "--run", *ONE])
    main(["report", "--output", str(tmp_path)])
    assert '1 cell of model, loader and device: <a href="matrix.html">' in (
        tmp_path / "index.html"
    ).read_text("utf-8")
    assert (tmp_path / "MATRIX.md").exists()
