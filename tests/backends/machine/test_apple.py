"""Apple's cards as system_profiler tells them."""

import json

import pytest

from compat.backends.machine import apple as subject

M2 = {
    "_name": "Apple M2 Max",
    "spdisplays_mtlgpufamilysupport": "spdisplays_metal3",
    "spdisplays_vendor": "sppci_vendor_Apple",
    "sppci_bus": "spdisplays_builtin",
    "sppci_cores": "38",
    "sppci_model": "Apple M2 Max",
}
RADEON = {
    "_name": "AMD Radeon Pro 5500M",
    "spdisplays_metal": "Metal Family: Supported, Metal GPUFamily macOS 2",
    "spdisplays_vendor": "sppci_vendor_amd",
    "spdisplays_vram": "8 GB",
    "sppci_model": "AMD Radeon Pro 5500M",
}


def told(*items):
    return json.dumps({"SPDisplaysDataType": list(items)})


def test_an_apple_chip_has_cores_and_metal():
    (card,) = subject.displays(told(M2))
    assert (card.vendor, card.name) == ("apple", "Apple M2 Max (38 graphics cores)")
    assert (card.capability, card.memory_bytes) == ("Metal 3", 0)


def test_a_card_in_an_intel_mac_has_its_own_memory():
    (card,) = subject.displays(told(RADEON))
    assert (card.vendor, card.memory_bytes) == ("amd", 8 << 30)


@pytest.mark.parametrize("text", ["", "{}", "[]", told("x"), told({}), '{"SPDisplaysDataType": 1}'])
def test_what_cannot_be_read_is_no_card_of_a_vendor(text):
    assert not any(card.vendor for card in subject.displays(text))


@pytest.mark.parametrize(
    ("text", "machine", "translated"),
    [
        ("hw.optional.arm64: 1\n", "x86_64", True),
        ("hw.optional.arm64: 1\n", "arm64", False),
        ("", "x86_64", False),
    ],
)
def test_an_intel_python_on_an_apple_chip_is_seen(text, machine, translated):
    assert subject.under_rosetta(subject.system_facts(text), machine) is translated
