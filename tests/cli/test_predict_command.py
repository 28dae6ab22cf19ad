"""The predict command reads devices as people write them and never says that something works."""

import math
from argparse import Namespace

import pytest

from compat.cli import predict_command
from compat.cli.main import main
from compat.core.errors import UsageError
from compat.core.model import Finding, Place, Severity
from compat.predict.model import Asked, Expected, Prediction

FAILS = Finding(
    rule="dtype-not-stored",
    severity=Severity.HIGH,
    message="makes a float64 tensor on mps",
    place=Place(kind="file", path="diffusers/rope.py", detail="line 7"),
    remedy="take a newer diffusers",
    evidence={"expected": "fails"},
)
REAL = {
    "operations": 5, "pipeline": "WanPipeline", "seconds": 1.5, "weight_bytes": {"vae": 1 << 30},
    "peak_bytes": {"denoise": 2 << 30, "decode": 3 << 30},
    "offloaded_peak_bytes": {"denoise": 1 << 30, "decode": 2 << 30},
    "largest_attention_elements": 12_000_000_000, "stopped": "",
}  # fmt: skip


@pytest.fixture
def predicted(monkeypatch):
    """A function that sets what the runners answer, and the list of what they were asked."""
    asked = []

    def answer(*findings, expected=Expected.UNKNOWN, cut_short=False):
        prediction = Prediction(
            expected=expected, findings=findings, unknown=("text encoders are not run",),
            measures={"real": REAL}, cut_short=cut_short,
        )  # fmt: skip

        def ask(wanted):
            asked.append(wanted)
            return prediction, wanted

        monkeypatch.setattr("runners.prediction.ask.ask", ask)
        return asked

    return answer


def device(name, **given):
    wanted = {"torch": None, "macos": None, "chip": None, "memory": None}
    return predict_command.asked_device(name, Namespace(**{**wanted, **given}))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mps", Asked(kind="mps")),
        ("cuda", Asked(kind="cuda")),
        ("cuda:0", Asked(kind="cuda")),
        ("cuda:sm_89", Asked(kind="cuda", capability=8.9)),
        ("cuda:sm_120", Asked(kind="cuda", capability=12.0)),
        ("cuda:sm_90a", Asked(kind="cuda", capability=9.0)),
        ("cuda:7.5", Asked(kind="cuda", capability=7.5)),
        ("MPS", Asked(kind="mps")),
        ("rocm", Asked(kind="rocm")),
        ("rocm:0", Asked(kind="rocm")),
        ("rocm:gfx1100", Asked(kind="rocm", arch="gfx1100")),
        ("ROCm:GFX90A", Asked(kind="rocm", arch="gfx90a")),
        ("mlx", Asked(kind="mlx")),
    ],
)
def test_devices_are_read_as_people_write_them(name, expected):
    assert device(name) == expected


@pytest.mark.parametrize(
    "name",
    ["cpu", "auto", "tpu", "cuda:ampere", "cuda:sm_", "cuda:sm_99999", "rocm:7900", "mps:M2", ""],
)
def test_a_device_that_cannot_be_predicted_is_refused(name):
    with pytest.raises(UsageError):
        device(name)


@pytest.mark.parametrize(
    "given",
    [
        {"torch": "new"},
        {"macos": "Tahoe"},
        {"torch": ">=2"},
        {"memory": 0.0},
        {"memory": -3.0},
        {"memory": math.nan},
        {"memory": math.inf},
        {"macos": "15+cu126"},
        {"torch": "2.13+"},
    ],
)
def test_versions_and_sizes_that_are_none_are_refused(given):
    with pytest.raises(UsageError):
        device("mps", **given)


def test_the_device_is_named_as_it_was_asked_for():
    assert device("cuda:sm_89").name == "cuda:sm_89"
    assert device("mps", torch="2.13", memory=24.0).memory_bytes == 24 << 30


