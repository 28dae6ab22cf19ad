import json

import pytest

from compat.cli.main import main


@pytest.fixture
def model(tmp_path):
    parts = ("scheduler", "text_encoder", "tokenizer", "transformer", "vae")
    kinds = {name: ["diffusers", "X"] for name in parts}
    kinds["transformer"] = ["diffusers", "LTXVideoTransformer3DModel"]
    index = {"_class_name": "LTXPipeline", **kinds}
    (tmp_path / "model_index.json").write_text(json.dumps(index), "utf-8")
    return tmp_path


def test_a_known_folder_is_named_with_its_rules(model, capsys):
    assert main(["identify", str(model)]) == 0
    out = capsys.readouterr().out
    assert "because model_index.json says LTXPipeline" in out
    assert "frames 8k+1" in out


def test_the_machine_format_carries_the_traits(model, capsys):
    assert main(["identify", str(model), "--format", "json"]) == 0
    (result,) = json.loads(capsys.readouterr().out)["results"]
    assert result["verdict"] == "ltx"
    assert result["measures"]["traits"]["frame_step"] == 8


def test_unknown_has_an_exit_code_of_its_own(tmp_path, capsys):
    path = tmp_path / "x.safetensors"
    path.write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    assert main(["identify", str(path)]) == 5
    assert "unknown" in capsys.readouterr().out
    assert main(["identify", str(tmp_path / "nothing")]) == 2


def test_patterns_are_expanded_and_findings_can_be_sarif(tmp_path, capsys):
    path = tmp_path / "x.safetensors"
    path.write_bytes(b"<!doctype html>")
    assert main(["identify", str(tmp_path / "*.safetensors"), "--format", "sarif"]) == 5
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["html-page"]
    assert main(["identify", str(tmp_path / "*.gguf")]) == 2
