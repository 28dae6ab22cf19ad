"""The reports say what the store holds, always the same way, and nothing hostile gets through."""

import json
import re
from html.parser import HTMLParser

import pytest

from compat.cli.main import main
from compat.core.errors import CompatError, NothingCheckedError
from reports.write import write_reports

NAMES = ("FAILED_ATTEMPTS.md", "WORKING_SOLUTIONS.md", "index.html")
VOID = {"meta", "img", "br"}


class Outline(HTMLParser):
    """Checks that tags nest, and collects them with their attributes."""

    def __init__(self):
        super().__init__()
        self.open, self.tags = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def page_of(store, folder):
    write_reports(store, folder)
    return (folder / "index.html").read_text("utf-8")


def outline_of(page):
    outline = Outline()
    outline.feed(page)
    assert outline.open == []
    return outline.tags


def test_an_empty_store_is_said_to_be_empty(store, tmp_path):
    with pytest.raises(NothingCheckedError, match="is empty, so there is nothing to report"):
        write_reports(store, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_three_files_are_written_and_always_the_same(full_store, tmp_path):
    once = write_reports(full_store, tmp_path / "one")
    again = write_reports(full_store, tmp_path / "two")
    assert tuple(path.name for path in once) == NAMES
    for first, second in zip(once, again, strict=True):
        assert first.read_bytes() == second.read_bytes()


def test_failed_attempts_name_cause_remedy_and_retry(full_store, tmp_path):
    write_reports(full_store, tmp_path)
    text = (tmp_path / NAMES[0]).read_text("utf-8")
    for part in (
        "5 failed attempts of 3 kinds; 2 kinds are known, 1 not.",
        "`TypeError: Cannot convert a MPS Tensor to float64 dtype",
        "3 times since 2026-11-20 08:00",
        "**known as** `mps-float64`",
        "what to do: Update diffusers",
        "worth another try: after the fix, not before",
        "working solution: `mps-wan-bf16`",
        "macOS 15.3.1, arm64",
    ):
        assert part in text


def test_working_solutions_name_runs_gates_probes_and_solutions(full_store, tmp_path):
    write_reports(full_store, tmp_path)
    text = (tmp_path / NAMES[1]).read_text("utf-8")
    for part in (
        "1 h 08 min, 2 windows, 297 frames",
        "- waived: `picture`, because a &lt;test&gt; card",
        "| bf16-save-path | mps · float32 | 1 time | 2026-11-20 08:00 |",
        "confirmed here by bf16-save-path on mps · float32",
        "not confirmed here",
    ):
        assert part in text
    assert "torch-float64" not in text.split("## Known solutions")[0]


@pytest.mark.parametrize("name", NAMES)
def test_hostile_text_stays_text(full_store, tmp_path, name):
    write_reports(full_store, tmp_path)
    text = (tmp_path / name).read_text("utf-8")
    assert "<script" not in text.lower()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "alert(1)" in text


def test_the_page_nests_and_loads_nothing(full_store, tmp_path):
    page = page_of(full_store, tmp_path)
    tags = outline_of(page)
    assert not {"script", "link", "iframe", "object", "form"} & {tag for tag, _ in tags}
    sources = [attributes["src"] for _, attributes in tags if "src" in attributes]
    assert sources
    assert all(source.startswith("data:image/") for source in sources)
    assert not re.search(r"url\(|@import", page)
    assert not any(name.startswith("on") for _, attributes in tags for name in attributes)


def test_the_page_shows_runs_checks_matrix_and_waivers(full_store, tmp_path):
    page = page_of(full_store, tmp_path)
    for part in (
        "harbour.mp4",
        ">night.mp4<",
        "colour drifts",
        "not checked",
        "not reached: files did not pass",
        "a &lt;test&gt; card",
        "gone.png</code> is gone",
        '<th scope="row">torch-float64</th>',
        "1 h 23 min, 31.0 GiB of memory (scaled)",
    ):
        assert part in page


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"root:x:0:0", "is not a picture"), (b"\x89PNG\r\n\x1a\n" + b"x" * 5_000_000, "too large")],
)
def test_a_path_in_the_store_pulls_in_no_other_file(store, story, tmp_path, content, why):
    path = tmp_path / "secret.png"
    path.write_bytes(content)
    end = ("run-finished", {"sheet": str(path)})
    story.add_run(store, "run-1", story.started(), end)
    page = page_of(store, tmp_path / "out")
    assert why in page
    assert "data:image" not in page


@pytest.mark.parametrize(
    "data", [{}, {"window": "x", "plan": 7, "windows": "9", "sentences": 3}, {"window": None}]
)
def test_events_without_their_data_break_no_report(store, story, tmp_path, data):
    kinds = ["run-started", "window-denoised", "window-judged", "window-decoded", "window-retried"]
    story.add_run(store, "run-1", *((kind, data) for kind in kinds), ("run-stopped", data))
    story.add_run(store, "run-2", ("run-started", data), ("run-finished", data))
    assert "stopped without a reason" in page_of(store, tmp_path)


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(full_store, tmp_path):
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(CompatError, match="the reports cannot be written to"):
        write_reports(full_store, tmp_path / "file" / "out")


def test_the_report_command_writes_and_names_the_files(full_store, tmp_path, capsys):
    assert main(["report", "--output", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.split() == [str(tmp_path / "out" / name) for name in NAMES]


def test_the_report_command_speaks_json(full_store, tmp_path, capsys):
    assert main(["report", "--output", str(tmp_path / "out"), "--format", "json"]) == 0
    results = json.loads(capsys.readouterr().out)["results"]
    assert [r["verdict"] for r in results] == ["written"] * 3 + ["new", "known", "known"]
    assert results[-1]["measures"]["known"] == ["mps-float64"]


@pytest.mark.parametrize("command", ["report", "runs"])
def test_without_a_store_nothing_is_made_and_that_is_said(command, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("FRAMEGATE_HOME", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    assert main([command]) == 5
    assert "there is no evidence store" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_runs_command_lists_state_windows_and_output(full_store, capsys):
    assert main(["runs"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"run-1\s+finished\s+2 of 2 windows\s+last run-finished", out)
    assert "output /renders/harbour.mp4" in out
    assert "because window 0 is garbage" in out


def test_the_runs_command_speaks_json(full_store, capsys):
    assert main(["runs", "--format", "json"]) == 0
    results = json.loads(capsys.readouterr().out)["results"]
    assert [(r["subject"], r["verdict"]) for r in results] == [
        ("run-1", "finished"),
        ("run-2", "stopped"),
    ]


def test_the_runs_command_says_that_there_is_no_run(store, capsys):
    assert main(["runs"]) == 5
    assert "no run so far" in capsys.readouterr().out
