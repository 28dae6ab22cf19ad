"""What a plan's model is made of is found out from configs and headers, never from weights."""

import json
import struct
from dataclasses import replace
from math import prod

import pytest

from compat.core.errors import NothingCheckedError, UsageError
from compat.plan.model import ModelPlan, RenderPlan, SamplingPlan, VideoPlan, WindowPlan
from compat.predict.model import Asked, Expected, Seen
from runners.engines.pretend.messages import Part
from runners.prediction import ask as module
from runners.prediction.ask import SIZE_KEYS, Wanted, ask, compute_dtype
from runners.prediction.published import known_ids, published_recipe
from runners.prediction.recipe import find_recipe

MAC = Asked(kind="mps", torch="2.13.0", macos="15.2", chip="M3")


def write_json(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data), "utf-8")


def write_weights(path, dtype, size):
    table = {"a": {"dtype": dtype, "shape": [4], "data_offsets": [0, 4 * size]}}
    text = json.dumps(table).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"\0" * (4 * size))


@pytest.fixture
def folder(tmp_path):
    write_json(tmp_path / "model_index.json", {
        "_class_name": "WanPipeline", "transformer": ["diffusers", "WanTransformer3DModel"],
        "scheduler": ["diffusers", "UniPCMultistepScheduler"], "image_encoder": [None, None],
        "boundary_ratio": 0.875,
    })  # fmt: skip
    write_json(tmp_path / "transformer" / "config.json", {"num_layers": 3, "auto_map": {"a": "b"}})
    write_json(tmp_path / "scheduler" / "scheduler_config.json", {"flow_shift": 3.0})
    return tmp_path


def test_a_folder_says_what_it_is_made_of(folder):
    found = find_recipe(str(folder))
    assert found.recipe.pipeline == "WanPipeline"
    assert found.recipe.options == {"boundary_ratio": 0.875}
    assert found.recipe.parts == {
        "transformer": Part(
            library="diffusers", kind="WanTransformer3DModel", config={"num_layers": 3}
        ),
        "scheduler": Part(
            library="diffusers", kind="UniPCMultistepScheduler", config={"flow_shift": 3.0}
        ),
    }


@pytest.mark.parametrize(("dtype", "size"), [("F8_E4M3", 1), ("BF16", 2)])
def test_the_dtype_of_the_weights_is_read_from_their_headers(folder, dtype, size):
    write_weights(folder / "transformer" / "model.safetensors", dtype, size)
    assert find_recipe(str(folder)).storage == dtype


@pytest.mark.parametrize("text", ["[1", "[]", '{"transformer": ["diffusers"]', '{"a": 1, "a": 2}'])
def test_a_broken_index_is_a_usage_error(folder, text):
    (folder / "model_index.json").write_text(text, "utf-8")
    with pytest.raises(UsageError, match="cannot be predicted"):
        find_recipe(str(folder))


def test_a_config_of_absurd_size_is_a_usage_error(folder):
    write_json(folder / "transformer" / "config.json", {"num_layers": 10**6})
    with pytest.raises(UsageError, match="num_layers"):
        find_recipe(str(folder))


def test_a_published_model_needs_no_files(tmp_path):
    found = find_recipe(str(tmp_path / "wan-2-2-t2v-a14b"))
    assert set(found.recipe.parts) == {
        "transformer", "transformer_2", "vae", "scheduler", "text_encoder",
    }  # fmt: skip
    assert found.notes


def test_what_is_neither_file_nor_known_is_told_what_is_known(tmp_path):
    with pytest.raises(UsageError) as caught:
        find_recipe(str(tmp_path / "wan-9"))
    assert "wan-t2v-14b" in caught.value.remedy


def test_a_file_that_nobody_knows_is_a_usage_error(tmp_path):
    write_weights(tmp_path / "x.safetensors", "F32", 4)
    with pytest.raises(UsageError, match="no whole pipeline"):
        find_recipe(str(tmp_path / "x.safetensors"))


def test_every_known_id_has_a_whole_recipe():
    for identifier in known_ids():
        recipe = published_recipe(identifier)
        assert {"vae", "scheduler"} <= set(recipe.parts), identifier


@pytest.mark.parametrize(
    ("wanted", "capability", "dtype"),
    [
        ("auto", None, "BF16"), ("auto", 8.0, "BF16"), ("auto", 7.5, "F16"),
        ("float32", 7.5, "F32"), ("float16", None, "F16"),
    ],
)  # fmt: skip
def test_the_dtype_is_what_a_render_would_take(wanted, capability, dtype):
    assert compute_dtype(wanted, Asked(kind="cuda", capability=capability)) == dtype


