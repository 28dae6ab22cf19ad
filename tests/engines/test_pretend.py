"""Real pipelines run on a device that is not there, and every operation on it is seen."""

import json

import pytest

pytest.importorskip("torch")
pytest.importorskip("diffusers")

import torch  # noqa: TID253 - this file is collected only where torch is

from compat.predict.model import Asked
from compat.predict.predict import predict
from runners.engines.pretend.functions import Functions
from runners.engines.pretend.messages import PassRequest
from runners.engines.pretend.operations import Operations
from runners.engines.pretend.passing import run_pass
from runners.engines.pretend.patches import present
from runners.engines.pretend.shrink import shrunk
from runners.engines.pretend.state import State
from runners.prediction.published import known_ids, published_recipe
from runners.prediction.recipe import find_recipe

pytestmark = [pytest.mark.torch, pytest.mark.xdist_group("pretend")]

MAC = Asked(kind="mps", torch="2.13.0", macos="15.2", chip="M3")
FAMILIES = {
    "ltx": ["t5"], "ltx2": ["gemma3"], "wan": ["t5"], "wan21": ["t5"], "wan-image": ["t5"],
    "ltx-image": ["t5"], "hunyuan-video": ["llama", "clip"], "animatediff": ["clip"],
    "cogvideox": ["t5"], "mochi": ["t5"],
}  # fmt: skip
"""Tiny pipelines, and the models of transformers that read their prompts."""


def on_device(action, kind="mps", *, real_size=False):
    """What was seen while ``action`` ran with a pretended device, and what it returned."""
    state = State(kind, real_size=real_size)
    with torch.no_grad(), present(kind, 8.9), Functions(state), Operations(state):
        state.ledger.enter("denoise")
        result = action()
    return state, result, list(state.recorder.ops())


def request_of(recipe, size="tiny", **changes):
    wanted = {"kind": "mps", "dtype": "BF16", "width": 64, "height": 64, "frames": 9}
    return PassRequest(recipe=recipe, size=size, **{**wanted, **changes})


def test_tensors_say_that_they_are_on_the_device():
    def action():
        moved = torch.ones(2).to("mps")
        made = torch.zeros(2, device="mps")
        after = (moved + made)[0]
        return moved.device, made.device.type, after.is_mps, torch.ones(1).device.type

    _, answer, _ = on_device(action)
    assert answer == (torch.device("mps:0"), "mps", True, "cpu")


def test_the_way_back_and_views_keep_their_sides():
    def action():
        there = torch.arange(6.0, device="mps").view(2, 3)
        part = there[1:]
        back = part.cpu()
        return part.device.type, back.device.type, (back + 1).device.type, back.tolist()

    _, answer, _ = on_device(action)
    assert answer == ("mps", "cpu", "cpu", [[3.0, 4.0, 5.0]])


def test_what_is_taken_as_a_tensor_moves_and_leaves_its_source_where_it_was():
    def action():
        here = torch.ones(2)
        there = torch.as_tensor(here, device="mps")
        back = torch.as_tensor(there, device="cpu")
        return [one.device.type for one in (here, there, back)]

    assert on_device(action)[1] == ["cpu", "mps", "cpu"]


def test_modules_move_and_their_weights_with_them():
    layer = torch.nn.Linear(2, 2)

    def action():
        layer.to("mps")
        return next(layer.parameters()).device.type

    assert on_device(action)[1] == "mps"


def test_code_that_asks_is_told_that_only_this_device_is_there():
    assert on_device(lambda: (torch.backends.mps.is_available(), torch.cuda.is_available()))[1] == (
        True, False,
    )  # fmt: skip
    _, answer, _ = on_device(
        lambda: (torch.cuda.is_available(), torch.cuda.get_device_capability()), "cuda"
    )
    assert answer == (True, (8, 9))
    assert not torch.backends.mps.is_available() or torch.backends.mps.is_built()


@pytest.mark.parametrize(
    ("arch", "numbers"), [("gfx1100", (11, 0)), ("gfx90a", (9, 0)), ("gfx942", (9, 4))]
)
def test_an_amd_card_answers_to_cuda_and_torch_says_that_it_was_made_for_it(arch, numbers):
    before = torch.version.hip
    with present("cuda", None, arch):
        assert torch.cuda.is_available()
        assert torch.cuda.get_device_capability() == numbers
        assert torch.version.hip
    assert torch.version.hip == before


def test_operations_on_the_cpu_are_none_of_the_device():
    _, _, ops = on_device(lambda: torch.linspace(0, 1, 4, dtype=torch.float64) * 2)
    assert ops == []


def test_scalars_of_the_cpu_are_no_tensors_of_the_device():
    double = torch.tensor(2.0, dtype=torch.float64)
    _, _, ops = on_device(lambda: torch.ones(2, device="mps") * double)
    assert predict([seen_of(ops)], MAC).findings == ()


def seen_of(ops):
    from compat.predict.model import Seen

    return Seen(size="tiny", ops=tuple(ops), calls=len(ops))


