import json
import struct

import numpy as np
import pytest

ROWS = (128, 1024)


def bf16(*values):
    return b"".join(struct.pack("<f", value)[2:] for value in values)


def patched(data, at, new):
    return data[:at] + new + data[at + len(new) :]


def test_bad_values_are_counted_and_the_first_is_named_by_byte_and_index(found, normal):
    data = normal("BF16", ROWS)
    data = patched(data, 2 * (5 * 1024 + 17), bf16(float("nan"), float("-inf"), float("inf")))
    finding = found({"a.weight": ("BF16", ROWS, data)})["weights-not-finite"]
    assert finding.severity == "high"
    evidence = finding.evidence
    assert (evidence["nan"], evidence["infinite"]) == (1, 2)
    assert evidence["first_byte"] == 4096 + 2 * (5 * 1024 + 17)
    assert evidence["first_index"] == [5, 17]
    assert evidence["tensors"] == {"'a.weight'": 3}


def test_a_mask_of_minus_infinity_is_no_damage(found, normal, loud):
    mask = np.triu(np.full((77, 77), -np.inf, "<f4"), 1)
    tensors = {
        "cond_stage_model.model.attn_mask": ("F32", (77, 77), mask.tobytes()),
        "a.weight": ("F16", ROWS, normal("F16", ROWS)),
    }
    assert loud(found(tensors)) == []
    everywhere = np.full((77, 77), -np.inf, "<f4").tobytes()
    assert loud(found({"attn_mask": ("F32", (77, 77), everywhere)})) == ["weights-not-finite"]


def test_a_mask_of_the_lowest_number_is_no_damage(found, loud):
    mask = np.triu(np.full((200, 200), np.finfo("f4").min, "<f4"), 1)
    assert loud(found({"causal_mask": ("F32", (200, 200), mask.tobytes())})) == []


def test_a_schedule_that_ends_in_noise_is_no_damage(found, normal, loud):
    schedule = np.append(np.linspace(1, 4, 999), np.inf).astype("<f4").tobytes()
    weight = ("F16", ROWS, normal("F16", ROWS))
    quiet = {"sqrt_recip_alphas_cumprod": ("F32", (1000,), schedule), "a.weight": weight}
    assert "schedule-not-finite" in found(quiet)
    assert loud(found(quiet)) == []
    assert loud(found({"norm.weight": ("F32", (1000,), schedule), "a.weight": weight})) == [
        "weights-not-finite"
    ]


def test_values_beyond_half_precision_are_named_for_what_loads_them(found, normal, loud):
    data = patched(normal("BF16", ROWS), 500, bf16(70_000))
    finding = found({"a.weight": ("BF16", ROWS, data)})["weights-beyond-fp16"]
    assert (finding.severity, finding.evidence["largest"]) == ("medium", 69632)
    fine = patched(data, 500, bf16(65_000))
    assert loud(found({"a.weight": ("BF16", ROWS, fine)})) == []
    buffer = struct.pack("<4f", 1, 2, 3, 1e6)
    assert loud(found({"running_var": ("F32", (4,), buffer)})) == []


