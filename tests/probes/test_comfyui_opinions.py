"""A ComfyUI is asked as its own nodes ask it, and leaves the process as it was."""

import os
import sys
from pathlib import Path

import pytest

from compat.core.model import Outcome
from probes.loaders.comfyui_folder import version_of
from probes.loaders.comfyui_gguf import architectures

pytest.importorskip("torch")

STUB = Path(__file__).parents[1] / "fixtures" / "comfyui_stub"
LTX_2B = {
    "patchify_proj.weight": [2048, 128],
    "scale_shift_table": [2, 2048],
    **{f"transformer_blocks.{n}.scale_shift_table": [6, 2048] for n in range(28)},
}


@pytest.fixture
def stub(ask, fixtures_on_path):
    """Ask about a file with the stub for a ComfyUI, imported afresh."""
    import loader_files

    def asked(shapes, identifier="unknown", probe="comfyui-knows-file", folder=STUB, **more):
        options = {"comfyui": str(folder)}
        question = loader_files.material(shapes, identifier, options=options, **more)
        return ask(probe, material=question)

    forget()
    yield asked
    forget()


def forget():
    for name in [name for name in sys.modules if name.partition(".")[0] == "comfy"]:
        del sys.modules[name]


@pytest.fixture
def empty(tmp_path):
    """A ComfyUI folder in which nothing is defined."""
    (tmp_path / "main.py").write_text("")
    (tmp_path / "comfy").mkdir()
    (tmp_path / "comfy" / "__init__.py").write_text("")
    return tmp_path


@pytest.mark.parametrize("prefix", ["", "model.diffusion_model."])
def test_comfyui_agrees_on_a_file_both_know(stub, prefix):
    shapes = {prefix + name: shape for name, shape in LTX_2B.items()}
    asked = stub(shapes, "ltx-video-2b")
    assert asked.outcome is Outcome.PASS, asked.text
    assert (asked.measures["said"], asked.measures["version"]) == ("'LTXV'", "0.0.7")


def test_comfyui_that_takes_a_model_for_its_predecessor_is_seen(stub):
    asked = stub(LTX_2B, "ltx-2-19b", family="ltx2")
    assert asked.rules == {"second-opinion-disagrees"}
    assert "ComfyUI 0.0.7 takes this file for 'LTXV' (ltx-video-2b)" in asked.text


ENCODER = {"role": "text-encoder"}
VAE = {"role": "vae", "family": "hunyuan-video"}


@pytest.mark.parametrize(
    ("name", "identifier", "more", "rules"),
    [
        ("x", "unknown", {}, set()),
        ("x", "ltx-video-2b", {}, {"loader-does-not-know"}),
        ("flux", "unknown", {}, {"second-opinion-unmapped"}),
        ("flux", "ltx-video-2b", {}, {"second-opinion-disagrees"}),
        ("novelty", "ltx-video-2b", {}, {"second-opinion-unmapped"}),
        ("model.breaks", "ltx-video-2b", {}, {"second-opinion-refused"}),
        ("shared.weight", "t5-xxl", ENCODER, set()),
        ("shared.weight", "clip-l", ENCODER, {"second-opinion-disagrees"}),
        ("decoder.weight", "hunyuan-video-vae", VAE, set()),
        ("decoder.weight", "wan-2-1-vae", {"role": "vae"}, {"second-opinion-disagrees"}),
    ],
)
def test_every_answer_of_comfyui_is_weighed(stub, name, identifier, more, rules):
    asked = stub({name: [1]}, identifier, **more)
    assert asked.rules == rules, asked.text


@pytest.mark.parametrize(("placed", "severity"), [(None, "low"), (True, "low"), (False, "info")])
def test_a_loader_that_is_not_expected_to_know_a_file_is_a_remark(stub, placed, severity):
    places = None if placed is None else {"ComfyUI": placed, "diffusers": True}
    asked = stub({"x": [1]}, "ltx-video-2b", placed=places)
    assert [finding.severity for finding in asked.findings] == [severity]


def test_comfyui_that_reads_weights_could_not_tell(stub):
    asked = stub({"reads_values": [1]}, "ltx-video-2b")
    assert asked.outcome is Outcome.SKIP
    assert "reads weights" in asked.reason


def test_comfyui_finds_no_arguments_and_leaves_nothing_behind(stub):
    before = (list(sys.path), list(sys.argv), dict(os.environ))
    stub(LTX_2B, "ltx-video-2b")
    assert (sys.path, sys.argv, dict(os.environ)) == before
    assert sys.modules["comfy.cli_args"].args.argv == [str(STUB / "main.py")]


@pytest.mark.parametrize("role", ["lora", "upscaler", "motion-module"])
def test_comfyui_is_not_asked_about_files_whose_node_is_told(stub, role):
    assert stub({"x": [1]}, "x", role=role).outcome is Outcome.SKIP


def test_a_comfyui_that_cannot_be_imported_is_skipped_with_the_reason(stub, empty):
    (empty / "comfy" / "__init__.py").write_text("import no_such_requirement")
    asked = stub(LTX_2B, "ltx-video-2b", folder=empty)
    assert asked.outcome is Outcome.SKIP
    assert "No module named 'no_such_requirement'" in asked.reason
    assert "--python PATH" in asked.reason


@pytest.mark.parametrize(("folder", "reason"), [("", "no ComfyUI was named"), ("no", "no ComfyUI")])
def test_a_folder_that_is_no_comfyui_is_skipped(stub, folder, reason):
    asked = stub(LTX_2B, "ltx-video-2b", folder=folder)
    assert asked.outcome is Outcome.SKIP
    assert reason in asked.reason


