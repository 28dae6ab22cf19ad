"""What a whole system has, for systems that are not at hand."""

import json

import pytest

from compat.backends.machine import hardware as subject
from compat.core.program import Said

PROFILE = json.dumps({
    "SPDisplaysDataType": [{"sppci_model": "Apple M1", "spdisplays_vendor": "sppci_vendor_Apple"}]
})  # fmt: skip


def look(root, system, *, machine="x86_64", variables=None, said=None):
    def ask(command):
        return Said(text=(said or {}).get(str(command[1]) if len(command) > 1 else "", ""))

    looking = subject.Looking(
        variables=variables or {}, root=root, ask=ask, system=system, machine=machine
    )
    return subject.hardware(looking)


@pytest.mark.parametrize(("machine", "around"), [("arm64", ()), ("x86_64", ("Rosetta",))])
def test_a_mac_tells_its_chip_and_whether_python_is_translated(tmp_path, machine, around):
    said = {"SPDisplaysDataType": PROFILE, "hw.optional.arm64": "hw.optional.arm64: 1\n"}
    found = look(tmp_path, "Darwin", machine=machine, said=said)
    assert [card.name for card in found.cards] == ["Apple M1"]
    assert found.surroundings == around


def test_a_card_on_the_bus_without_a_driver_is_a_card_without_a_name(tmp_path):
    folder = tmp_path / "sys/bus/pci/devices/0"
    folder.mkdir(parents=True)
    (folder / "class").write_text("0x030200\n")
    (folder / "vendor").write_text("0x10de\n")
    (tmp_path / ".dockerenv").touch()
    found = look(tmp_path, "Linux")
    assert [(card.vendor, card.name) for card in found.cards] == [("nvidia", "")]
    assert (found.drivers, found.surroundings) == ((), ("Docker",))


def test_windows_inside_is_told(tmp_path):
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/version").write_text("Linux version 6.6.87.2-microsoft-standard-WSL2")
    assert look(tmp_path, "Linux").surroundings == ("WSL",)


def test_windows_lists_what_nvidia_smi_does_not(tmp_path, monkeypatch):
    adapters = (
        {"DriverDesc": "NVIDIA GeForce RTX 3060", "ProviderName": "NVIDIA"},
        {"DriverDesc": "Intel(R) UHD Graphics 770", "ProviderName": "Intel Corporation"},
    )
    monkeypatch.setattr(subject, "registry_adapters", lambda: adapters)
    monkeypatch.setattr(subject, "on_path", lambda *_: tmp_path / "nvidia-smi.exe")
    row = "NVIDIA GeForce RTX 3060, 12288, 11000, 560.94, 8.6\n"
    query = "--query-gpu=name,memory.total,memory.free,driver_version,compute_cap"
    found = look(tmp_path, "Windows", said={query: row, "": "CUDA Version: 12.6"})
    assert [card.vendor for card in found.cards] == ["nvidia", "intel"]
    assert found.cards[0].capability == "sm_86"
    assert found.drivers[0].runtime == "12.6"
