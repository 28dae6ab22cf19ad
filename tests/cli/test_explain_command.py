"""``framegate explain`` recognises a text, a log and an id, and says when it does not."""

import io
import json

import pytest

from compat.cli.main import main

TEXT = "TypeError: Got unsupported ScalarType BFloat16"


def test_a_known_text_is_explained(capsys):
    assert main(["explain", TEXT]) == 0
    out = capsys.readouterr().out
    assert out.startswith("numpy-bfloat16: ")
    for word in ("cause", "what to do", "try again?  yes, after the fix", "evidence", "https://"):
        assert word in out


def test_an_unknown_text_is_said_to_be_unknown(capsys):
    assert main(["explain", "everything went well"]) == 5
    assert capsys.readouterr().out.startswith("unknown: no known failure matches")


def test_an_entry_is_found_by_its_id(capsys):
    assert main(["explain", "vae-tile-zero-step"]) == 0
    assert capsys.readouterr().out.startswith("vae-tile-zero-step: ")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_log_is_read_from_a_file(tmp_path, capsys, encoding):
    log = tmp_path / "comfy.log"
    log.write_text(f"step 1\nstep 2\n{TEXT}\n", encoding)
    assert main(["explain", "--log", str(log)]) == 0
    assert capsys.readouterr().out.startswith("numpy-bfloat16: ")


def test_a_log_that_is_no_text_is_unknown(tmp_path, capsys):
    log = tmp_path / "x.log"
    log.write_bytes(bytes(range(256)) * 100)
    assert main(["explain", "--log", str(log)]) == 5


def test_standard_input_is_read(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO(TEXT))
    assert main(["explain", "-"]) == 0
    assert "numpy-bfloat16" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [[], ["text", "--log", "x.log"], ["--log", "no-such-folder/x.log"]]
)
def test_a_wrong_call_is_refused(words, capsys):
    assert main(["explain", *words]) == 2
    assert "framegate: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "verdict", "code"),
    [(TEXT, "numpy-bfloat16", 0), ("all is well", "unknown", 5)],
)
def test_the_machine_format_holds_the_verdict(capsys, text, verdict, code):
    assert main(["explain", "--format", "json", text]) == code
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "framegate/1"
    assert document["command"] == "explain"
    assert [result["verdict"] for result in document["results"]] == [verdict]
    assert document["results"][0]["subject"] == text
