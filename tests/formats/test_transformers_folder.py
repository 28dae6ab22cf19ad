"""Folders in the layout of transformers, Gemma for LTX-2 above all."""

import json

import pytest

from compat.formats.verify import verify

GEMMA = {"model_type": "gemma3", "text_config": {"hidden_size": 3840}}
PROJECTION = "multi_modal_projector.mm_input_projection_weight"


def loud(path):
    return [f.rule for f in verify(path).findings if f.severity != "info"]


@pytest.fixture
def gemma(tmp_path, put, build):
    """A small folder with the marks of Gemma 3 12B; tests break it."""
    put("config.json", GEMMA)
    put("preprocessor_config.json", {"do_resize": True})
    put("tokenizer.model", b"\x0a\x03\x0a\x01a")
    put("model.safetensors", build.safetensors({PROJECTION: ("BF16", (2, 3840))}))
    return tmp_path


def test_a_whole_folder_is_ok(gemma):
    assert loud(gemma) == []
    assert verify(gemma).reports[0].kind == "transformers-folder"


LOST = {
    "transformers-config-missing": "config.json",
    "gemma-files-missing": "preprocessor_config.json",
    "transformers-weights-missing": "model.safetensors",
}


@pytest.mark.parametrize("rule", LOST)
def test_what_is_lost_is_named(gemma, rule):
    (gemma / LOST[rule]).unlink()
    assert loud(gemma) == [rule]


CONFIGS = {
    "transformers-config-unreadable": "<html>",
    "transformers-config-empty": "{}",
    "gemma-config-differs": json.dumps({"model_type": "gemma3"}),
}


@pytest.mark.parametrize("rule", CONFIGS)
def test_a_config_that_leads_to_default_sizes_is_named(gemma, rule):
    (gemma / "config.json").write_text(CONFIGS[rule], "utf-8")
    assert loud(gemma) == [rule]


def test_a_smaller_gemma_needs_no_files_of_ltx_2(gemma, build):
    config = {"model_type": "gemma3", "text_config": {"hidden_size": 2560}}
    (gemma / "config.json").write_text(json.dumps(config), "utf-8")
    data = build.safetensors({PROJECTION: ("BF16", (2, 2560))})
    (gemma / "model.safetensors").write_bytes(data)
    (gemma / "tokenizer.model").unlink()
    assert loud(gemma) == []


def test_loose_weights_of_any_name_make_no_such_folder(put, build, tmp_path):
    put("lora.safetensors", build.safetensors({"a": ("F32", (4,))}))
    assert [report.kind for report in verify(tmp_path).reports] == ["safetensors"]
