"""The environment says what computes, what cannot and why, and digests what matters."""

from dataclasses import replace

import pytest

from compat.backends import environment as subject
from compat.core.codec import from_data, to_data
from compat.core.model import Device, Environment

CARD = Device(kind="cuda", name="Card", memory_bytes=1, capability="sm_90")


class FakeBackend:
    id = "fake"

    def __init__(self, device=CARD, versions=None):
        self._device = device
        self._versions = versions or {"cudnn": "9.10.2"}

    def available(self):
        return ""

    def devices(self):
        return (self._device,)

    def versions(self):
        return self._versions


def test_devices_and_driver_versions_of_every_backend_are_gathered():
    found = subject.detect_environment([FakeBackend(), FakeBackend(replace(CARD, index=1))])
    assert [device.index for device in found.devices] == [0, 1]
    assert found.packages["cudnn"] == "9.10.2"
    assert found.packages["numpy"]


def test_the_same_machine_has_the_same_fingerprint_twice():
    first, second = (subject.detect_environment([FakeBackend()]) for _ in range(2))
    assert first == second
    assert len(first.fingerprint) == 64


@pytest.mark.parametrize(
    "changed",
    [
        FakeBackend(replace(CARD, capability="sm_89")),
        FakeBackend(replace(CARD, unavailable="no driver")),
        FakeBackend(versions={"cudnn": "9.11.0"}),
    ],
)
def test_another_device_or_driver_changes_the_fingerprint(changed):
    before = subject.detect_environment([FakeBackend()])
    assert subject.detect_environment([changed]).fingerprint != before.fingerprint


def test_a_variable_that_steers_the_framework_changes_the_fingerprint(monkeypatch):
    before = subject.detect_environment([FakeBackend()])
    monkeypatch.setenv("PYTORCH_ENABLE_MPS_FALLBACK", "1")
    after = subject.detect_environment([FakeBackend()])
    assert after.settings["PYTORCH_ENABLE_MPS_FALLBACK"] == "1"
    assert after.fingerprint != before.fingerprint


def test_any_other_variable_leaves_the_fingerprint_alone(monkeypatch):
    before = subject.detect_environment([FakeBackend()])
    monkeypatch.setenv("HOME_TOWN", "1")
    assert subject.detect_environment([FakeBackend()]) == before


def test_another_package_version_changes_the_fingerprint(monkeypatch):
    before = subject.detect_environment([FakeBackend()])
    monkeypatch.setattr(subject, "package_versions", lambda: {"torch": "9.9"})
    assert subject.detect_environment([FakeBackend()]).fingerprint != before.fingerprint


def test_an_environment_travels_through_json():
    found = subject.detect_environment([FakeBackend()])
    assert from_data(Environment, to_data(found)) == found


@pytest.mark.parametrize(
    ("mac", "system", "expected"),
    [("26.2", "Darwin", "macOS 26.2"), ("", "Windows", "Windows 10.0.26100")],
)
def test_the_operating_system_is_named_with_its_release(monkeypatch, mac, system, expected):
    monkeypatch.setattr("platform.mac_ver", lambda: (mac, ("", "", ""), ""))
    monkeypatch.setattr("platform.system", lambda: system)
    monkeypatch.setattr("platform.version", lambda: "10.0.26100")
    assert subject.operating_system() == expected
