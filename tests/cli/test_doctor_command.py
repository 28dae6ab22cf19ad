"""``framegate doctor`` shows what is there, what that allows and what is missing."""

import json
import sys
from dataclasses import replace

import pytest

from compat.backends.machine.model import (
    Card,
    Codecs,
    Disk,
    Driver,
    Hardware,
    Interpreter,
    Memory,
    TorchBuild,
)
from compat.cli import doctor_command as subject
from compat.cli.main import main
from compat.core.errors import ExitCode
from compat.core.model import Device, Environment, Outcome, ProbeResult, Target
from compat.store.store import Store
from runners.checkup import Asked, Checkup

GIB = 1 << 30
BUILD = TorchBuild(version="2.13.0+cu128", cuda="12.8")
PACKAGES = {
    "torch": "2.13.0+cu128", "diffusers": "0.42.1", "transformers": "5.0", "accelerate": "1.15",
}  # fmt: skip
HERE = Environment(
    os="Linux (Debian)",
    machine="x86_64",
    python="3.12",
    packages=PACKAGES,
    settings={"CUDA_HOME": "/home/quill/cuda"},
    devices=(
        Device(kind="cpu", name="EPYC"),
        Device(kind="cuda", name="RTX 4080", memory_bytes=16 * GIB, capability="sm_89"),
        Device(kind="mps", unavailable="torch is a build without MPS"),
    ),
    fingerprint="f" * 64,
)
MANY = tuple(
    Interpreter(
        kind="comfyui",
        prefix=f"/home/quill/{number}",
        executable=f"/home/quill/{number}/bin/python",
        python="3.12.1",
        packages={"torch": "2.7.1"},
        torch=BUILD,
    )
    for number in range(12)
)
COMPLETE = Checkup(
    asked=Asked(
        environment=HERE,
        prefix="/home/quill/venv",
        executable="/home/quill/venv/bin/python",
        torch=BUILD,
        chips=("sm_80", "sm_90"),
        codecs=Codecs(
            library="PyAV 18.1.0",
            writes=("h264", "ffv1"),
            reads=("h264",),
            encoders=("ffv1", "libx264"),
            hardware=("h264_nvenc", "hevc_nvenc"),
        ),
    ),
    hardware=Hardware(
        cards=(Card(vendor="nvidia", name="RTX 4080", memory_bytes=16 * GIB),),
        drivers=(Driver(vendor="nvidia", version="570.86", runtime="12.8"),),
        surroundings=("Docker",),
    ),
    memory=Memory(total_bytes=64 * GIB, free_bytes=30 * GIB, limit_bytes=32 * GIB),
    disks=(Disk(places={"here": "/media/quill/x"}, free_bytes=80 * GIB, total_bytes=99 * GIB),),
    ffmpeg=Codecs(library="ffmpeg", problem="not on PATH"),
    others=MANY,
)


@pytest.fixture
def machine(monkeypatch, tmp_path):
    monkeypatch.setenv("FRAMEGATE_HOME", str(tmp_path / "not" / "yet"))
    monkeypatch.setenv("USER", "quill")
    monkeypatch.setattr("pathlib.Path.home", lambda: type(tmp_path)("/home/quill"))

    def is_like(checkup=COMPLETE):
        monkeypatch.setattr("runners.checkup.check_up", lambda **_: checkup)

    return is_like


def screen(capsys, *arguments):
    assert main(["doctor", *arguments]) == ExitCode.OK
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        "Linux (Debian), x86_64, Docker",
        "30.0 GiB free of 64.0 GiB, the container may have 32.0 GiB, no swap",
        "80.0 GiB free: here /media/USER/x",
        "nvidia, 570.86, serves up to CUDA 12.8",
        "2.13.0+cu128, built for CUDA 12.8, code for sm_80 sm_90",
        "PyAV 18.1.0 writes h264 ffv1, cannot read ffv1; hardware, built in and not tried: nvenc",
        "ffmpeg: not on PATH",
        "CUDA_HOME=~/cuda",
        "RTX 4080, sm_89, 16.0 GiB",
        "not here: torch is a build without MPS",
        "by recorded facts, ? nobody recorded it; framegate probe asks the device itself",
        "8 bit     LTX 13B (13.0 GB)",
        "~/0/bin/python: Python 3.12.1, torch 2.13.0+cu128 (CUDA 12.8)",
        "6 more (--verbose)",
        "preflight, render, parity  cpu, cuda",
    ],
)
def test_the_screen_tells(machine, capsys, words):
    machine()
    assert words in screen(capsys)


