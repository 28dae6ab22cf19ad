import hashlib
import io
import json
import struct
from pathlib import Path

import pytest

from compat.cli.main import main
from compat.formats import verify as verify_module


def safetensors(path, size, given):
    table = {"a": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}
    text = json.dumps(table).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"x" * given)
    return str(path)


@pytest.fixture
def good(tmp_path):
    return safetensors(tmp_path / "good.safetensors", 10, 10)


@pytest.fixture
def cut(tmp_path):
    return safetensors(tmp_path / "cut.safetensors", 10, 4)


def test_the_exit_code_follows_the_worst_finding(good, cut, capsys):
    assert main(["verify", good]) == 0
    assert main(["verify", good, cut]) == 1
    out = capsys.readouterr().out
    assert "1 ok, 1 damaged" in out
    assert "what to do: download again" in out


def test_the_machine_format_is_one_document(good, cut, capsys):
    main(["verify", good, cut, "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "framegate/1"
    assert [result["verdict"] for result in document["results"]] == ["ok", "damaged"]
    finding = document["results"][1]["findings"][0]
    assert finding["rule"] == "safetensors-cut-in-data"
    assert finding["evidence"]["difference_bytes"] == -6


def test_what_could_not_be_checked_is_not_a_pass(tmp_path, capsys):
    path = tmp_path / "model.ckpt"
    path.write_bytes(b"\x80\x02}q\x00.")
    assert main(["verify", str(path)]) == 5
    assert main(["verify", str(tmp_path / "nothing")]) == 2
    (tmp_path / "empty").mkdir()
    assert main(["verify", str(tmp_path / "empty")]) == 5


def test_fail_on_moves_the_threshold(good, tmp_path, capsys):
    path = tmp_path / "model.ckpt"
    path.write_bytes(b"\x80\x02}q\x00.")
    assert main(["verify", good, str(path)]) == 1
    assert main(["verify", good, str(path), "--fail-on", "high"]) == 0


def test_patterns_are_expanded_here_too(good, cut, tmp_path, capsys):
    (tmp_path / "sub").mkdir()
    safetensors(tmp_path / "sub" / "deep[1].safetensors", 4, 4)
    assert main(["verify", str(tmp_path / "*.safetensors")]) == 1
    assert "1 ok, 1 damaged" in capsys.readouterr().out
    assert main(["verify", str(tmp_path / "**" / "*1].safetensors")]) == 0
    # What is there is taken as it is, whatever signs its name holds, and each file once.
    name = str(tmp_path / "sub" / "deep[1].safetensors")
    capsys.readouterr()
    assert main(["verify", name, name, "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["results"]) == 1
    assert main(["verify", str(tmp_path / "nothing*")]) == 2
    assert "nothing matches" in capsys.readouterr().err


def test_the_worst_file_stands_first_and_quiet_shows_no_other(good, cut, capsys):
    main(["verify", good, cut])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if line[0] != " "][:2] == ["damaged", "ok"]
    main(["verify", good, cut, "--quiet"])
    out = capsys.readouterr().out
    assert (good in out, cut in out, "1 ok, 1 damaged" in out) == (False, True, True)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_colours_are_for_terminals_and_those_who_want_them(cut, monkeypatch):
    for variables, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        stream = Terminal()
        monkeypatch.setattr("sys.stdout", stream)
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setenv("TERM", "xterm")
        for key, value in variables.items():
            monkeypatch.setenv(key, value)
        main(["verify", cut])
        assert ("\x1b[31m" in stream.getvalue()) == coloured


def test_no_colours_reach_a_file(cut, monkeypatch, capsys):
    monkeypatch.delenv("NO_COLOR", raising=False)
    main(["verify", cut])
    assert "\x1b" not in capsys.readouterr().out


def test_hashes_are_printed_and_reported(good, capsys):
    main(["verify", good, "--sha256"])
    digest = hashlib.sha256(Path(good).read_bytes()).hexdigest()
    assert f"sha256 {digest}" in capsys.readouterr().out


def test_a_manifest_is_written_then_checked(good, tmp_path, capsys):
    file = tmp_path / "manifest.json"
    assert main(["verify", good, "--manifest", str(file)]) == 0
    assert file.exists()
    Path(good).write_bytes(Path(good).read_bytes()[:-1] + b"y")
    assert main(["verify", good, "--manifest", str(file)]) == 1
    assert "manifest-" in str(json.loads(verified(good, file, capsys))["results"])
    assert main(["verify", good, "--manifest", str(file), "--update-manifest"]) == 0
    assert main(["verify", good, "--manifest", str(file)]) == 0
    assert main(["verify", good, "--again"]) == 2


def verified(path, file, capsys):
    capsys.readouterr()
    main(["verify", path, "--manifest", str(file), "--format", "json"])
    return capsys.readouterr().out


def test_an_interrupt_keeps_what_was_done(good, tmp_path, monkeypatch, capsys):
    other = safetensors(tmp_path / "other.safetensors", 10, 10)
    file = tmp_path / "manifest.json"
    real = verify_module.check_file

    def interrupted(path, look, **options):
        if path.name == "other.safetensors":
            raise KeyboardInterrupt
        return real(path, look, **options)

    monkeypatch.setattr(verify_module, "check_file", interrupted)
    assert main(["verify", good, other, "--manifest", str(file)]) == 130
    assert list(json.loads(file.read_text("utf-8"))["files"]) == ["good.safetensors"]


def test_long_reading_shows_how_far_it_is(good, monkeypatch):
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr("compat.cli.byte_progress.WORTH_SHOWING", 1)
    assert main(["verify", good, "--deep"]) == 0
    assert "good" in stream.getvalue()
    assert main(["verify", good]) == 0
