"""Sets are examined file by file and together; what is unknown is said, never passed."""

from compat.identify.pairing.model import Asked
from compat.identify.quantisation.target import Where, device_named
from compat.identify.sets.examine import examine
from compat.identify.sets.gather import gather_set


def rules(*paths, loader="", where=None, asked=None, models=()):
    sets = [gather_set(path, models) for path in paths]
    found = examine(sets, loader=loader, where=where, asked=asked)
    return {finding.rule for finding in found.findings}, found


def test_two_experts_that_are_one_file_are_found_by_their_bytes(put, tmp_path):
    put("high.safetensors", "wan-2-2-i2v-a14b")
    put("low.safetensors", "wan-2-2-i2v-a14b", metadata={"other": "text"})
    assert "experts-are-one-file" in rules(tmp_path)[0]
    put("low.safetensors", "wan-2-2-i2v-a14b", data=b"other")
    assert "experts-are-one-file" not in rules(tmp_path)[0]


def test_the_loader_of_a_set_is_used_unless_another_is_given(put, tmp_path):
    tensors = {"a.q.weight": ("F8_E4M3", (64, 64)), "a.q.weight_scale": ("F32", ())}
    put("models/vae/x.safetensors", tensors)
    put("models/loras/y.safetensors")
    assert "fp8-scales-ignored" in rules(tmp_path)[0]
    assert "fp8-scales-ignored" not in rules(tmp_path, loader="wangp")[0]


def test_a_device_is_held_against_every_file(put, tmp_path):
    put("x.safetensors", {"a.weight": ("F8_E4M3", (64, 64))})
    old = device_named("mps", {"torch": "2.14"})
    assert "dtype-not-on-device" in rules(tmp_path, where=old)[0]
    assert "dtype-not-on-device" not in rules(tmp_path, where=Where(kind="cpu"))[0]


def test_what_is_unknown_is_listed_and_nothing_is_checked(put):
    found = rules(put("x.safetensors"))[1]
    assert not found.checked
    assert "'x.safetensors' is unknown" in found.unchecked[0]


def test_a_file_without_a_header_is_listed(tmp_path):
    path = tmp_path / "x.safetensors"
    path.write_bytes(b"<html>")
    _, found = rules(path)
    assert any("no header" in sentence for sentence in found.unchecked)


def test_what_is_given_goes_before_what_a_description_asks(put, document, tmp_path):
    config = '{"allowed_inference_steps": [1.0, 0.5]}'
    put("a.safetensors", "ltx-video-13b", metadata={"config": config})
    source = document("d/x.json", {"model": {"URLs": ["a.safetensors"]}, "num_inference_steps": 30})
    assert "distilled-steps" in rules(source, models=(tmp_path,))[0]
    few = rules(source, models=(tmp_path,), asked=Asked(steps=2))[0]
    assert "distilled-steps" not in few


def test_a_file_named_twice_is_looked_at_once(put):
    path = put("x.safetensors", "t5-xxl")
    assert len(rules(path, path)[1].files) == 1


def test_shards_of_one_index_are_one_model(put, document, real_shapes, tmp_path):
    tensors = real_shapes("t5-xxl")
    first = {name: entry for name, entry in tensors.items() if name != "shared.weight"}
    put("te/model-00001-of-00002.safetensors", first)
    put("te/model-00002-of-00002.safetensors", {"shared.weight": tensors["shared.weight"]})
    table = dict.fromkeys(first, "model-00001-of-00002.safetensors")
    table["shared.weight"] = "model-00002-of-00002.safetensors"
    index = document("te/model.safetensors.index.json", {"weight_map": table})
    for path in (tmp_path, index, tmp_path / "te" / "model-00002-of-00002.safetensors"):
        (file,) = rules(path)[1].files
        assert file.identification.id == "t5-xxl"