@pytest.mark.parametrize(
    "action",
    [
        lambda: torch.linspace(0, 1, 4, dtype=torch.float64, device="mps"),
        lambda: torch.ones(2, device="mps").to(torch.float64),
        lambda: torch.ones(2).to("mps", torch.float64),
        lambda: torch.ones(2, device="mps").double(),
        lambda: torch.tensor([1.0, 2.0], dtype=torch.float64, device="mps"),
        lambda: torch.view_as_complex(torch.ones(2, 2, device="mps").to(torch.float64)),
        lambda: torch.polar(torch.ones(2).double(), torch.ones(2).double()).to("mps"),
    ],
)
def test_double_precision_is_found_wherever_it_comes_from(action):
    _, _, ops = on_device(action)
    found = predict([seen_of(ops)], MAC).findings
    assert {finding.rule for finding in found} == {"dtype-not-stored"}
    assert "test_pretend.py" in found[0].place.path


def test_attention_and_linear_are_seen_as_the_device_runs_them():
    def action():
        query = torch.ones(1, 2, 4, 8, device="mps")
        torch.nn.functional.scaled_dot_product_attention(query, query, query)
        torch.nn.functional.linear(query, torch.ones(8, 8, device="mps"))

    names = [one.op for one in on_device(action)[2]]
    assert "aten::scaled_dot_product_attention" in names
    assert "aten::linear" in names
    assert not [name for name in names if "softmax" in name or "addmm" in name or "bmm" in name]


def test_memory_is_that_of_what_lives_at_the_same_time():
    def action():
        first = torch.empty(1 << 20, device="mps", dtype=torch.uint8)
        del first
        second = torch.empty(1 << 20, device="mps", dtype=torch.uint8)
        third = second.view(2, -1)
        return third.clone()

    state, kept, _ = on_device(action)
    assert state.ledger.peaks["denoise"] == 2 << 20
    assert state.ledger.live_bytes == kept.numel()


def test_memory_counted_without_data_is_that_counted_with_it(monkeypatch):
    def action():
        picture = torch.zeros(1, 4, 32, 32, device="mps")
        weight = torch.zeros(8, 4, 3, 3, device="mps")
        deep = torch.nn.functional.conv2d(picture, weight, padding=1)
        wide = torch.cat([deep, deep.relu()], dim=1).permute(0, 2, 3, 1).reshape(1, 1024, 16)
        return torch.nn.functional.scaled_dot_product_attention(wide, wide, wide)

    with_data, real, _ = on_device(action)
    monkeypatch.setattr("runners.engines.pretend.operations.LARGE", 0)
    without, empty, _ = on_device(action, real_size=True)
    assert (real.is_meta, empty.is_meta) == (False, True)
    assert dict(without.ledger.peaks) == dict(with_data.ledger.peaks)


def test_large_tensors_of_a_real_size_pass_take_no_memory():
    def action():
        made = torch.full((1 << 12, 1 << 12), 1.0, device="mps")
        small = torch.arange(8, device="mps")
        return made.is_cpu, made + 1, small.sum().item()

    _, (on_cpu, grown, total), _ = on_device(action, real_size=True)
    assert (on_cpu, grown.is_meta, total) == (False, True, 28)


def test_a_config_shrinks_in_size_and_keeps_its_switches():
    config = {
        "num_layers": 48, "num_attention_heads": 32, "attention_head_dim": 128,
        "rope_double_precision": True, "qk_norm": "rms_norm_across_heads", "in_channels": 128,
        "added_kv_proj_dim": None,
    }  # fmt: skip
    small = shrunk("LTX2VideoTransformer3DModel", config)
    assert small["num_layers"] == 2
    assert {key: small[key] for key in list(config)[3:]} == {
        key: config[key] for key in list(config)[3:]
    }


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("size", ["tiny", "real"])
def test_every_family_runs_to_its_end_and_nothing_is_found_against_it(tiny, family, size):
    one = run_pass(request_of(find_recipe(str(tiny(family))).recipe, size))
    assert one.stopped == ""
    assert {op.phase for op in one.ops} >= {"weights", "encode", "denoise", "decode"}
    assert one.notes == ()
    assert one.peaks["decode"] > 0
    places = {op.place.partition(":")[0] for op in one.ops if op.phase == "decode"}
    assert [place for place in places if "/autoencoders/" in place]
    readers = {op.place.partition(":")[0] for op in one.ops if op.phase == "encode"}
    for model in FAMILIES[family]:
        assert [place for place in readers if f"transformers/models/{model}/" in place], model
    failures = [f for f in predict([one], MAC).findings if f.evidence["expected"] == "fails"]
    assert failures == []