def test_it_is_one_screen_even_where_there_is_much(machine, capsys):
    machine()
    lines = screen(capsys).splitlines()
    assert len(lines) <= 48
    assert max(map(len, lines)) <= 100


def test_verbose_tells_everything(machine, capsys):
    machine()
    written = screen(capsys, "--verbose")
    for words in ("~/11/bin/python", "f" * 64, "accelerate 1.15", "h264_nvenc", "op_db"):
        assert words in written


def test_a_folder_cannot_move_the_cursor(machine, capsys):
    machine(replace(COMPLETE, others=(replace(MANY[0], executable="/x/\x1b[2J\n\udcff/python"),)))
    written = screen(capsys)
    assert "\x1b" not in written
    assert "/x/?[2J??/python" in written


@pytest.mark.parametrize("flag", [["--json"], ["--format", "json"]])
def test_the_document_has_everything_and_nobodys_name(machine, capsys, flag):
    machine()
    text = screen(capsys, *flag)
    (item,) = json.loads(text)["results"]
    assert item["verdict"] == "ok"
    measures = item["measures"]
    assert measures["environment"]["fingerprint"] == "f" * 64
    assert measures["dtypes"]["cuda"]["fp8-mm"]["answer"] == "yes"
    assert len(measures["other_interpreters"]) == 12
    assert measures["interpreter"]["executable"] == "~/venv/bin/python"
    assert "quill" not in text


def test_a_lack_is_a_finding_and_the_exit_code_says_so(machine, capsys):
    codecs = replace(COMPLETE.asked.codecs, encoders=("ffv1",))
    machine(replace(COMPLETE, asked=replace(COMPLETE.asked, codecs=codecs)))
    assert main(["doctor", "--json"]) == ExitCode.FINDINGS
    (item,) = json.loads(capsys.readouterr().out)["results"]
    assert (item["verdict"], item["findings"][0]["rule"]) == ("lacking", "encoder-missing")


def test_what_was_probed_here_is_marked(machine, capsys):
    machine()
    with Store.open() as store:
        store.record_result(
            ProbeResult(
                probe="float64",
                target=Target(device="cuda"),
                outcome=Outcome.PASS,
                environment=HERE.fingerprint,
            )
        )
    written = screen(capsys)
    assert "* probed here, the others by recorded facts" in written
    (line,) = (line for line in written.splitlines() if line.startswith("  cuda     yes "))
    assert line.split()[:5] == ["cuda", "yes", "yes", "yes*", "yes"]


def test_a_store_that_cannot_be_read_is_no_obstacle(machine, capsys, tmp_path):
    machine()
    (tmp_path / "not" / "yet").mkdir(parents=True)
    (tmp_path / "not" / "yet" / "evidence.sqlite3").write_bytes(b"no database" * 100)
    assert "by recorded facts" in screen(capsys)


@pytest.mark.parametrize(
    ("packages", "named", "expected"),
    [
        (PACKAGES, False, {"probe, matrix": "cpu, cuda", "preflight, render, parity": "cpu, cuda"}),
        (
            {"torch": "2.13.0"},
            False,
            {"predict": "lacks diffusers, transformers, accelerate", "probe, matrix": "cpu, cuda"},
        ),
        (
            {},
            False,
            {"probe, matrix": "files and codecs only, lacks torch or mlx that loads"},
        ),
        ({"torch": "2"}, True, {"probe --python /home/quill/venv/bin/python": "cpu, cuda"}),
    ],
)
def test_each_command_works_on_devices_or_lacks_something(packages, named, expected):
    environment = replace(HERE, packages=packages)
    asked = replace(COMPLETE.asked, environment=environment)
    works = subject.what_works(replace(COMPLETE, asked=asked, named=named))
    assert {name: works.get(name) for name in expected} == expected


def test_models_are_looked_for_where_the_variables_say(tmp_path):
    at = subject.places({"HF_HOME": "/big/hf"}, tmp_path)
    assert str(at["models"]) == "/big/hf" or sys.platform == "win32"
    assert subject.places({}, tmp_path)["models"] == tmp_path / ".cache" / "huggingface"


@pytest.mark.parametrize("name", ["no/such/python", "."])
def test_an_interpreter_that_is_no_file_is_wrong_usage(capsys, name):
    assert main(["doctor", "--python", name]) == ExitCode.USAGE
    assert "is not a file" in capsys.readouterr().err