NOISE = np.random.default_rng(0)
TEXT = (b'<html lang="en"><p>Sorry, the model is gated. Please log in.</p>\n' * 2000)[:65_536]
DTYPES = ["BF16", "F32", "F16", "F64", "F8_E4M3", "F8_E5M2"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("length", [8192, 65_536])
def test_noise_among_weights_is_found_with_its_place(found, normal, loud, dtype, length):
    shape = (512, 1024)
    data = patched(normal(dtype, shape), 10 * 4096, NOISE.bytes(length))
    findings = found({"a.weight": (dtype, shape, data)})
    assert loud(findings) == ["weights-implausible"]
    place = findings["weights-implausible"].evidence["tensors"]["'a.weight'"]
    assert place == {
        "kind": "noise", "from": 11 * 4096, "to": 11 * 4096 + length, "bytes": length,
    }  # fmt: skip


@pytest.mark.parametrize("dtype", [*DTYPES, "I8", "U8", "Q8_0"])
def test_text_among_weights_is_found(found, normal, dtype):
    shape = (512, 1024)
    plain = {"I8": "F8_E4M3", "U8": "F8_E4M3", "Q8_0": "F8_E4M3"}.get(dtype, dtype)
    data = patched(normal(plain, shape), 10 * 4096, TEXT)
    if dtype == "Q8_0":
        data = data[: len(data) // 34 * 34]
    finding = found({"a.weight": (dtype, shape, data)})["weights-implausible"]
    assert finding.evidence["tensors"]["'a.weight'"]["kind"] == "text"
    assert finding.evidence["foreign_bytes"] >= 65_536


@pytest.mark.parametrize("dtype", ["BF16", "F32", "F64"])
def test_a_tensor_shifted_by_one_byte_is_found(found, normal, dtype):
    shape = (512, 1024)
    data = b"\x11" + normal(dtype, shape)[:-1]
    assert "weights-implausible" in found({"a.weight": (dtype, shape, data)})


def test_text_that_is_meant_is_no_damage(found, normal, loud):
    words = json.dumps({f"token {n}": n for n in range(9000)}).encode()
    tensors = {
        "tokenizer_json": ("U8", (len(words),), words),
        "a.weight": ("BF16", ROWS, normal("BF16", ROWS)),
    }
    assert loud(found(tensors)) == []


@pytest.mark.parametrize("dtype", ["I8", "U8", "F4", "F6_E2M3"])
def test_packed_weights_may_be_as_random_as_they_like(found, loud, dtype):
    assert loud(found({"a.weight": (dtype, (512, 1024), NOISE.bytes(512 * 1024))})) == []


@pytest.mark.parametrize("dtype", ["BF16", "F32", "F8_E4M3", "I8"])
def test_a_matrix_of_one_value_is_named(found, normal, loud, dtype):
    filled = {"BF16": bf16(0.5), "F32": struct.pack("<f", 0.5)}.get(dtype, b"\x30") * (64 * 64)
    alone = found({"a.weight": (dtype, (64, 64), filled)})
    assert alone["weights-constant"].severity == "high"
    among = found(
        {
            "a.weight": (dtype, (64, 64), filled),
            "b.weight": ("BF16", ROWS, normal("BF16", ROWS)),
        }
    )
    assert among["weights-constant"].severity == "low"
    layer_scale = {"gamma": ("F32", (1, 2048), struct.pack("<f", 1) * 2048)}
    assert loud(found(layer_scale)) == []


def matrices(normal, zero, kept, *, name="blocks.{}.proj_in.weight"):
    tensors = {name.format(n): ("BF16", (64, 64), bytes(8192)) for n in range(zero)}
    tensors |= {f"w.{n}": ("BF16", (64, 64), normal("BF16", (64, 64))) for n in range(kept)}
    return tensors


def test_zero_matrices_that_lie_together_are_damage(found, normal):
    kept = {f"w.{n}": ("BF16", (64, 64), normal("BF16", (64, 64))) for n in range(20)}
    zero = ("BF16", (64, 64), bytes(8192))
    apart = {"a": zero, **kept, "z": zero}
    together = {**kept, "y": zero, "y.bias": ("BF16", (64,), bytes(128)), "z": zero}
    assert found(apart)["weights-all-zero"].severity == "low"
    assert found(together)["weights-all-zero"].severity == "high"


def test_many_zero_matrices_are_damage_and_one_is_a_hint(found, normal):
    assert found(matrices(normal, 5, 5))["weights-all-zero"].severity == "high"
    assert found(matrices(normal, 1, 9))["weights-all-zero"].severity == "low"


@pytest.mark.parametrize(
    "name",
    [
        "blocks.{}.proj_out.weight",
        "blocks.{}.adaLN_modulation.1.weight",
        "transformer.blocks.{}.attn.to_q.lora_B.weight",
        "lora_unet_blocks_{}_attn.lora_up.weight",
        "blocks.{}.attn.processor.to_q_lora.up.weight",
        "controlnet_down_blocks.{}.weight",
        "zero_convs.{}.0.weight",
        "vace_blocks.{}.after_proj.weight",
        "down.{}.temp_convs.0.conv4.3.weight",
    ],
)
def test_zeros_that_trainings_start_with_are_no_damage(found, normal, loud, name):
    findings = found(matrices(normal, 6, 4, name=name))
    assert loud(findings) == []
    assert "weights-started-at-zero" in findings


def test_a_good_name_excuses_no_file_of_zeros(found, normal):
    tensors = matrices(normal, 20, 1, name="blocks.{}.proj_out.weight")
    assert found(tensors)["weights-all-zero"].severity == "high"


def test_a_type_nobody_knows_is_said_and_no_pass(found, normal):
    tensors = {"a": ("F3_NEW", (8, 8), bytes(24)), "w": ("BF16", ROWS, normal("BF16", ROWS))}
    finding = found(tensors)["weights-not-examined"]
    assert finding.severity == "low"
    assert "'F3_NEW'" in finding.message


def test_bytes_that_tensors_share_are_looked_at_once_and_count_for_both(lay, normal):
    from dataclasses import replace

    from compat.formats.deep import deep_scan, value_findings
    from compat.formats.model import TensorInfo

    header = lay({"a.weight": ("BF16", ROWS, normal("BF16", ROWS))})
    tied = header.tensors["a.weight"]
    header = replace(
        header,
        tensors={
            "a.weight": tied,
            "tied.weight": TensorInfo("tied.weight", "BF16", ROWS, tied.start, tied.end),
        },
    )
    census = deep_scan(header)
    assert (census.examined, census.not_examined) == (2, 0)
    assert [f for f in value_findings(header.path, census) if f.severity != "info"] == []


@pytest.mark.parametrize(("true", "named"), [("F16", "BF16"), ("BF16", "F16")])
@pytest.mark.parametrize("spread", [0.01, 0.05, 0.3])
def test_a_type_given_wrongly_is_found_in_the_spread_of_the_values(
    found, normal, loud, true, named, spread
):
    names = [f"blocks.{n}.weight" for n in range(6)]
    data = [normal(true, ROWS, spread=spread, seed=n) for n in range(6)]
    right = {name: (true, ROWS, raw) for name, raw in zip(names, data, strict=True)}
    wrong = {name: (named, ROWS, raw) for name, raw in zip(names, data, strict=True)}
    assert loud(found(right)) == []
    assert loud(found(wrong)) == ["weights-type-mistaken"]


def test_a_flipped_bit_is_damage_and_named_once(found, normal, loud):
    data = bytearray(normal("BF16", ROWS))
    data[2 * 5000 + 1] |= 0x40
    findings = found({"a.weight": ("BF16", ROWS, bytes(data)), "b.weight": ("BF16", ROWS, data)})
    assert loud(findings) == ["weights-absurd"]
    assert findings["weights-absurd"].severity == "high"
    assert findings["weights-absurd"].evidence["tensors"] == {"'a.weight'": 1, "'b.weight'": 1}


@pytest.mark.parametrize("byte", [0xCC, 0xAA, 0x55, 0xFE])
@pytest.mark.parametrize("dtype", ["BF16", "F16", "F32", "F8_E4M3"])
def test_pages_that_a_program_filled_are_found(found, normal, dtype, byte):
    shape = (512, 1024)
    data = patched(normal(dtype, shape), 10 * 4096, bytes([byte]) * 20_000)
    finding = found({"a.weight": (dtype, shape, data)})["weights-implausible"]
    place = finding.evidence["tensors"]["'a.weight'"]
    assert (place["kind"], place["from"], place["bytes"]) == ("filler", 11 * 4096, 4 * 4096)


def test_block_scales_of_one_exponent_are_no_filler(found, normal, loud):
    scales = bytes([0x78]) * 16_384 + bytes([0x79]) * 16_384
    tensors = {
        "a.weight": ("F8_E4M3", (1024, 1024), normal("F8_E4M3", (1024, 1024))),
        "a.weight_scale": ("F8_E8M0", (1024, 32), scales),
    }
    assert loud(found(tensors)) == []
