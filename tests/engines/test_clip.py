"""One clip, its numbers, the save path, and what happens to a worker that breaks."""

from dataclasses import replace

import numpy as np
import pytest

from runners.engine import Engine
from runners.engines.messages import ClipRequest, OpenRequest, SavePathRequest
from runners.process import RemoteError, WorkerDiedError

pytestmark = [pytest.mark.torch, pytest.mark.xdist_group("engines")]


def request_in(folder, **changes):
    blank = ClipRequest(
        prompt="a cat",
        width=64,
        height=64,
        frames=9,
        steps=2,
        guidance=3.0,
        seed=1,
        latents_path=str(folder / "latents.safetensors"),
        frames_path=str(folder / "frames.npy"),
    )
    return replace(blank, **changes)


def test_without_a_frames_path_nothing_is_decoded(tiny, local_engine, tmp_path):
    answer = local_engine(tiny("ltx")).clip(request_in(tmp_path, frames_path=""))
    assert answer.decoded is None
    assert (tmp_path / "latents.safetensors").exists()


def test_a_nan_weight_shows_in_the_numbers(tiny, local_engine, tmp_path):
    import torch

    engine = local_engine(tiny("ltx"))
    engine.open()
    weight = engine.role._open.pipeline.transformer.proj_out.weight
    with torch.no_grad():
        weight[0, 0] = float("nan")
    answer = engine.clip(request_in(tmp_path))
    assert answer.latents.non_finite > 0


def test_bfloat16_survives_the_save_path(tiny, local_engine):
    answer = local_engine(tiny("ltx"), dtype="bfloat16").save_path(
        SavePathRequest(width=64, height=64)
    )
    assert answer.shape == (2, 64, 64, 3)
    assert answer.largest_difference <= 2


def test_the_naive_save_path_fails_on_bfloat16_with_the_text_users_see(tiny, local_engine):
    engine = local_engine(tiny("ltx"), dtype="bfloat16", fault="bf16-save-path")
    with pytest.raises(TypeError, match="Got unsupported ScalarType BFloat16"):
        engine.save_path(SavePathRequest(width=64, height=64))


@pytest.fixture(scope="module")
def worker_engine(tiny, tmp_path_factory):
    log = tmp_path_factory.mktemp("log") / "worker.log"
    request = OpenRequest(folder=str(tiny("wan")), device="cpu", dtype="float32")
    with Engine(request, log=log) as engine:
        yield engine


def test_a_worker_renders_and_reports_each_step(worker_engine, tmp_path):
    steps = []
    answer = worker_engine.clip(request_in(tmp_path), steps.append)
    assert [step["step"] for step in steps] == [1, 2]
    assert answer.peak_memory_bytes > 1 << 20
    assert worker_engine.warm


def test_an_engine_that_raises_keeps_its_worker(worker_engine, tmp_path):
    with pytest.raises(RemoteError, match="divisible"):
        worker_engine.clip(request_in(tmp_path, width=63))
    assert worker_engine.warm


def test_a_crash_in_a_step_is_named_and_costs_the_worker_only(tiny, tmp_path):
    request = OpenRequest(
        folder=str(tiny("ltx")), device="cpu", dtype="float32", fault="worker-segfault"
    )
    with Engine(request, log=tmp_path / "worker.log") as engine:
        with pytest.raises(WorkerDiedError, match=r"SIGSEGV|Windows status"):
            engine.clip(request_in(tmp_path))
        assert not engine.warm


def test_nan_weights_are_named_when_the_model_is_loaded(tiny, local_engine, tmp_path):
    import shutil

    from runners.demo.weights import as_float32, edit_weights, like

    def poison(tensors):
        values = as_float32(tensors["proj_out.bias"])
        values[0] = np.nan
        return {**tensors, "proj_out.bias": like(tensors["proj_out.bias"], values)}

    folder = shutil.copytree(tiny("ltx"), tmp_path / "sick")
    assert local_engine(folder).open().non_finite == ()
    edit_weights(folder / "transformer" / "diffusion_pytorch_model.safetensors", poison)
    assert local_engine(folder).open().non_finite == ("transformer.proj_out.bias",)
