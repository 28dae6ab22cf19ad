"""Single files and GGUF: silent on a sound file, red on one that lost, swapped or rescaled."""

from dataclasses import replace

import pytest

from compat.backends.environment import detect_environment
from compat.core.model import Outcome, ProbeResult, Target, Verdict
from compat.knowledge import known_failures, verdict
from probes.renders.loaders import gguf, single_file
from probes.renders.loaders.taken_for_granted import resized
from probes.renders.original_layout import gguf_file
from probes.renders.original_layout.registry import LAYOUTS

from .conftest import FAMILIES, tiny

pytestmark = [
    pytest.mark.torch,
    pytest.mark.xdist_group("renders"),
    # Mochi switches autocasting off by asking for it in float32, which a processor remarks upon.
    pytest.mark.filterwarnings("ignore:In CPU autocast"),
]
LOADED = [family for family in FAMILIES if family != "cogvideox"]
WRONG = "render-silently-wrong"


@pytest.fixture(scope="module")
def here():
    return detect_environment()


@pytest.mark.parametrize("family", LOADED)
def test_a_published_single_file_renders_what_the_weights_say(ask_loader, family):
    said = ask_loader(single_file.LOADER, family, "bfloat16")
    assert said.outcome == "pass", said.text


def test_a_class_without_single_files_is_refused_in_the_librarys_words(ask_loader):
    said = ask_loader(single_file.LOADER, "cogvideox")
    assert said.rules == ["render-refused"]
    assert "has no attribute 'from_single_file'" in said.text


@pytest.mark.parametrize("family", [f for f in LOADED if f != "animatediff"])
def test_a_published_gguf_renders_what_its_blocks_say(ask_loader, family):
    pytest.importorskip("gguf")
    said = ask_loader(gguf.LOADER, family, "bfloat16", "Q8_0")
    assert said.outcome == "pass", said.text
    assert 0 < said.measures["frames moved by the quantisation itself"] < 0.1


KNOWN = [
    ("cogvideox", single_file, "bfloat16", "", "render-refused"),
    ("cogvideox", gguf, "bfloat16", "Q8_0", "render-refused"),
    ("animatediff", gguf, "bfloat16", "Q8_0", "render-refused"),
    ("mochi", gguf, "bfloat16", "Q4_0", "render-refused"),
    # The scale of a block is multiplied in float16, whatever is computed in.
    ("ltx", gguf, "float32", "Q4_0", WRONG),
]


@pytest.mark.parametrize(("family", "loader", "dtype", "quantisation", "rule"), KNOWN)
def test_what_diffusers_cannot_do_is_known_and_would_be_stale_if_it_could(
    here, ask_loader, family, loader, dtype, quantisation, rule
):
    pytest.importorskip("gguf")
    said = ask_loader(loader.LOADER, family, dtype, quantisation)
    assert said.rules == [rule], said.text
    target = Target(loader=loader.LOADER.name, model=family, dtype=dtype, quantisation=quantisation)
    asked = f"render-{family}"
    failed = ProbeResult(
        probe=asked, target=target, outcome=Outcome.FAIL, findings=tuple(said.findings)
    )
    assert verdict(failed, known_failures(), here) is Verdict.KNOWN
    passed = ProbeResult(probe=asked, target=target, outcome=Outcome.PASS)
    assert verdict(passed, known_failures(), here) is Verdict.STALE


def keys_swapped(state):
    one, other = (f"blocks.0.self_attn.{name}.weight" for name in "qk")
    return {**state, one: state[other], other: state[one]}


def tensor_dropped(state):
    return {name: t for name, t in state.items() if name != "blocks.1.cross_attn.o.bias"}


def modulation_rescaled(state):
    return {**state, "blocks.0.modulation": state["blocks.0.modulation"] * 1.5}


def old_name_kept(state):
    name = "blocks.1.norm3.weight"
    return {name.replace("norm3", "norm2") if key == name else key: t for key, t in state.items()}


