"""A file is held against one loader and one device, and the published failures are found."""

import json
from pathlib import Path

import pytest

from compat.core.errors import UsageError
from compat.formats.model import Header, TensorInfo
from compat.formats.quantised.outcomes import LOADERS
from compat.identify.quantisation.lint import quantisation_lint
from compat.identify.quantisation.target import Where, device_named


def header(tensors, metadata=None, kind="safetensors"):
    found = {name: TensorInfo(name, dtype, shape, 0, 0) for name, (dtype, shape) in tensors.items()}
    return Header(
        path=Path("nowhere.safetensors"), format=kind, tensors=found, metadata=metadata or {},
        data_start=0, file_size=0,
    )  # fmt: skip


def found(head, loader="", device="", torch=""):
    where = device_named(device, {"torch": torch} if torch else {}) if device else None
    return {f.rule: f.severity for f in quantisation_lint(head, loader=loader, where=where)}


def serious(*arguments, **more):
    return {rule for rule, severity in found(*arguments, **more).items() if severity != "info"}


W = ("F8_E4M3", (64, 64))
ONE = ("F32", ())
LTX = "model.diffusion_model.transformer_blocks.0.attn1.to_q"
UMT5 = "encoder.block.0.layer.0.SelfAttention.q"
BF16 = header({f"{LTX}.weight": ("BF16", (64, 64))})
PLAIN = header({f"{LTX}.weight": W})
E5M2 = header({f"{LTX}.weight": ("F8_E5M2", (64, 64))})
UNMARKED = header({f"{LTX}.weight": W, f"{LTX}.weight_scale": ONE, f"{LTX}.input_scale": ONE})
OLD = header({f"{UMT5}.weight": W, f"{UMT5}.scale_weight": ONE, "scaled_fp8": ("F32", (0,))})
UMT5_REPACK = header({f"{UMT5}.weight": W, f"{UMT5}.weight_scale": ONE})
NVFP4 = header({
    f"{LTX}.weight": ("U8", (64, 32)),
    f"{LTX}.weight_scale": ("F8_E4M3", (64, 4)),
    f"{LTX}.weight_scale_2": ONE,
})  # fmt: skip
MARKED = {"_quantization_metadata": json.dumps({"layers": {LTX: {"format": "float8_e4m3fn"}}})}
COMFY = header({f"{LTX}.weight": W, f"{LTX}.weight_scale": ONE}, MARKED)
QUANTO = header({f"{LTX}.weight._data": ("I8", (64, 64)), f"{LTX}.weight._scale": ONE})


@pytest.mark.parametrize(
    ("head", "loader", "rule"),
    [
        # LTX-2 pull request 172: fp8 with scales through a loader that casts, static noise.
        (UNMARKED, "ltx-pipelines", "fp8-scales-ignored"),
        (OLD, "ltx-pipelines-fp8-cast", "fp8-scales-ignored"),
        # stable-diffusion.cpp 1898 and every other loader without scales: white image.
        (OLD, "diffusers-single-file", "fp8-scales-ignored"),
        (UNMARKED, "transformers", "fp8-scales-ignored"),
        # ComfyUI 15511: an unmarked repack, and nvfp4 without metadata.
        (UMT5_REPACK, "comfyui", "fp8-scales-ignored"),
        (NVFP4, "comfyui", "quantisation-refused"),
        # and what follows from the loaders' code
        (COMFY, "diffusers", "fp8-scales-ignored"),
        (QUANTO, "comfyui", "quantised-weights-dropped"),
        (BF16, "ltx-pipelines-fp8-scaled-mm", "quantisation-refused"),
        (BF16, "ltx-pipelines-nvfp4-prequant", "quantisation-refused"),
        (BF16, "comfyui-gguf", "quantisation-refused"),
        (PLAIN, "mlx", "fp8-scales-ignored"),
    ],
)
def test_a_loader_that_would_go_wrong_is_named(head, loader, rule):
    assert found(head, loader)[rule] == "high"


@pytest.mark.parametrize(
    ("head", "loader"),
    [
        (BF16, "comfyui"), (BF16, "diffusers"), (BF16, "mlx"), (BF16, "ltx-pipelines-fp8-cast"),
        (PLAIN, "comfyui"), (PLAIN, "diffusers"), (PLAIN, "ltx-pipelines"),
        (COMFY, "comfyui"), (OLD, "comfyui"), (OLD, "wangp"), (UMT5_REPACK, "wangp"),
        (UNMARKED, "ltx-pipelines-fp8-cast"), (UNMARKED, "ltx-pipelines-fp8-scaled-mm"),
        (NVFP4, "ltx-pipelines-nvfp4-prequant"), (QUANTO, "wangp"), (COMFY, "wangp"),
    ],
)  # fmt: skip
def test_a_right_pair_of_file_and_loader_is_silent(head, loader):
    assert serious(head, loader) == set()


