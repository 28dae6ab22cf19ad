"""Each lack has one rule that fires for its cause, and a whole machine has none."""

from dataclasses import replace

import pytest

from compat.backends.machine.model import (
    Card,
    Codecs,
    Disk,
    Driver,
    Hardware,
    Memory,
    TorchBuild,
)
from compat.cli import doctor_findings as subject
from compat.core.model import Device, Environment, Severity
from runners.checkup import Asked, Checkup

GIB = 1 << 30
CPU = Device(kind="cpu")
CARD = Device(kind="cuda", name="RTX 4090", capability="sm_89")
NO_CUDA = Device(kind="cuda", unavailable="torch finds no usable card: no driver")
NVIDIA = Card(vendor="nvidia", name="NVIDIA GeForce RTX 4090")
AMD = Card(vendor="amd", name="Radeon RX 7900 XTX", capability="gfx1100")
DRIVER = Driver(vendor="nvidia", version="570.86", runtime="12.8")
CUDA = TorchBuild(version="2.13.0+cu128", cuda="12.8")
PLAIN = TorchBuild(version="2.13.0+cpu")
ROCM = TorchBuild(version="2.13.0+rocm6.4", rocm="6.4")
PACKAGES = {"torch": "2.13.0", "diffusers": "0.42.1"}
CODECS = Codecs(library="PyAV", encoders=("ffv1", "libx264"))
DISK = Disk(places={"here": "/x"}, free_bytes=80 * GIB, total_bytes=99 * GIB)
MEMORY = Memory(total_bytes=32 * GIB, free_bytes=16 * GIB)


def checkup(
    *devices,
    torch=CUDA,
    cards=(),
    drivers=(),
    around=(),
    packages=PACKAGES,
    os="Linux",
    memory=MEMORY,
    disk=DISK,
    named=False,
    **asked,
):
    environment = Environment(
        os=os, machine="x86_64", python="3.12", packages=packages, devices=(CPU, *devices),
        fingerprint="f",
    )  # fmt: skip
    said = {"codecs": CODECS, "executable": "/venv/bin/python", "prefix": "/venv", **asked}
    return Checkup(
        asked=Asked(environment=environment, torch=torch, **said),
        hardware=Hardware(cards=cards, drivers=drivers, surroundings=around),
        memory=memory,
        disks=(disk,),
        ffmpeg=Codecs(library="ffmpeg", problem="not on PATH"),
        others=(),
        named=named,
    )


def rules(seen):
    return {finding.rule: finding.severity for finding in subject.lacks(seen)}