def test_a_build_of_torch_is_told_apart_from_its_version():
    asked = device("cuda", torch="2.13.0+cu126")
    assert (asked.torch, asked.build) == ("2.13.0", "cu126")


def test_a_chip_is_read_as_the_machine_calls_it():
    assert device("mps", chip="Apple M2 Pro").chip == "M2 Pro"


def test_a_pass_that_was_cut_short_is_no_pass(predicted, capsys):
    predicted(cut_short=True)
    assert main(["predict", "--model", "wan-t2v-14b", "--device", "mps"]) == 5
    assert "did not come to its end" in capsys.readouterr().out
    predicted(FAILS, expected=Expected.FAILS, cut_short=True)
    assert main(["predict", "--model", "wan-t2v-14b", "--device", "mps"]) == 1


def test_the_size_that_was_asked_about_is_said(predicted, capsys):
    predicted()
    words = ["predict", "--model", "wan-t2v-14b", "--device", "mps"]
    main([*words, "--width", "832", "--height", "480", "--window", "81"])
    assert "wan-t2v-14b at 832x480, 81 frames on mps" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [["--dtype", "int8"], ["--width", "0"], ["--height", "-5"], ["--window", "0"],
     ["--window", "99999"], ["--width", "99999999"], ["--timeout", "0"], ["--timeout", "-1"]],
)  # fmt: skip
def test_numbers_and_words_that_are_none_are_refused_before_a_worker_starts(predicted, words):
    asked = predicted()
    assert main(["predict", "--model", "wan-t2v-14b", "--device", "mps", *words]) == 2
    assert asked == []


def test_nobody_gave_a_size_is_told_to_the_runners(predicted, tmp_path):
    asked = predicted()
    base = ["predict", "--model", "wan-t2v-14b", "--device", "mps"]
    main([*base, "--width", "832"])
    main([*base, "--offload", "model"])
    assert asked[0].unsaid == {"video.height", "window.frames"}
    assert asked[1].unsaid == {"video.width", "video.height", "window.frames"}
    assert (asked[1].plan.model.offload, asked[1].asked.offload) == ("model", "model")


def test_nothing_found_is_no_proof_and_exits_0(predicted, capsys):
    predicted()
    assert main(["predict", "--model", "wan-t2v-14b", "--device", "mps", "--torch", "2.13"]) == 0
    said = capsys.readouterr().out
    assert "no proof" in said
    assert "3.0 GiB" in said
    assert "works" not in said.replace("no proof that it works", "")


def test_a_failure_exits_1_with_its_line_and_remedy(predicted, capsys):
    predicted(FAILS, expected=Expected.FAILS)
    assert main(["predict", "--model", "wan-t2v-14b", "--device", "mps"]) == 1
    said = capsys.readouterr().out
    assert "diffusers/rope.py (line 7)" in said
    assert "take a newer diffusers" in said


def test_the_plan_and_its_flags_reach_the_runners(predicted):
    asked = predicted()
    main([
        "predict", "--model", "wan-t2v-14b", "--device", "cuda:sm_75", "--width", "832",
        "--window", "81", "--weights", "fp8_e5m2", "--timeout", "9",
    ])  # fmt: skip
    [wanted] = asked
    assert (wanted.plan.video.width, wanted.plan.window.frames) == (832, 81)
    assert (wanted.asked.capability, wanted.storage, wanted.seconds) == (7.5, "F8_E5M2", 9.0)


def test_without_a_device_nothing_is_guessed(predicted, capsys):
    assert predicted() == []
    assert main(["predict", "--model", "wan-t2v-14b"]) == 2
    assert "--device" in capsys.readouterr().err


def test_an_interpreter_that_is_not_there_is_refused(predicted, capsys):
    predicted()
    words = ["predict", "--model", "x", "--device", "mps", "--python", "/nowhere/python"]
    assert main(words) == 2
    assert "no interpreter" in capsys.readouterr().err
