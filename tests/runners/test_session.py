"""Device, dtype and model folder are settled once, with a sentence where they cannot be."""

import pytest

from compat.core.errors import UsageError
from compat.core.model import Device, Environment
from runners.session import expanded, model_folder, pick_device, pick_dtype, torch_name

CPU = Device(kind="cpu")
CARD = Device(kind="cuda", index=1, capability="sm_90", memory_bytes=1)
AMD = Device(kind="rocm", capability="gfx1100")
NO_MPS = Device(kind="mps", unavailable="this is not a Mac")


def machine(*devices):
    return Environment(
        os="x", machine="x", python="3", packages={}, devices=devices, fingerprint="f"
    )


def test_auto_takes_the_best_device_that_is_there():
    assert pick_device("auto", machine(CPU, CARD, NO_MPS)) == CARD


def test_auto_never_takes_an_unavailable_device():
    assert pick_device("auto", machine(NO_MPS, CPU)) == CPU


def test_an_absent_device_is_refused_with_its_own_reason():
    with pytest.raises(UsageError, match="this is not a Mac"):
        pick_device("mps", machine(CPU, NO_MPS))


@pytest.mark.parametrize("wanted", ["cuda:x", "cuda:7", "cpu:1:2", "gpu"])
def test_a_device_that_is_no_device_is_refused(wanted):
    with pytest.raises(UsageError, match=f"device {wanted} cannot be used"):
        pick_device(wanted, machine(CPU, CARD))


def test_the_home_of_nobody_is_refused(tmp_path):
    with pytest.raises(UsageError, match="home of a user"):
        expanded("~nobody-of-that-name/x", tmp_path)


def test_cuda_means_a_rocm_card_too():
    assert torch_name(pick_device("cuda", machine(CPU, AMD))) == "cuda:0"


@pytest.mark.parametrize(
    ("device", "dtype"),
    [
        (CPU, "float32"),
        (CARD, "bfloat16"),
        (AMD, "bfloat16"),
        (Device(kind="cuda", capability="sm_75"), "float16"),
        (Device(kind="cuda", capability="sm_120"), "bfloat16"),
    ],
)
def test_auto_dtype_is_what_the_device_computes_natively(device, dtype):
    assert pick_dtype("auto", device) == dtype


def test_a_missing_model_folder_is_named(tmp_path):
    with pytest.raises(UsageError, match="absent is not a folder"):
        model_folder("absent", tmp_path)
