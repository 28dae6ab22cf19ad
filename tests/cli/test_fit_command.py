"""``framegate fit`` prints the set, its findings and what it could not check."""

import json
import struct

import pytest

from compat.cli.main import main
from runners.embedded import embedded_model


@pytest.fixture
def weights(tmp_path):
    def write(name, dtype="F8_E4M3", **shapes):
        table, end = {}, 0
        for key, shape in shapes.items():
            size = 64 * 64 if len(shape) > 1 else 4
            kind = dtype if len(shape) > 1 else "F32"
            table[key.replace("__", ".")] = {
                "dtype": kind, "shape": list(shape), "data_offsets": [end, end + size],
            }  # fmt: skip
            end += size
        text = json.dumps(table).encode()
        path = tmp_path / name
        path.write_bytes(struct.pack("<Q", len(text)) + text + b"\x01" * end)
        return path

    return write


def fit(capsys, *words):
    code = main(["fit", *map(str, words)])
    return code, capsys.readouterr()


def test_the_embedded_model_fits_diffusers_on_the_cpu(capsys):
    code, said = fit(capsys, embedded_model(), "--device", "cpu")
    assert code == 0, said
    assert "these files fit" in said.out


def test_ignored_scales_are_exit_1_and_say_why(weights, capsys):
    path = weights("x.safetensors", a__weight=(64, 64), a__weight_scale=(1,))
    code, said = fit(capsys, path, "--loader", "comfyui")
    assert code == 1
    assert "comfyui ignores the scales" in said.out
    assert fit(capsys, path, "--loader", "wangp")[0] == 5


def test_nothing_known_is_exit_5(weights, capsys):
    code, said = fit(capsys, weights("x.safetensors", a=(64, 64)))
    assert code == 5
    assert "not checked: 'x.safetensors' is unknown" in said.out


def test_a_plan_is_its_model_on_its_device(tmp_path, capsys):
    plan = tmp_path / "render.toml"
    lines = [
        '[model]\npath = "embedded"\ndevice = "mps"\n',
        "[[prompts]]\nat = 0\ntext = 'a cat'\n",
    ]
    plan.write_text("".join(lines), "utf-8")
    code, said = fit(capsys, plan)
    assert code == 0, said
    assert "plan" in said.out


def test_the_machine_format_has_one_result_per_file_and_one_for_the_set(weights, capsys):
    path = weights("x.safetensors", a__weight=(64, 64), a__weight_scale=(1,))
    code, said = fit(capsys, path, "--loader", "comfyui", "--format", "json")
    whole, file = json.loads(said.out)["results"]
    assert code == 1
    assert (whole["verdict"], file["verdict"]) == ("misfits", "misfits")
    assert file["findings"][0]["rule"] == "fp8-scales-ignored"
    assert whole["measures"]["unchecked"]


def test_sarif_names_the_file_and_the_rule(weights, capsys):
    path = weights("x.safetensors", a__weight=(64, 64), a__weight_scale=(1,))
    _, said = fit(capsys, path, "--loader", "comfyui", "--format", "sarif")
    (run,) = json.loads(said.out)["runs"]
    assert "fp8-scales-ignored" in {result["ruleId"] for result in run["results"]}


@pytest.mark.parametrize(
    "words", [["--loader", "nobody"], ["--device", "gpu"], ["--models", "/no/such/place"]]
)
def test_wrong_words_are_exit_2(weights, capsys, words):
    path = weights("x.safetensors", a=(64, 64))
    code, said = fit(capsys, path, *words)
    assert code == 2
    assert "framegate:" in said.err