LOW, MEDIUM, HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH
LACKING = {
    "no packages": (checkup(packages={}, torch=None), {"package-missing": LOW}),
    "torch does not load": (
        checkup(torch_problem="torch is installed but cannot be imported: libcudart.so"),
        {"torch-does-not-load": HIGH},
    ),
    "torch kills its worker": (
        checkup(problem="killed by SIGILL", codecs=Codecs(library="PyAV", problem="?")),
        {"interpreter-not-asked": HIGH},
    ),
    "an Intel Python on an Apple chip": (
        checkup(around=("Rosetta",), os="macOS 15.1", cards=(Card(vendor="apple", name="M2"),)),
        {"python-under-rosetta": HIGH},
    ),
    "no x264": (
        checkup(codecs=replace(CODECS, encoders=("ffv1",))),
        {"encoder-missing": HIGH},
    ),
    "no PyAV": (
        checkup(codecs=Codecs(library="PyAV", problem="av is not installed")),
        {"pyav-missing": HIGH},
    ),
    "a CPU build beside a card": (
        checkup(NO_CUDA, torch=PLAIN, cards=(NVIDIA,), drivers=(DRIVER,)),
        {"torch-ignores-card": MEDIUM},
    ),
    "a CUDA build beside an AMD card": (
        checkup(NO_CUDA, cards=(AMD,), drivers=(Driver(vendor="amd"),)),
        {"torch-ignores-card": LOW},
    ),
    "a card without a driver": (
        checkup(NO_CUDA, cards=(Card(vendor="nvidia", name=""),)),
        {"driver-missing": MEDIUM},
    ),
    "a container without its card": (
        checkup(NO_CUDA, cards=(Card(vendor="nvidia", name=""),), around=("Docker",)),
        {"driver-missing": LOW},
    ),
    "a driver that fails": (
        checkup(
            NO_CUDA,
            cards=(Card(vendor="nvidia", name=""),),
            drivers=(Driver(vendor="nvidia", problem="Driver/library version mismatch"),),
        ),
        {"driver-fails": MEDIUM},
    ),
    "a user who may not open the AMD card": (
        checkup(NO_CUDA, torch=ROCM, cards=(AMD,), drivers=(Driver(vendor="amd", problem="no"),)),
        {"driver-fails": MEDIUM},
    ),
    "a driver for CUDA 11": (
        checkup(
            NO_CUDA,
            cards=(NVIDIA,),
            drivers=(Driver(vendor="nvidia", version="470.82", runtime="11.4"),),
        ),
        {"driver-older-than-torch": HIGH, "card-unusable": MEDIUM},
    ),
    "a hidden card": (
        checkup(NO_CUDA, cards=(NVIDIA,), drivers=(DRIVER,)),
        {"card-unusable": MEDIUM},
    ),
    "a card that is newer than torch": (
        checkup(replace(CARD, capability="sm_120"), chips=("sm_80", "sm_86", "sm_90")),
        {"chip-not-in-torch": HIGH},
    ),
    "an AMD chip that torch has no code for": (
        checkup(Device(kind="rocm", capability="gfx1036"), torch=ROCM, chips=("gfx90a", "gfx1100")),
        {"chip-not-in-torch": HIGH},
    ),
    "a full disk": (checkup(disk=replace(DISK, free_bytes=GIB)), {"disk-low": MEDIUM}),
    "a folder that is read-only": (
        checkup(disk=replace(DISK, read_only=("here",))),
        {"folder-read-only": MEDIUM},
    ),
    "a full memory": (checkup(memory=replace(MEMORY, free_bytes=GIB)), {"memory-low": MEDIUM}),
}


@pytest.mark.parametrize("case", LACKING)
def test_each_lack_has_its_rule(case):
    seen, expected = LACKING[case]
    assert rules(seen) == expected
    assert all(finding.remedy for finding in subject.lacks(seen))


COMPLETE = {
    "a processor alone": checkup(torch=PLAIN),
    "a card in use": checkup(CARD, cards=(NVIDIA,), drivers=(DRIVER,), chips=("sm_80", "sm_90")),
    "a graphics part in the processor beside a card in use": checkup(
        CARD, cards=(NVIDIA, AMD), drivers=(DRIVER,)
    ),
    "a newer minor version of CUDA in torch": checkup(
        CARD, torch=replace(CUDA, cuda="12.9"), cards=(NVIDIA,), drivers=(DRIVER,)
    ),
    "a card from Intel": checkup(NO_CUDA, cards=(Card(vendor="intel", name="Arc A770"),)),
    "a Radeon in an Intel Mac": checkup(NO_CUDA, os="macOS 13.6", cards=(AMD,)),
    "an AMD card with features behind its name": checkup(
        Device(kind="rocm", capability="gfx90a:sramecc+:xnack-"), torch=ROCM, chips=("gfx90a",)
    ),
    "another interpreter without PyAV and diffusers": checkup(
        packages={"torch": "2.13.0"}, codecs=Codecs(library="PyAV", problem="no"), named=True
    ),
    "a driver that writes no number": checkup(
        CARD, cards=(NVIDIA,), drivers=(replace(DRIVER, runtime="N/A"),)
    ),
}


@pytest.mark.parametrize("case", COMPLETE)
def test_a_whole_machine_lacks_nothing(case):
    assert rules(COMPLETE[case]) == {}


@pytest.mark.parametrize(
    ("capability", "chips", "runs"),
    [
        ("sm_89", ("sm_80",), True),
        ("sm_86", ("sm_89",), False),
        ("sm_90", ("sm_90a",), True),
        ("sm_120", ("sm_90a", "sm_100f"), False),
        ("sm_120", ("sm_90", "compute_90"), True),
        ("sm_121", ("sm_120",), True),
        ("", ("sm_80",), True),
        ("sm_89", ("something-new",), True),
    ],
)
def test_machine_code_runs_within_its_major_version(capability, chips, runs):
    seen = checkup(replace(CARD, capability=capability), chips=chips)
    assert ("chip-not-in-torch" not in rules(seen)) is runs
