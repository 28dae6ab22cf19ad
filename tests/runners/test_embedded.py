"""The embedded model is there, small, described, and does what its card says."""

import json
import subprocess
import sys

import pytest

from runners.embedded import embedded_model
from runners.embedded.prompts import EXAMPLE_PROMPTS, every_scene


def test_the_folder_is_a_pipeline_of_at_most_nine_megabytes():
    folder = embedded_model()
    index = json.loads((folder / "model_index.json").read_text("utf-8"))
    assert index["_class_name"] == "LTXPipeline"
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) <= 9_000_000


def test_every_scene_has_a_wording_of_its_own():
    prompts = {scene.prompt for scene in every_scene()}
    assert len(prompts) == 840
    assert set(EXAMPLE_PROMPTS) <= prompts


def test_finding_the_model_does_not_import_torch():
    code = (
        "import sys, runners.embedded, runners.embedded.prompts; "
        "sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.torch
def test_the_pipeline_draws_what_it_is_asked_for():
    torch = pytest.importorskip("torch")
    pytest.importorskip("diffusers")
    from tools.train_embedded_ltx import evaluate

    pipeline = evaluate.load_pipeline(embedded_model())
    assert pipeline.vae.spatial_compression_ratio == 32
    assert pipeline.vae.temporal_compression_ratio == 8
    assert pipeline.transformer.dtype == torch.float32
    figures = evaluate.check_prompts(pipeline, (64, 64, 25), 10, 1, steps=12, guidance=3.0)
    assert figures["colour"] >= 90
    assert figures["background"] >= 90
    assert figures["direction"] >= 70


@pytest.mark.torch
def test_the_vae_keeps_a_clip():
    pytest.importorskip("torch")
    pytest.importorskip("diffusers")
    from tools.train_embedded_ltx import evaluate

    figures = evaluate.check_vae(evaluate.load_pipeline(embedded_model()).vae, 4)
    assert min(figures.values()) >= 25
