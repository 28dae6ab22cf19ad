"""Cards that no driver tells of."""

from compat.backends.machine import pci as subject


def device(root, number, kind, vendor):
    folder = root / "sys/bus/pci/devices" / f"0000:{number:02}:00.0"
    folder.mkdir(parents=True)
    (folder / "class").write_text(f"{kind}\n")
    (folder / "vendor").write_text(f"{vendor}\n")


def test_display_controllers_are_told_by_vendor(tmp_path):
    device(tmp_path, 1, "0x030000", "0x10de")
    device(tmp_path, 2, "0x030200", "0x1002")
    device(tmp_path, 3, "0x040300", "0x10de")
    device(tmp_path, 4, "0x030000", "0x1af4")
    assert subject.on_the_bus(tmp_path) == ("nvidia", "amd")


def test_a_system_without_the_folder_has_none(tmp_path):
    assert subject.on_the_bus(tmp_path) == ()


def test_the_adapters_of_windows_are_told_by_maker_and_the_basic_one_is_left_out():
    adapters = (
        {"DriverDesc": "NVIDIA GeForce RTX 4070", "ProviderName": "NVIDIA",
         "HardwareInformation.qwMemorySize": 12 << 30},
        {"DriverDesc": "AMD Radeon(TM) Graphics", "ProviderName": "Advanced Micro Devices, Inc.",
         "HardwareInformation.qwMemorySize": b"\0\0"},
        {"DriverDesc": "Microsoft Basic Display Adapter", "ProviderName": "Microsoft"},
        {},
    )  # fmt: skip
    found = [(card.vendor, card.memory_bytes) for card in subject.windows_cards(adapters)]
    assert found == [("nvidia", 12 << 30), ("amd", 0)]
