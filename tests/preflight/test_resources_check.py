"""Memory and disk are compared with what this render needs."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from compat.core.model import Device
from runners.preflight import resources_check
from runners.preflight.resources_check import check_resources, existing_parent, weight_bytes
from runners.preflight.weights import weight_files


@pytest.fixture
def machine(monkeypatch):
    def has(*, memory=1 << 40, disk=1 << 40):
        monkeypatch.setattr(resources_check, "free_memory_bytes", lambda: memory)
        monkeypatch.setattr(
            resources_check.shutil, "disk_usage", lambda _: SimpleNamespace(free=disk)
        )

    return has


def test_a_roomy_machine_is_silent(context, weights_file, machine, rules):
    weights_file()
    machine()
    answer = check_resources(context)
    assert rules(answer) == []
    assert answer.measures["weight_bytes"] == 64


@pytest.mark.parametrize(
    ("room", "rule"),
    [({"memory": 10}, "too-little-memory"), ({"disk": 10}, "too-little-disk")],
)
def test_a_narrow_machine_is_named(context, weights_file, machine, rules, room, rule):
    weights_file()
    machine(**room)
    assert rules(check_resources(context)) == [rule]


def with_card(context, memory_bytes, offload="none"):
    card = Device(kind="cuda", memory_bytes=memory_bytes)
    job = replace(
        context.job,
        device="cuda:0",
        environment=replace(context.job.environment, devices=(card,)),
        plan=replace(context.job.plan, model=replace(context.job.plan.model, offload=offload)),
    )
    return replace(context, job=job)


@pytest.mark.parametrize(
    ("memory_bytes", "offload", "found"),
    [(32, "none", ["too-little-memory"]), (4096, "none", []), (32, "model", []), (0, "none", [])],
    ids=["small card", "large card", "offloaded", "card that does not tell"],
)
def test_a_card_must_hold_the_weights(
    context, weights_file, machine, rules, memory_bytes, offload, found
):
    weights_file()
    machine()
    assert rules(check_resources(with_card(context, memory_bytes, offload))) == found


def test_weights_count_in_the_planned_dtype(make_context, weights_file):
    weights_file()
    assert weight_bytes(make_context(dtype="bfloat16")) == 32


def test_files_that_no_component_loads_do_not_count(context, model, weights_file):
    index = {"_class_name": "LTXPipeline", "transformer": ["diffusers", "LTXModel"]}
    (model / "model_index.json").write_text(json.dumps(index), "utf-8")
    used = weights_file("transformer/diffusion_pytorch_model.safetensors")
    (used.parent / "config.json").write_text("{}", "utf-8")
    weights_file("transformer/diffusion_pytorch_model.fp16.safetensors")
    weights_file("single-file-checkpoint.safetensors")
    assert weight_files(model) == (used,)
    assert weight_bytes(context) == 64


def test_the_nearest_folder_that_exists_is_measured(tmp_path):
    assert existing_parent(tmp_path / "a" / "b" / "c.mp4") == tmp_path
