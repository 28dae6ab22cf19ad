"""Loaders are asked in workers, each question costs only itself, and headers travel as JSON."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from compat.core.errors import UsageError
from compat.core.model import Outcome
from compat.identify.model import Identification, NearMiss, Role
from runners.second_opinion import Wanted, comfyui_python, opinions

STUB = Path(__file__).parents[1] / "fixtures" / "comfyui_stub"
UNKNOWN = Identification(id="unknown", family="unknown", variant="", role=Role.UNKNOWN, traits=None)
LTX_2B = replace(UNKNOWN, id="ltx-video-2b", family="ltx", role=Role.DIFFUSION_MODEL)
POSIX = pytest.mark.skipif(os.name != "posix", reason="a script stands for the interpreter")
SHAPES = {
    "patchify_proj.weight": [2048, 2],
    "scale_shift_table": [2, 8],
    **{f"transformer_blocks.{n}.scale_shift_table": [6, 8] for n in range(28)},
}


@pytest.fixture
def files(fixtures_on_path):
    import loader_files

    return loader_files


@pytest.fixture
def path(files, tmp_path):
    return files.write(tmp_path / "x.safetensors", SHAPES)


def by_probe(answers, **wanted):
    return {opinion.probe: opinion for opinion in opinions(answers, Wanted(**wanted))}


def test_diffusers_and_a_comfyui_are_asked_about_the_same_file(path):
    found = by_probe([(path, LTX_2B)], opinion=True, dry_load=True, comfyui=STUB)
    assert found["diffusers-knows-file"].outcome is Outcome.PASS
    assert found["comfyui-knows-file"].outcome is Outcome.PASS, found
    assert found["comfyui-knows-file"].measures["said"] == "'LTXV'"
    # Of its 715 tensors the file holds 30.
    assert found["diffusers-dry-load"].outcome is Outcome.SKIP
    assert found["comfyui-dry-load"].outcome is Outcome.FAIL
    assert len(found) == 4


@POSIX
def test_another_interpreter_needs_nothing_of_framegates(path, tmp_path):
    # Started without its site packages it has no torch, and still answers.
    bare = tmp_path / "bare.sh"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    bare.chmod(0o755)
    found = by_probe([(path, LTX_2B)], comfyui=STUB, python=bare)
    asked = found["comfyui-knows-file"]
    assert (asked.outcome, asked.reason) == (Outcome.SKIP, "torch is not installed")


def test_an_interpreter_that_does_not_start_is_wrong_usage(path, tmp_path):
    with pytest.raises(UsageError, match="does not start"):
        by_probe([(path, LTX_2B)], opinion=True, python=tmp_path / "no-python")


@POSIX
def test_an_interpreter_that_is_none_gives_its_last_words(path, tmp_path):
    liar = tmp_path / "liar.sh"
    liar.write_text("#!/bin/sh\necho 'I am no python' >&2\nexit 3\n")
    liar.chmod(0o755)
    found = by_probe([(path, LTX_2B)], comfyui=STUB, python=liar)
    asked = found["comfyui-knows-file"]
    assert (asked.outcome, asked.last_words) == (Outcome.ERROR, "I am no python")


def test_a_comfyui_that_kills_its_worker_costs_only_its_own_question(path, tmp_path):
    folder = tmp_path / "comfyui"
    (folder / "comfy").mkdir(parents=True)
    (folder / "main.py").write_text("")
    (folder / "comfy" / "__init__.py").write_text("import os; os._exit(9)")
    answers = [(path, LTX_2B), (path, LTX_2B)]
    found = list(opinions(answers, Wanted(comfyui=folder)))
    assert [(o.about, o.outcome) for o in found] == [(0, Outcome.ERROR), (1, Outcome.ERROR)]
    assert "9" in found[0].reason


def test_what_has_no_header_is_told_without_asking_anybody(tmp_path):
    path = tmp_path / "x.safetensors"
    path.write_bytes(b"<html>")
    (found,) = opinions([(path, UNKNOWN)], Wanted(opinion=True))
    assert (found.probe, found.outcome) == ("", Outcome.SKIP)
    assert "no tensor file" in found.reason


def test_a_broken_specimen_is_dry_loaded_as_what_it_should_be(files, tmp_path):
    shapes = files.shapes_of("LTXVideoTransformer3DModel", {})
    shapes = {n: s for n, s in files.renamed(shapes, files.TO_LTX).items()
              if ".27." not in n}  # fmt: skip
    path = files.write(tmp_path / "x.safetensors", shapes)
    miss = NearMiss(id="ltx-video-2b", mine=True, reasons=("no block 27",))
    broken = replace(UNKNOWN, near_misses=(miss,))
    asked = by_probe([(path, broken)], dry_load=True)["diffusers-dry-load"]
    assert asked.outcome is Outcome.FAIL
    assert "transformer_blocks.27" in asked.findings[0].message


def test_a_whole_tiny_pipeline_dry_loads_without_a_finding(tiny):
    from compat.identify.identify import identify

    folder = tiny("ltx")
    wanted = Wanted(opinion=True, dry_load=True)
    found = list(opinions([(folder, identify(folder))], wanted))
    told = {(o.part, o.probe): o for o in found}
    assert told["transformer", "diffusers-dry-load"].outcome is Outcome.PASS
    assert told["vae", "diffusers-dry-load"].outcome is Outcome.PASS
    assert told["text_encoder", "transformers-dry-load"].outcome is Outcome.PASS
    assert not any(opinion.findings for opinion in found)


def test_the_interpreter_a_comfyui_brings_is_the_one_that_is_asked(tmp_path):
    assert comfyui_python(Wanted(comfyui=tmp_path)) is None
    own = tmp_path / "venv" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.write_text("")
    assert comfyui_python(Wanted(comfyui=tmp_path)) == own
    named = tmp_path / "other"
    assert comfyui_python(Wanted(comfyui=tmp_path, python=named)) == named


REAL = os.environ.get("FRAMEGATE_COMFYUI", "")


@pytest.mark.skipif(not REAL, reason="FRAMEGATE_COMFYUI names no ComfyUI folder")
def test_a_real_comfyui_names_a_real_header(files, tmp_path):
    shapes = files.shapes_of("LTXVideoTransformer3DModel", {})
    shapes = files.renamed(shapes, files.TO_LTX, "model.diffusion_model.")
    path = files.write(tmp_path / "x.safetensors", shapes)
    python = os.environ.get("FRAMEGATE_COMFYUI_PYTHON")
    asked = by_probe([(path, LTX_2B)], comfyui=Path(REAL), python=Path(python) if python else None)[
        "comfyui-knows-file"
    ]
    assert asked.outcome is Outcome.PASS, (asked.reason, asked.last_words)
    assert asked.measures["said"] == "'LTXV'"