FAULTS = {
    keys_swapped: (WRONG,),
    modulation_rescaled: (WRONG,),
    # diffusers names the tensor that stayed on the meta device, or renders what it finds there.
    tensor_dropped: ("render-refused", WRONG, "render-garbage"),
    old_name_kept: ("render-refused", WRONG, "render-garbage"),
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("loader", [single_file.LOADER, gguf.LOADER], ids=lambda x: x.name)
def test_a_file_that_went_wrong_is_red(ask_loader, monkeypatch, loader, fault):
    """The fault is in the file, so the loader is handed what it would be handed by a bad writer."""
    pytest.importorskip("gguf")
    layout = LAYOUTS["wan-2.1"]
    rewrite = layout.networks["transformer"]
    bad = replace(layout, networks={"transformer": lambda state: fault(rewrite(state))})
    module = gguf if loader is gguf.LOADER else single_file

    def load(job):
        with monkeypatch.context() as patched:
            patched.setitem(module.LAYOUTS, "wan-2.1", bad)
            return loader.load(job)

    quantisation = "Q8_0" if loader is gguf.LOADER else ""
    said = ask_loader(replace(loader, load=load), "wan-2.1", "bfloat16", quantisation)
    assert said.outcome == "fail"
    assert set(said.rules) <= set(FAULTS[fault])


@pytest.mark.parametrize("quantisation", ["Q8_0", "Q4_0"])
def test_one_block_scale_that_is_zero_is_red(ask_loader, monkeypatch, quantisation):
    pytest.importorskip("gguf")
    import gguf as library

    kind = getattr(library.GGMLQuantizationType, quantisation)
    whole = library.quants.quantize
    done = []

    def zeroed(values, wanted):
        packed = whole(values, wanted)
        if wanted == kind and not done:
            # The first two bytes of a block are its scale.
            packed[0, :2] = 0
            done.append(values.shape)
        return packed

    def load(job):
        with monkeypatch.context() as patched:
            patched.setattr(library.quants, "quantize", zeroed)
            return gguf.LOADER.load(job)

    said = ask_loader(replace(gguf.LOADER, load=load), "ltx", "float16", quantisation)
    assert done
    assert said.rules == [WRONG], said.measures


def test_types_are_chosen_as_published_files_have_them():
    import torch

    layout = LAYOUTS["wan-2.1"]

    def kind(name, *shape):
        return gguf_file.type_of(name, torch.empty(*shape), "Q4_0", layout)

    assert kind("blocks.0.self_attn.q.weight", 128, 128) == "Q4_0"
    assert kind("blocks.0.self_attn.q.bias", 5120) == "F32"
    assert kind("blocks.0.modulation", 1, 6, 5120) == "F32"
    assert kind("patch_embedding.weight", 5120, 16, 1, 2, 2) == "F32"
    assert kind("head.head.weight", 64, 5120) == "BF16"
    assert kind("blocks.0.ffn.0.weight", 64, 1000) == "BF16"


def test_a_gguf_with_a_kernel_of_five_axes_reads_back_in_its_shape(tmp_path):
    library = pytest.importorskip("gguf")
    layout = LAYOUTS["wan-2.1"]
    state = layout.networks["transformer"](tiny("wan-2.1").parts()["transformer"].state_dict())
    gguf_file.write(tmp_path / "x.gguf", state, "Q8_0", layout)
    read = {tensor.name: tensor for tensor in library.GGUFReader(tmp_path / "x.gguf").tensors}
    assert set(read) == set(state)
    kernel = read["patch_embedding.weight"]
    assert tuple(reversed(kernel.shape)) == tuple(state["patch_embedding.weight"].shape)
    assert kernel.tensor_type.name == "F32"


def test_numbers_are_replaced_in_nested_code_and_nowhere_else():
    def outer(values):
        def inner(value):
            return value + 3072

        return [inner(value) for value in values], 48, True

    assert resized(outer, {3072: 1, 1: 9})([1, 2]) == ([2, 3], 48, True)
    assert outer([1]) == ([3073], 48, True)
    assert resized(len, {1: 2}) is len
