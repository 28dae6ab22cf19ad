"""AMD cards as the kernel's files tell them."""

import pytest

from compat.backends.machine import amd as subject

NODE = "sys/class/kfd/kfd/topology/nodes"
GIB = 1 << 30
MACHINE = {
    f"{NODE}/0/properties": "cpu_cores_count 16\nsimd_count 0\ngfx_target_version 0\n",
    f"{NODE}/0/name": "\n",
    f"{NODE}/1/properties": "simd_count 192\ngfx_target_version 110000\ndrm_render_minor 128\n",
    f"{NODE}/1/name": "navi31\n",
    f"{NODE}/1/mem_banks/0/properties": f"heap_type 1\nsize_in_bytes {24 * GIB}\n",
    "sys/class/drm/renderD128/device/product_name": "Radeon RX 7900 XTX\n",
    "sys/module/amdgpu/version": "6.10.5\n",
    "opt/rocm/.info/version": "6.4.1-83\n",
    "dev/kfd": "",
}


def tree(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (90010, "gfx90a"),
        (90402, "gfx942"),
        (100300, "gfx1030"),
        (110001, "gfx1101"),
        (120001, "gfx1201"),
    ],
)
def test_a_chip_has_the_name_that_rocm_gives_it(number, name):
    assert subject.gfx_name(number) == name


def test_a_card_a_driver_and_no_processor(tmp_path):
    (card,), driver = subject.amd(tree(tmp_path, MACHINE))
    assert (card.name, card.capability) == ("Radeon RX 7900 XTX", "gfx1100")
    assert card.memory_bytes == 24 * GIB
    assert (driver.version, driver.runtime, driver.problem) == ("6.10.5", "6.4.1-83", "")


def test_a_container_without_the_device_file_is_told(tmp_path):
    files = {name: text for name, text in MACHINE.items() if name != "dev/kfd"}
    _, driver = subject.amd(tree(tmp_path, files))
    assert "/dev/kfd is not there" in driver.problem


def test_a_user_who_may_not_open_the_device_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda *_: False)
    _, driver = subject.amd(tree(tmp_path, MACHINE))
    assert "cannot be opened by this user" in driver.problem


@pytest.mark.parametrize("files", [{}, {f"{NODE}/0/properties": "simd_count many\n\0"}])
def test_without_a_card_there_is_nothing(tmp_path, files):
    assert subject.amd(tree(tmp_path, files)) == ((), None)
