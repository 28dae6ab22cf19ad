"""Every way of storing weights in fewer bits is named from the header, with what it lacks."""

import json
from pathlib import Path

import pytest

from compat.formats.header import read_header
from compat.formats.model import Header, TensorInfo
from compat.formats.quantisation import quantisation_findings, quantisation_of, seen_by
from compat.formats.quantised.model import Scheme
from compat.formats.quantised.outcomes import LOADERS, Outcome, cells, outcome_of

MARK = b'{"format": "nvfp4"}'
NF4 = "weight.quant_state.bitsandbytes__nf4"


def header(tensors, metadata=None, kind="safetensors"):
    found = {name: TensorInfo(name, dtype, shape, 0, 0) for name, (dtype, shape) in tensors.items()}
    return Header(
        path=Path("nowhere.safetensors"), format=kind, tensors=found, metadata=metadata or {},
        data_start=0, file_size=0,
    )  # fmt: skip


def layers(count=4, prefix="blocks", **leaves):
    """``count`` layers with the same leaves, a norm in bf16 and one matrix that is kept."""
    found = {
        f"{prefix}.{n}.q.{leaf.replace('__', '.')}": value
        for n in range(count)
        for leaf, value in leaves.items()
    }
    norm = {f"{prefix}.{n}.norm.weight": ("BF16", (64,)) for n in range(count)}
    return {**found, **norm, "head.weight": ("BF16", (64, 64))}


W8 = ("F8_E4M3", (64, 64))
ONE = ("F32", ())
METADATA = {
    "_quantization_metadata": json.dumps(
        {"layers": {f"blocks.{n}.q": {"format": "float8_e4m3fn"} for n in range(4)}}
    )
}

SCHEMES = {
    Scheme.NONE: header(layers(weight=("BF16", (64, 64)))),
    Scheme.FP8_PLAIN: header(layers(weight=("F8_E5M2", (64, 64)))),
    Scheme.FP8_SCALED: header(layers(weight=W8, scale_weight=ONE) | {"scaled_fp8": ("F32", (0,))}),
    Scheme.COMFY: header(layers(weight=W8, weight_scale=ONE, comfy_quant=("U8", (20,)))),
    Scheme.FP8_UNMARKED: header(layers(weight=W8, weight_scale=ONE)),
    Scheme.FP8_BLOCK: header(layers(weight=W8, weight_scale_inv=("F32", (1, 1)))),
    Scheme.NVFP4_UNMARKED: header(
        layers(weight=("U8", (64, 32)), weight_scale=("F8_E4M3", (64, 4)), weight_scale_2=ONE)
    ),
    Scheme.MX_UNMARKED: header(layers(weight=("U8", (64, 32)), weight_scale=("F8_E8M0", (64, 2)))),
    Scheme.FP4_NATIVE: header(layers(weight=("F4", (64, 64)))),
    Scheme.INT8_UNMARKED: header(layers(weight=("I8", (64, 64)), weight_scale=("F32", (64, 1)))),
    Scheme.INT_UNSCALED: header(layers(weight=("I8", (64, 64)))),
    Scheme.QUANTO: header(
        layers(weight___data=("I8", (64, 64)), weight___scale=("F32", (64, 1)), input_scale=ONE)
    ),
    Scheme.BNB_4BIT: header(
        layers(weight=("U8", (2048, 1)), weight__absmax=("F32", (64,)), weight__quant_map=ONE)
        | {f"blocks.0.q.{NF4}": ("U8", (60,))}
    ),
    Scheme.BNB_8BIT: header(layers(weight=("I8", (64, 64)), SCB=("F32", (64,)))),
    Scheme.TORCHAO: header(layers(_weight_qdata=("I8", (64, 64)), _weight_scale=("F32", (64, 1)))),
    Scheme.NUNCHAKU: header(layers(qweight=("I8", (64, 32)), wscales=("BF16", (1, 64)))),
    Scheme.AWQ: header(layers(qweight=("I32", (64, 8)), qzeros=("I32", (1, 8)), scales=ONE)),
    Scheme.GPTQ: header(layers(qweight=("I32", (8, 64)), scales=ONE, g_idx=("I32", (64,)))),
    Scheme.MLX: header(layers(weight=("U32", (64, 8)), scales=("F16", (64, 2)), biases=ONE)),
    Scheme.GGUF: header({"a": ("Q4_K", (64, 256)), "norm": ("F32", (64,))}, kind="gguf"),
}


@pytest.mark.parametrize("scheme", Scheme)
def test_a_scheme_is_named_by_what_stands_beside_the_weights(scheme):
    found = quantisation_of(SCHEMES[scheme])
    assert found.scheme is scheme
    assert list(found.schemes) == ([scheme] if scheme is not Scheme.NONE else [])


def test_metadata_marks_as_well_as_tensors_do():
    assert quantisation_of(header(layers(weight=W8, weight_scale=ONE), METADATA)).scheme is (
        Scheme.COMFY
    )


@pytest.mark.parametrize("prefix", ["model.diffusion_model.blocks", "diffusion_model.blocks"])
def test_metadata_may_name_layers_without_the_loaders_prefix(prefix):
    found = quantisation_of(header(layers(prefix=prefix, weight=W8, weight_scale=ONE), METADATA))
    assert (found.scheme, found.strays) == (Scheme.COMFY, ())


def test_layers_that_metadata_names_and_the_file_lacks_are_found():
    cut = header(layers(2, weight=W8, weight_scale=ONE), METADATA)
    assert quantisation_of(cut).strays == ("blocks.2.q", "blocks.3.q")
    assert "quantisation-names-absent-layers" in rules(cut)