def wanted_for(path, **others):
    plan = RenderPlan(
        model=ModelPlan(path=str(path)), video=VideoPlan(width=64, height=64),
        window=WindowPlan(frames=9), sampling=SamplingPlan(),
    )  # fmt: skip
    return Wanted(plan=plan, asked=MAC, **others)


@pytest.mark.parametrize(
    ("unsaid", "size"),
    [
        ((), (64, 64, 9)), (("window.frames",), (64, 64, 81)),
        (SIZE_KEYS, (832, 480, 81)),
    ],
)  # fmt: skip
def test_where_nobody_gave_a_size_a_published_model_is_asked_about_at_its_own(
    tmp_path, monkeypatch, unsaid, size
):
    def no_worker(_wanted, _found, _log):
        return [Seen(size="tiny", calls=1, ops=())], "2.13.0"

    monkeypatch.setattr(module, "_passes", no_worker)
    _, wanted = ask(wanted_for(tmp_path / "wan-t2v-1-3b", unsaid=frozenset(unsaid)))
    plan = wanted.plan
    assert (plan.video.width, plan.video.height, plan.window.frames) == size


def test_packed_weights_stay_packed_on_the_device(tmp_path, monkeypatch):
    path = tmp_path / "wan.safetensors"
    header_as_file("wan-t2v-1-3b", path, "F8_E4M3")
    found = replace(find_recipe(str(path)), storage="Q4_K", container="gguf",
                    stored={"Q4_K": 700, "F32": 100})  # fmt: skip
    seen = Seen(size="real", weights={"transformer": 3000, "vae": 50})
    packed = module._as_stored(seen, wanted_for(path), found)
    assert packed.weights == {"transformer": 800, "vae": 50}
    assert (packed.reader, packed.stored) == ("diffusers-gguf", ("F32", "Q4_K"))
    assert "Q4_K" in packed.notes[-1]
    plain = module._as_stored(seen, wanted_for(path), replace(found, storage="BF16"))
    assert (plain.weights["transformer"], plain.notes) == (3000, ())


def test_a_folder_that_is_no_pipeline_is_told_so(tmp_path):
    with pytest.raises(UsageError, match="has no model_index"):
        find_recipe(str(tmp_path))


@pytest.mark.torch
def test_a_worker_runs_both_passes_of_a_folder(tiny):
    prediction, wanted = ask(wanted_for(tiny("ltx")))
    assert prediction.expected is Expected.UNKNOWN
    assert set(prediction.measures) == {"tiny", "real"}
    assert prediction.measures["real"]["peak_bytes"]["decode"] > 0
    assert wanted.asked == MAC
    assert not any("text encoders" in sentence for sentence in prediction.unknown)
    assert prediction.measures["real"]["peak_bytes"]["encode"] > 0


@pytest.mark.torch
def test_a_pass_that_takes_too_long_is_no_answer(tiny, monkeypatch):
    monkeypatch.setattr(module, "SIZES", ("tiny",))
    with pytest.raises(NothingCheckedError, match=r"no answer within 0\.01 s"):
        ask(wanted_for(tiny("ltx"), seconds=0.01))


@pytest.mark.torch
def test_a_pipeline_that_diffusers_lacks_is_no_answer(folder):
    index = json.loads((folder / "model_index.json").read_text("utf-8"))
    write_json(folder / "model_index.json", index | {"_class_name": "NoSuchPipeline"})
    with pytest.raises(NothingCheckedError, match="NoSuchPipeline"):
        ask(wanted_for(folder))


def test_an_interpreter_that_does_not_start_is_a_usage_error(folder, tmp_path):
    (tmp_path / "python").write_text("", "utf-8")
    with pytest.raises(UsageError, match="does not start"):
        ask(wanted_for(folder, python=tmp_path / "python"))


def header_as_file(name, path, dtype):
    """A sparse file with a published model's header in another dtype of weights."""
    from tests.identify.conftest import HEADERS

    bits = {"F8_E4M3": 1, "BF16": 2}[dtype]
    table, at = {}, 0
    for key, (_, shape) in HEADERS[name].tensors.items():
        size = bits * prod(shape)
        table[key] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(table).encode()
    with path.open("wb") as handle:
        handle.write(struct.pack("<Q", len(text)) + text)
        handle.truncate(8 + len(text) + at)


@pytest.mark.parametrize("dtype", ["F8_E4M3", "BF16"])
def test_a_single_file_is_identified_and_its_pipeline_taken_from_the_published_one(tmp_path, dtype):
    path = tmp_path / "wan.safetensors"
    header_as_file("wan-t2v-1-3b", path, dtype)
    found = find_recipe(str(path))
    assert found.recipe == published_recipe("wan-t2v-1-3b")
    assert found.storage == dtype
    assert "published for wan-t2v-1-3b" in found.notes[0]
