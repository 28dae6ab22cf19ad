import json
import struct

import pytest

from compat.cli.main import main


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