def rules(head, loader=""):
    return {f.rule for f in quantisation_findings(head, loader=loader)}


@pytest.mark.parametrize(
    "metadata", ["{", "[]", '{"layers": 7}', '{"layers": {"a": [1]}}', "\ud800"]
)
def test_metadata_that_is_no_description_marks_nothing(metadata):
    head = header(layers(weight=W8, weight_scale=ONE), {"_quantization_metadata": metadata})
    assert quantisation_of(head).scheme is Scheme.FP8_UNMARKED


def test_a_mark_covers_only_what_stands_under_its_prefix():
    inside = layers(prefix="model.diffusion_model", weight=W8, scale_weight=ONE)
    beside = layers(prefix="text_encoders.t5", weight=W8, scale_weight=ONE)
    mark = {"model.diffusion_model.scaled_fp8": ("F8_E4M3", (2,))}
    found = quantisation_of(header(inside | beside | mark))
    assert found.schemes == {Scheme.FP8_SCALED: 4, Scheme.FP8_UNMARKED: 4}


def test_counts_tell_what_was_left_in_full_bits():
    found = quantisation_of(SCHEMES[Scheme.FP8_UNMARKED])
    assert (found.quantised, found.kept, found.kept_names) == (4, 1, ("head",))
    assert found.dtypes == {"F8_E4M3": 4}


def test_mixed_kinds_of_fp8_are_counted_apart():
    two = layers(1, weight=W8) | layers(1, prefix="other", weight=("F8_E5M2", (64, 64)))
    assert quantisation_of(header(two)).dtypes == {"F8_E4M3": 1, "F8_E5M2": 1}


def test_scales_that_are_missing_altogether_are_damage():
    bare = header(layers(weight=W8) | {"scaled_fp8": ("F8_E4M3", (2,))})
    (missing,) = [f for f in quantisation_findings(bare) if f.rule == "quantisation-scales-missing"]
    assert (missing.severity, missing.evidence["without"]) == ("high", 4)


def test_one_missing_scale_among_many_is_found():
    tensors = layers(weight=W8, weight_scale=ONE)
    del tensors["blocks.2.q.weight_scale"]
    found = quantisation_of(header(tensors))
    assert found.unscaled == ("blocks.2.q",)


def test_a_plain_cast_beside_scaled_weights_of_another_component_lacks_nothing():
    both = layers(prefix="transformer", weight=W8, weight_scale=ONE) | layers(
        prefix="t5", weight=W8
    )
    assert quantisation_of(header(both)).unscaled == ()


def test_norms_in_fp8_are_a_remark():
    head = header({"a.weight": W8, "norm.weight": ("F8_E4M3", (64,))})
    (remark,) = [f for f in quantisation_findings(head) if f.rule == "fp8-norms"]
    assert remark.severity == "info"
    assert "fp8-norms" not in rules(SCHEMES[Scheme.FP8_PLAIN])


def test_the_bytes_of_the_markers_are_read_and_bounded(put, build):
    tensors = {
        "a.weight": ("U8", (64, 32)),
        "a.weight_scale": ("F8_E4M3", (64, 4)),
        "a.comfy_quant": ("U8", (len(MARK),), MARK),
        "b.comfy_quant": ("U8", (5000,), b"{" * 5000),
        "c.comfy_quant": ("U8", (3,), b"\xff{]"),
    }
    path = put("x.safetensors", build.safetensors(tensors))
    found = quantisation_of(read_header(path))
    assert found.formats == {"nvfp4": 1, "": 2}
    assert found.scheme is Scheme.COMFY


def test_loaders_that_read_no_marks_see_what_lies_beneath():
    head = SCHEMES[Scheme.COMFY]
    found = quantisation_of(head)
    assert seen_by(found, head, "comfyui").scheme is Scheme.COMFY
    assert seen_by(found, head, "diffusers").scheme is Scheme.FP8_UNMARKED


@pytest.mark.parametrize(
    ("scheme", "loader", "rule"),
    [
        (Scheme.FP8_UNMARKED, "", "fp8-scales-ignored"),
        (Scheme.INT8_UNMARKED, "", "int8-scales-ignored"),
        (Scheme.COMFY, "", "quantised"),
        (Scheme.COMFY, "diffusers", "fp8-scales-ignored"),
        (Scheme.QUANTO, "diffusers", "quantised-weights-dropped"),
        (Scheme.FP8_PLAIN, "diffusers", "fp8-plain"),
        (Scheme.NVFP4_UNMARKED, "", "quantised"),
    ],
)
def test_a_file_is_judged_for_what_will_load_it(scheme, loader, rule):
    assert rules(SCHEMES[scheme], loader) == {rule}


@pytest.mark.parametrize("scheme", [Scheme.NONE, Scheme.GGUF])
def test_what_needs_no_scales_gets_no_finding(scheme):
    assert rules(SCHEMES[scheme]) == set()


def test_a_configured_quantisation_is_left_to_its_config():
    assert rules(SCHEMES[Scheme.INT8_UNMARKED], "configured") == set()


def test_every_fact_names_its_source():
    assert {loader for _, loader in cells()} <= set(LOADERS)
    assert all(cell.source and cell.why for cell in cells().values())


def test_what_nobody_looked_at_is_unknown():
    assert outcome_of(Scheme.NUNCHAKU, "mlx").outcome is Outcome.UNKNOWN


def test_a_mark_on_a_weight_of_no_known_scheme_does_no_harm():
    head = header({"a.weight": ("I32", (8, 8)), "a.comfy_quant": ("U8", (20,))})
    assert seen_by(quantisation_of(head), head, "diffusers").scheme is Scheme.COMFY
