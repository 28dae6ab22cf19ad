"""Before anything is loaded: quantisation, device and parts of the model's folder."""

import json
import struct

import pytest

from compat.core.model import Device, Environment
from runners.embedded import embedded_model
from runners.preflight.fit_check import check_fit


def mps(torch):
    return Environment(
        os="x", machine="x", python="3", packages={"torch": torch}, devices=(Device(kind="mps"),),
        fingerprint="here",
    )  # fmt: skip


@pytest.fixture
def fp8_model(tmp_path):
    """A folder whose one weight is stored in fp8, with or without a quantisation in its config."""

    def build(config=None, **more):
        place = tmp_path / "quantised" / "transformer"
        place.mkdir(parents=True, exist_ok=True)
        index = {"_class_name": "LTXPipeline", "transformer": ["diffusers", "X"]}
        (place.parent / "model_index.json").write_text(json.dumps(index), "utf-8")
        (place / "config.json").write_text(json.dumps(config or {}), "utf-8")
        table = {"a.weight": {"dtype": "F8_E4M3", "shape": [8, 8], "data_offsets": [0, 64]}, **more}
        text = json.dumps(table).encode()
        data = struct.pack("<Q", len(text)) + text + b"\x38" * 68
        (place / "diffusion_pytorch_model.safetensors").write_bytes(data)
        return place.parent

    return build


SCALE = {"a.weight_scale": {"dtype": "F32", "shape": [], "data_offsets": [64, 68]}}


def test_the_embedded_model_fits(make_context, rules):
    answer = check_fit(make_context(folder=embedded_model()))
    assert rules(answer) == []
    assert answer.measures["files"] > 0


def test_scales_that_diffusers_drops_are_found(make_context, fp8_model, rules):
    assert "fp8-scales-ignored" in rules(check_fit(make_context(folder=fp8_model(**SCALE))))
    assert "fp8-scales-ignored" not in rules(check_fit(make_context(folder=fp8_model())))


@pytest.mark.parametrize(("torch", "fires"), [("2.14.1", True), ("2.15.0", False)])
def test_weights_that_stay_fp8_need_a_device_that_takes_it(
    make_context, fp8_model, rules, torch, fires
):
    folder = fp8_model({"quantization_config": {}})
    context = make_context(folder=folder, device="mps", environment=mps(torch))
    assert ("dtype-not-on-device" in rules(check_fit(context))) is fires