@pytest.mark.parametrize("loader", LOADERS)
def test_no_loader_takes_an_unknown_scheme_for_a_pass(loader):
    head = header({"a._weight_qdata": ("I8", (8, 8)), "a._weight_scale": ONE})
    assert set(found(head, loader)) & {
        "quantisation-not-checked", "quantised-weights-dropped", "quantisation-refused",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("head", "device", "torch", "rules"),
    [
        (PLAIN, "mps", "2.14.1", {"dtype-not-on-device"}),
        (PLAIN, "mps", "2.15.0", set()),
        (E5M2, "mps", "2.15.0", {"dtype-not-on-device"}),
        (PLAIN, "mps", "", {"dtype-depends-on-version"}),
        (PLAIN, "cuda", "2.14.1", set()),
        (PLAIN, "cpu", "2.13.0+cpu", set()),
        (BF16, "mps", "2.10", set()),
        (header({"a.weight": ("F64", (8, 8))}), "mps", "2.10", {"dtype-not-on-device"}),
        (PLAIN, "mlx", "", {"dtype-raw-on-device"}),
        (E5M2, "mlx", "", {"dtype-not-on-device"}),
    ],
)
def test_a_device_that_does_not_take_the_dtype_is_named(head, device, torch, rules):
    assert serious(head, "", device, torch) == rules


def test_a_loader_that_casts_first_brings_no_fp8_to_the_device():
    assert serious(PLAIN, "diffusers", "mps", "2.14.1") == set()
    assert serious(PLAIN, "comfyui", "mps", "2.14.1") == {"dtype-not-on-device"}


@pytest.mark.parametrize(
    ("device", "rule"),
    [
        ("cuda:sm_86", "scaled-mm-not-on-device"),
        ("cuda:sm_89", None),
        ("cuda:sm_120", None),
        ("cuda:0", "scaled-mm-not-checked"),
    ],
)
def test_hardware_multiplication_needs_its_card(device, rule):
    rules = found(UNMARKED, "ltx-pipelines-fp8-scaled-mm", device, "2.7")
    assert {name for name in rules if name.startswith("scaled-mm")} == ({rule} if rule else set())


def test_cuda_kernels_are_not_for_mps():
    head = header({"a.weight": ("I8", (64, 64)), "a.SCB": ("F32", (64,))})
    assert "quantisation-needs-cuda" in serious(head, "", "mps", "2.15")
    assert "quantisation-needs-cuda" not in serious(head, "", "cuda", "2.15")


def gguf(kind, architecture="ltxv"):
    tensors = {"a": (kind, (64, 256)), "norm": ("F32", (64,))}
    return header(tensors, {"general.architecture": architecture}, kind="gguf")


@pytest.mark.parametrize(
    ("kind", "loader", "rule"),
    [
        ("MXFP4", "mlx", "gguf-type-left-out"),
        ("TQ1_0", "mlx", "gguf-type-left-out"),
        ("Q5_K", "mlx", "gguf-type-refused"),
        ("IQ2_XS", "diffusers-gguf", "gguf-type-refused"),
        ("IQ2_XS", "comfyui-gguf", "gguf-type-slow"),
        ("Q4_K", "comfyui", "quantisation-refused"),
        ("Q4_K", "mlx", None),
        ("Q4_K", "diffusers-gguf", None),
        ("Q4_K", "comfyui-gguf", None),
        ("IQ2_XS", "gguf", None),
    ],
)
def test_block_types_are_held_against_the_reader(kind, loader, rule):
    assert serious(gguf(kind), loader) == ({rule} if rule else set())


@pytest.mark.parametrize(("word", "fires"), [("gemma3", True), ("wan", False), ("pig", False)])
def test_comfyui_gguf_knows_its_architectures(word, fires):
    assert ("gguf-architecture-refused" in serious(gguf("Q8_0", word), "comfyui-gguf")) is fires


def test_a_type_nobody_tried_is_said_to_be_so():
    assert found(gguf("Q4_K"), "llama.cpp") == {"quantisation-not-checked": "info"}


@pytest.mark.parametrize(
    ("word", "rule"),
    [("nvfp4", None), ("int8_tensorwise", "comfy-format-newer"), ("x", "comfy-format-unknown")],
)
def test_the_words_of_comfyui_are_known_or_not(word, rule):
    marked = {"_quantization_metadata": json.dumps({"layers": {LTX: {"format": word}}})}
    head = header({f"{LTX}.weight": W, f"{LTX}.weight_scale": ONE}, marked)
    rules = {name for name in found(head, "comfyui") if name.startswith("comfy-format")}
    assert rules == ({rule} if rule else set())


@pytest.mark.parametrize("text", ["gpu", "cuda:sm", "cpu:sm_89", "mps:x", ""])
def test_a_device_that_is_none_is_refused(text):
    with pytest.raises(UsageError):
        device_named(text, {})


def test_a_device_is_written_with_what_matters():
    assert str(device_named("cuda:sm_89", {})) == "cuda of capability 8.9"
    assert str(Where(kind="mps", versions={"torch": "2.14"})) == "mps with torch 2.14"
