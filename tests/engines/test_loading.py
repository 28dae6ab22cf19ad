"""Pickled weights are refused in one clear sentence before anything is loaded."""

import shutil

import pytest

from runners.engines.loading import PickledWeightsError, refuse_pickles

pytestmark = [pytest.mark.torch, pytest.mark.xdist_group("engines")]

SENTENCE = (
    "component vae has its weights only as the pickle diffusion_pytorch_model.bin, which can run "
    "code and is never opened; expected a .safetensors file"
)


def test_a_folder_of_pickles_is_refused_unopened(tiny, local_engine, tmp_path):
    folder = shutil.copytree(tiny("ltx"), tmp_path / "pickled")
    (folder / "vae" / "diffusion_pytorch_model.safetensors").unlink()
    (folder / "vae" / "diffusion_pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'false'\ntR.")
    with pytest.raises(PickledWeightsError) as caught:
        local_engine(folder).open()
    assert str(caught.value) == SENTENCE


def test_pickles_beside_safetensors_are_passed_over(tmp_path):
    (tmp_path / "vae").mkdir()
    for suffix in ("bin", "safetensors"):
        (tmp_path / "vae" / f"diffusion_pytorch_model.{suffix}").touch()
    refuse_pickles(tmp_path)