@pytest.mark.parametrize(
    ("name", "text", "version"),
    [
        ("comfyui_version.py", '__version__ = "0.3.64"', "0.3.64"),
        ("pyproject.toml", '[project]\nname = "ComfyUI"\nversion = "1.2"', "1.2"),
        ("pyproject.toml", "dynamic = ['version']", "of unknown version"),
    ],
)
def test_the_version_is_read_and_not_run(tmp_path, name, text, version):
    (tmp_path / name).write_text(text, "utf-8")
    assert version_of(tmp_path) == version


@pytest.mark.parametrize(
    ("word", "identifier", "family", "rules"),
    [
        ("ltxv", "ltx-video-2b", "ltx", set()),
        ("wan", "ltx-video-2b", "ltx", {"second-opinion-disagrees"}),
        ("sd1", "sd-1-5", "stable-diffusion", {"gguf-architecture-refused"}),
        ("\x1b[31m", "unknown", "unknown", {"gguf-architecture-refused"}),
    ],
)
def test_the_architecture_of_a_gguf_file_is_held_against_the_list(
    stub, word, identifier, family, rules
):
    asked = stub(
        {"x": [1]}, identifier, "comfyui-gguf-knows-file", family=family, format="gguf",
        metadata={"general.architecture": word},
    )  # fmt: skip
    assert asked.rules == rules, asked.text
    assert "\x1b" not in asked.text


@pytest.mark.parametrize("metadata", [{}, {"general.architecture": "pig"}])
def test_a_gguf_file_without_a_word_of_its_own_could_not_be_told(stub, metadata):
    probe = "comfyui-gguf-knows-file"
    asked = stub({"x": [1]}, probe=probe, format="gguf", metadata=metadata)
    assert asked.outcome is Outcome.SKIP
    assert "names no architecture" in asked.reason


@pytest.mark.parametrize("probe", ["comfyui-knows-file", "comfyui-gguf-knows-file"])
def test_a_gguf_file_in_a_comfyui_that_reads_none_is_skipped(stub, empty, probe):
    asked = stub({"x": [1]}, probe=probe, folder=empty, format="gguf")
    assert asked.outcome is Outcome.SKIP
    assert "ComfyUI-GGUF" in asked.reason


@pytest.mark.parametrize("text", ["IMG_ARCH_LIST = make()", "IMG_ARCH_LIST = {'wan'}"])
def test_a_source_without_both_lists_says_so(tmp_path, text):
    source = tmp_path / "loader.py"
    source.write_text(text)
    with pytest.raises(ValueError, match=r"malformed|does not list"):
        architectures(source)


BLOCK = "transformer_blocks.3.scale_shift_table"
DRY = "comfyui-dry-load"


def test_scales_that_comfyui_applies_by_itself_are_no_finding(stub):
    shapes = {**LTX_2B, "scaled_fp8": [0], "patchify_proj.scale_weight": []}
    assert stub(shapes, "ltx-video-2b", DRY).outcome is Outcome.PASS


@pytest.mark.parametrize("prefix", ["", "model.diffusion_model."])
def test_a_whole_file_in_the_model_comfyui_builds_lacks_nothing(stub, prefix):
    shapes = {prefix + name: shape for name, shape in LTX_2B.items()}
    asked = stub(shapes, "ltx-video-2b", DRY)
    assert asked.outcome is Outcome.PASS, asked.text
    assert asked.measures["needed"] == len(LTX_2B)


@pytest.mark.parametrize(
    ("changes", "rule", "severity"),
    [
        ({"scale_shift_table": None}, "dry-load-missing-keys", "high"),
        ({BLOCK: [6, 1]}, "dry-load-shape-mismatch", "high"),
        ({"stray": [1]}, "dry-load-unexpected-keys", "low"),
        ({BLOCK: [9, 2048], "prompt_adaln_single.weight": [1]}, "dry-load-other-model", "medium"),
        ({BLOCK: None, "blocks.3.scale_shift_table": [6, 2048], "other.weight": [1]},
         "dry-load-other-model", "medium"),
    ],
)  # fmt: skip
def test_damage_is_told_from_a_model_of_another_version(stub, changes, rule, severity):
    shapes = {n: s for n, s in {**LTX_2B, **changes}.items() if s is not None}
    asked = stub(shapes, "ltx-video-2b", DRY)
    assert [(f.rule, f.severity) for f in asked.findings] == [(rule, severity)], asked.text


def test_what_only_comfyui_takes_a_file_for_damages_nothing(stub):
    shapes = {name: shape for name, shape in LTX_2B.items() if name != "scale_shift_table"}
    assert [finding.severity for finding in stub(shapes, probe=DRY).findings] == ["medium"]


@pytest.mark.parametrize(
    ("extra", "more", "reason"),
    [
        ({"patchify_proj.weight_scale_2": []}, {}, "packed by nvfp4"),
        ({"reads_to_build": [1]}, {}, "reads weights to build it"),
        ({"breaks": [1]}, {}, "does not build it here"),
        ({}, {"role": "vae"}, "only diffusion models are built"),
    ],
)
def test_a_model_that_cannot_be_built_is_skipped_with_the_reason(stub, extra, more, reason):
    asked = stub({**LTX_2B, **extra}, "ltx-video-2b", DRY, **more)
    assert asked.outcome is Outcome.SKIP
    assert reason in asked.reason


def test_a_model_comfyui_does_not_know_is_not_built(stub):
    asked = stub({"x": [1]}, "ltx-video-2b", DRY)
    assert asked.outcome is Outcome.SKIP
    assert "does not know it" in asked.reason