def test_the_switch_for_double_precision_of_ltx2_is_what_fails(tiny, tmp_path):
    recipe = find_recipe(str(tiny("ltx2"))).recipe
    transformer = recipe.parts["transformer"]
    data = json.loads(json.dumps(dict(transformer.config))) | {"rope_double_precision": True}
    double = type(transformer)(library=transformer.library, kind=transformer.kind, config=data)
    parts = {**recipe.parts, "transformer": double}
    one = run_pass(request_of(type(recipe)(pipeline=recipe.pipeline, parts=parts)))
    found = predict([one], MAC).findings
    assert [finding.evidence["dtype"] for finding in found] == ["F64"]
    assert found[0].place.path.endswith("transformer_ltx2.py")


@pytest.mark.parametrize(
    ("storage", "torch_version", "fails"),
    [
        ("F8_E4M3", "2.14", True), ("F8_E4M3", "2.15", False),
        ("F8_E5M2", "2.14", True), ("F8_E5M2", "2.15", True),
    ],
)  # fmt: skip
def test_fp8_weights_are_refused_by_the_versions_that_lack_them(
    tiny, storage, torch_version, fails
):
    recipe = find_recipe(str(tiny("wan21"))).recipe
    one = run_pass(request_of(recipe, storage=storage))
    asked = Asked(kind="mps", torch=torch_version, macos="15.2", chip="M3")
    found = [f.evidence["dtype"] for f in predict([one], asked).findings]
    assert found == ([storage] if fails else [])


def test_upsampling_that_falls_back_by_itself_is_slow_and_does_not_fail(tiny):
    one = run_pass(request_of(find_recipe(str(tiny("hunyuan-video"))).recipe))
    old = predict([one], Asked(kind="mps", torch="2.6", macos="15.2", chip="M3"))
    assert [finding.rule for finding in old.findings] == ["cpu-fallback"]
    assert predict([one], MAC).findings == ()


@pytest.mark.slow
@pytest.mark.parametrize("identifier", known_ids())
def test_every_published_model_can_be_made_tiny(identifier):
    one = run_pass(request_of(published_recipe(identifier)))
    assert one.stopped == ""


def test_the_padding_of_wan_reaches_its_fault_at_real_size_alone():
    recipe = published_recipe("wan-t2v-1-3b")
    at = {"width": 832, "height": 480, "frames": 9}
    real = predict([run_pass(request_of(recipe, "real", **at))], MAC)
    tiny_one = predict([run_pass(request_of(recipe))], MAC)
    rule = "mps-pad-temporal-large-plane"
    assert rule in {finding.rule for finding in real.findings}
    assert rule not in {finding.rule for finding in tiny_one.findings}
    weights = real.measures["real"]["weight_bytes"]["transformer"]
    assert weights == pytest.approx(1.42e9 * 2, rel=0.02)


@pytest.mark.parametrize("family", ["ltx", "wan21"])
def test_a_card_is_pretended_as_well(tiny, family):
    recipe = find_recipe(str(tiny(family))).recipe
    one = run_pass(request_of(recipe, kind="cuda", capability=8.9))
    assert one.stopped == ""
    assert one.calls > 500
    asked = Asked(kind="cuda", torch="2.13", capability=8.9)
    assert predict([one], asked).findings == ()
    old = predict([one], Asked(kind="cuda", torch="2.13", capability=7.5))
    assert [finding.rule for finding in old.findings] == ["cuda-bfloat16-emulated"]


def test_a_giant_is_refused_before_it_takes_memory(tiny):
    recipe = find_recipe(str(tiny("ltx"))).recipe
    transformer = recipe.parts["transformer"]
    giant = type(transformer)(
        library="diffusers", kind=transformer.kind,
        config={**transformer.config, "in_channels": 1 << 24},
    )  # fmt: skip
    parts = {**recipe.parts, "transformer": giant}
    with pytest.raises(ValueError, match="even when it is shrunk"):
        run_pass(request_of(type(recipe)(pipeline=recipe.pipeline, parts=parts)))


@pytest.mark.parametrize(
    "name", ["DiffusionPipeline", "logging", "LTXPipeline", "VaeImageProcessor"]
)
def test_a_folder_can_name_models_and_schedulers_and_nothing_else(tiny, name):
    recipe = find_recipe(str(tiny("ltx"))).recipe
    other = type(recipe.parts["vae"])(library="diffusers", kind=name)
    parts = {**recipe.parts, "scheduler": other}
    with pytest.raises(LookupError):
        run_pass(request_of(type(recipe)(pipeline=recipe.pipeline, parts=parts)))


def test_a_scheduler_is_no_pipeline(tiny):
    recipe = find_recipe(str(tiny("ltx"))).recipe
    with pytest.raises(LookupError):
        run_pass(request_of(type(recipe)(pipeline="DDIMScheduler", parts=recipe.parts)))


def test_a_class_that_is_not_there_is_said():
    recipe = published_recipe("wan-t2v-1-3b")
    absent = type(recipe)(pipeline="NoSuchPipeline", parts=recipe.parts)
    with pytest.raises(LookupError, match="NoSuchPipeline"):
        run_pass(request_of(absent))
