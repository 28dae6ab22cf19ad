import struct

import numpy as np
import pytest

SHAPE = (256, 512)
MATRICES = [f"blocks.{n}.attn.to_q" for n in range(8)]


def scaled_file(scaled, *, scale_name=".weight_scale", drop_scales=False, per_row=False):
    tensors = {}
    for seed, name in enumerate(MATRICES):
        data, scales = scaled(SHAPE, per_row=per_row, seed=seed)
        tensors[f"{name}.weight"] = ("F8_E4M3", SHAPE, data)
        if not drop_scales:
            shape = (SHAPE[0],) if per_row else ()
            tensors[f"{name}{scale_name}"] = ("F32", shape, scales)
    return tensors


@pytest.mark.parametrize("per_row", [False, True])
@pytest.mark.parametrize("name", [".weight_scale", ".scale_weight", ".weight_scale_inv"])
def test_scaled_fp8_as_converters_write_it_is_quiet(found, scaled, loud, per_row, name):
    assert loud(found(scaled_file(scaled, scale_name=name, per_row=per_row))) == []


@pytest.mark.parametrize("dtype", ["F8_E4M3", "F8_E5M2", "F8_E4M3FNUZ", "F8_E5M2FNUZ"])
def test_fp8_that_was_only_cast_is_quiet(found, normal, loud, dtype):
    tensors = {f"{n}.weight": (dtype, SHAPE, normal(dtype, SHAPE)) for n in MATRICES}
    assert loud(found(tensors)) == []


def test_one_embedding_with_large_values_is_quiet(found, normal, loud):
    tensors = {f"{n}.weight": ("F8_E4M3", SHAPE, normal("F8_E4M3", SHAPE)) for n in MATRICES}
    tensors["shared.weight"] = ("F8_E4M3", SHAPE, normal("F8_E4M3", SHAPE, spread=80))
    assert loud(found(tensors)) == []


def test_full_range_without_scales_is_named(found, scaled):
    finding = found(scaled_file(scaled, drop_scales=True))["fp8-unscaled-range"]
    assert (finding.severity, finding.confidence) == ("medium", "medium")
    assert finding.evidence["full_range"] == 8


def test_full_range_with_a_marker_is_the_markers_business(lay, found, scaled, loud):
    tensors = scaled_file(scaled, drop_scales=True)
    tensors["scaled_fp8"] = ("F8_E4M3", (0,), b"")
    assert loud(found(tensors)) == []


def clipped(scaled, factor):
    data, scales = scaled(SHAPE)
    torch = pytest.importorskip("torch")
    values = torch.frombuffer(bytearray(data), dtype=torch.float8_e4m3fn).float() * factor
    fp8 = values.clamp(-448, 448).to(torch.float8_e4m3fn).view(torch.uint8)
    return fp8.numpy().tobytes(), scales


def test_clipped_weights_are_named(found, scaled):
    data, scales = clipped(scaled, 2)
    tensors = {"a.weight": ("F8_E4M3", SHAPE, data), "a.weight_scale": ("F32", (), scales)}
    finding = found(tensors)["fp8-saturated"]
    assert 0.01 < finding.evidence["tensors"]["'a.weight'"] < 0.2


def test_block_scales_that_are_powers_of_two_are_quiet(found, loud):
    torch = pytest.importorskip("torch")
    values = torch.tensor(np.random.default_rng(0).normal(0, 0.02, (4096, 32)), dtype=torch.float32)
    exponent = torch.floor(torch.log2(values.abs().amax(dim=1, keepdim=True))) - 8
    fp8 = (values / 2**exponent).clamp(-448, 448).to(torch.float8_e4m3fn)
    scales = (exponent + 127).to(torch.uint8).numpy().tobytes()
    shape = (128, 1024)
    tensors = {
        "a.weight": ("F8_E4M3", shape, fp8.view(torch.uint8).numpy().tobytes()),
        "a.weight_scale": ("F8_E8M0", (128, 32), scales),
    }
    assert loud(found(tensors)) == []


BAD = {"nan": "NaN", "inf": "NaN", "-0.25": "negative", "0": "zero"}


@pytest.mark.parametrize("value", BAD)
@pytest.mark.parametrize("name", [".weight_scale", ".scale_weight", ".input_scale"])
def test_an_impossible_scale_is_named_and_only_once(found, scaled, loud, value, name):
    tensors = scaled_file(scaled)
    tensors["blocks.3.attn.to_q" + name] = ("F32", (), struct.pack("<f", float(value)))
    if name != ".weight_scale":
        del tensors["blocks.3.attn.to_q.weight_scale"]
    findings = found(tensors)
    assert loud(findings) == ["fp8-scale-bad"]
    assert BAD[value] in findings["fp8-scale-bad"].message


def test_reciprocal_scales_are_named(found, scaled):
    tensors = scaled_file(scaled)
    tensors["blocks.3.attn.to_q.weight_scale"] = ("F32", (), struct.pack("<f", 1 / 2e-4))
    finding = found(tensors)["fp8-scale-too-large"]
    assert finding.severity == "medium"
    assert list(finding.evidence["scales"]) == ["'blocks.3.attn.to_q.weight_scale'"]


def test_the_zero_scale_of_a_zero_matrix_is_the_matrix_business(found, scaled, loud):
    tensors = scaled_file(scaled)
    tensors["z.weight"] = ("F8_E4M3", SHAPE, bytes(256 * 512))
    tensors["z.weight_scale"] = ("F32", (), struct.pack("<f", 0))
    assert loud(found(tensors)) == ["weights-all-zero"]


def test_quanto_int8_is_quiet_and_zero_in_it_is_named(found, loud):
    rng = np.random.default_rng(0)
    tensors = {}
    for name in MATRICES:
        quants = np.clip(rng.normal(0, 40, SHAPE), -127, 127).astype("i1")
        tensors[f"{name}.weight._data"] = ("I8", SHAPE, quants.tobytes())
        scales = rng.uniform(1e-4, 1e-3, (256, 1)).astype("<f4").tobytes()
        tensors[f"{name}.weight._scale"] = ("F32", (256, 1), scales)
        tensors[f"{name}.input_scale"] = ("F32", (), struct.pack("<f", 1))
    assert loud(found(tensors)) == []
    tensors[f"{MATRICES[2]}.weight._data"] = ("I8", SHAPE, bytes(256 * 512))
    assert loud(found(tensors)) == ["weights-all-zero"]
