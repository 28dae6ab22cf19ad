"""Each adapter names its devices or says in one sentence why it has none.

CUDA, ROCm, MPS and Metal are played by fakes shaped like torch 2.13 and mlx 0.32; nothing here has
run on such a device.
"""

from types import SimpleNamespace

import pytest

from compat.backends import mlx_arrays, torch_cpu, torch_cuda, torch_mps
from compat.backends.backend import import_framework, missing, torch_name

GIB = 1 << 30


def fake_torch(*, cuda=None, hip=None, error=None, cards=1, mps=(False, False, True)):
    built, available, new_enough = mps

    def init():
        if error is not None:
            raise error

    card = SimpleNamespace(
        name="Card", total_memory=24 * GIB, major=8, minor=9, gcnArchName="gfx1100"
    )
    return SimpleNamespace(
        __version__="2.13.0",
        version=SimpleNamespace(cuda=cuda, hip=hip),
        cuda=SimpleNamespace(
            init=init, device_count=lambda: cards, get_device_properties=lambda _index: card
        ),
        backends=SimpleNamespace(
            cudnn=SimpleNamespace(version=lambda: 91002),
            cpu=SimpleNamespace(get_cpu_capability=lambda: "AVX2"),
            mps=SimpleNamespace(
                is_built=lambda: built,
                is_available=lambda: available,
                is_macos_or_newer=lambda _major, _minor: new_enough,
                get_name=lambda: "Apple M2 Max",
            ),
        ),
        mps=SimpleNamespace(recommended_max_memory=lambda: 20 * GIB),
    )


def install(monkeypatch, module, framework, reason=""):
    monkeypatch.setattr(module, "import_framework", lambda _name: (framework, reason))


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, "build without CUDA and ROCm"),
        (
            {"cuda": "13.0", "error": RuntimeError("Found no NVIDIA driver on your system.\nGo")},
            "no usable card: Found no NVIDIA driver on your system.",
        ),
        ({"cuda": "13.0", "cards": 0}, "sees no card (CUDA_VISIBLE_DEVICES is '')"),
    ],
)
def test_an_unusable_card_is_shown_with_its_reason(monkeypatch, options, reason):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    install(monkeypatch, torch_cuda, fake_torch(**options))
    (device,) = torch_cuda.TorchCuda().devices()
    assert device.kind == "cuda"
    assert reason in device.unavailable
    assert "\n" not in device.unavailable
    assert torch_cuda.TorchCuda().available() == device.unavailable
    assert torch_cuda.TorchCuda().versions() == {}


@pytest.mark.parametrize(
    ("options", "kind", "capability"),
    [({"cuda": "13.0"}, "cuda", "sm_89"), ({"hip": "7.1"}, "rocm", "gfx1100")],
)
def test_every_usable_card_is_named(monkeypatch, options, kind, capability):
    install(monkeypatch, torch_cuda, fake_torch(**options, cards=2))
    first, second = torch_cuda.TorchCuda().devices()
    assert (first.kind, first.capability, first.memory_bytes) == (kind, capability, 24 * GIB)
    assert second.index == 1
    assert torch_cuda.TorchCuda().available() == ""


def test_the_versions_below_cuda_are_told(monkeypatch, tmp_path):
    install(monkeypatch, torch_cuda, fake_torch(cuda="13.0"))
    assert torch_cuda.TorchCuda().versions()["cudnn"] == "9.10.2"
    text = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.95.05  Tue Sep 23 10:11:16 UTC 2025"
    (tmp_path / "version").write_text(text, "utf-8")
    assert torch_cuda._nvidia_driver(tmp_path / "version") == "580.95.05"
    assert torch_cuda._nvidia_driver(tmp_path / "absent") == ""
    assert torch_cuda._cudnn_version(8907) == "8.9.7"


@pytest.mark.parametrize(
    ("mps", "reason"),
    [
        ((False, False, False), "build without MPS"),
        ((True, False, False), "older than 14"),
        ((True, False, True), "finds no Metal device"),
    ],
)
def test_an_unusable_mps_is_shown_with_its_reason(monkeypatch, mps, reason):
    install(monkeypatch, torch_mps, fake_torch(mps=mps))
    (device,) = torch_mps.TorchMps().devices()
    assert reason in device.unavailable
    assert torch_mps.TorchMps().available() == device.unavailable


def test_a_usable_mps_is_named(monkeypatch):
    install(monkeypatch, torch_mps, fake_torch(mps=(True, True, True)))
    (device,) = torch_mps.TorchMps().devices()
    assert (device.name, device.memory_bytes) == ("Apple M2 Max", 20 * GIB)
    assert device.unavailable == torch_mps.TorchMps().available() == ""


@pytest.mark.parametrize("adapter", [torch_cuda, torch_mps, mlx_arrays])
def test_a_framework_that_is_not_there_is_the_reason(monkeypatch, adapter):
    install(monkeypatch, adapter, None, "it is not installed")
    backend = next(
        value() for name, value in vars(adapter).items() if name in {"TorchCuda", "TorchMps", "Mlx"}
    )
    assert [device.unavailable for device in backend.devices()] == ["it is not installed"]
    assert backend.available() == "it is not installed"
    assert not backend.versions() or set(backend.versions()) == {"macos"}


@pytest.mark.parametrize(("metal", "capability"), [(True, "metal"), (False, "cpu")])
def test_mlx_says_whether_it_has_metal(monkeypatch, metal, capability):
    core = SimpleNamespace(
        metal=SimpleNamespace(is_available=lambda: metal),
        device_info=lambda: {"device_name": "Apple M2", "memory_size": 8 * GIB},
    )
    install(monkeypatch, mlx_arrays, core)
    (device,) = mlx_arrays.Mlx().devices()
    assert (device.capability, device.memory_bytes) == (capability, 8 * GIB)


def test_an_older_mlx_without_metal_is_still_named(monkeypatch):
    def refuse():
        raise RuntimeError("[metal::device_info] Cannot get device info without metal backend")

    core = SimpleNamespace(
        metal=SimpleNamespace(is_available=lambda: False, device_info=refuse), device_info=None
    )
    install(monkeypatch, mlx_arrays, core)
    assert mlx_arrays.Mlx().devices()[0].unavailable == ""


def test_the_processor_is_there_without_torch(monkeypatch):
    install(monkeypatch, torch_cpu, None, "torch is not installed")
    (device,) = torch_cpu.TorchCpu().devices()
    assert device.unavailable == ""
    assert device.name
    assert torch_cpu.TorchCpu().available() == "torch is not installed"


def test_a_package_that_does_not_load_is_told_apart_from_one_that_is_not_there(
    monkeypatch, tmp_path
):
    (tmp_path / "broken_framework.py").write_text("raise OSError('no such DLL')", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert import_framework("broken_framework")[1].endswith("cannot be imported: no such DLL")
    assert import_framework("absent_framework")[1] == "absent_framework is not installed"
    assert missing("json") == ""


def test_rocm_cards_answer_to_torchs_cuda():
    assert torch_name("rocm") == "cuda"
    assert torch_name("cuda", 1) == "cuda:1"
    assert torch_name("mps") == "mps"


def test_what_an_uninstallation_left_behind_is_no_framework(tmp_path, monkeypatch):
    (tmp_path / "left_behind" / "__pycache__").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path)
    module, reason = import_framework("left_behind")
    assert (module, reason) == (None, "left_behind is a folder without the package")
