"""``framegate doctor`` shows what is there and says what is missing."""

import json
from dataclasses import replace

import pytest

from compat.backends import encoders
from compat.cli import doctor_command as subject
from compat.cli.main import main
from compat.core.errors import ExitCode
from compat.core.model import Device, Environment, Severity

GIB = 1 << 30
ROOM = {"disk": 80 * GIB, "memory": 16 * GIB}
ENCODERS = {"libx264": "H.264", "ffv1": "FFV1"}
HERE = Environment(
    os="macOS 26.2",
    machine="arm64",
    python="3.12",
    packages={"torch": "2.13.0", "diffusers": "0.42.1"},
    settings={"PYTORCH_ENABLE_MPS_FALLBACK": "1"},
    devices=(
        Device(kind="mps", name="Apple M2", memory_bytes=20 * GIB),
        Device(kind="cuda", unavailable="torch is a build without CUDA"),
    ),
    fingerprint="f" * 64,
)


@pytest.fixture
def machine(monkeypatch, tmp_path):
    monkeypatch.setenv("FRAMEGATE_HOME", str(tmp_path / "not" / "yet"))

    def is_like(environment=HERE, found=ENCODERS):
        monkeypatch.setattr("runners.environment.this_environment", lambda: environment)
        monkeypatch.setattr(encoders, "encoders", lambda: found)
        monkeypatch.setattr("compat.core.system.free_memory_bytes", lambda: 16 * GIB)
        monkeypatch.setattr(subject, "free_disk_bytes", lambda _folder: 80 * GIB)

    return is_like


def test_a_complete_machine_lacks_nothing(machine, capsys):
    machine()
    assert main(["doctor"]) == ExitCode.OK
    written = capsys.readouterr().out
    for words in (
        "macOS 26.2, arm64, Python 3.12",
        "mps   Apple M2, 20.0 GiB",
        "cuda  not here: torch is a build without CUDA",
        "PYTORCH_ENABLE_MPS_FALLBACK=1",
        "libx264",
        "free: 80.0 GiB disk, 16.0 GiB memory",
    ):
        assert words in written


def test_a_missing_encoder_is_a_finding_and_the_exit_code_says_so(machine, capsys):
    machine(found={"libx264": "", "ffv1": "FFV1"})
    assert main(["doctor", "--format", "json"]) == ExitCode.FINDINGS
    (item,) = json.loads(capsys.readouterr().out)["results"]
    assert item["verdict"] == "lacking"
    assert item["findings"][0]["rule"] == "encoder-missing"
    assert item["measures"]["encoders"]["libx264"] is False
    assert item["measures"]["environment"]["fingerprint"] == "f" * 64


@pytest.mark.parametrize(
    ("environment", "room", "rules", "severity"),
    [
        (HERE, ROOM, set(), None),
        (replace(HERE, packages={}), ROOM, {"package-missing"}, Severity.LOW),
        (HERE, {**ROOM, "disk": GIB}, {"disk-low"}, Severity.MEDIUM),
        (HERE, {**ROOM, "memory": GIB}, {"memory-low"}, Severity.MEDIUM),
    ],
)
def test_each_lack_is_named(environment, room, rules, severity):
    findings = list(subject.lacks(environment, ENCODERS, room))
    assert {finding.rule for finding in findings} == rules
    assert all(finding.severity is severity for finding in findings)


def test_the_encoders_of_this_pyav_are_asked():
    found = encoders.encoders()
    assert set(found) == set(encoders.ENCODERS)
    assert "H.264" in found["libx264"]


def test_an_encoder_that_pyav_lacks_is_empty(monkeypatch):
    monkeypatch.setattr(encoders, "ENCODERS", ("no_such_encoder",))
    assert encoders.encoders() == {"no_such_encoder": ""}


def test_the_disk_is_looked_at_where_the_folder_would_be(tmp_path):
    assert subject.free_disk_bytes(tmp_path / "not" / "yet") > 0
