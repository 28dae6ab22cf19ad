"""The facts are read from a wheel as they stand in it, and other versions stay."""

import zipfile

import pytest

from tools.backend_facts.table import table
from tools.backend_facts.wheel import FUNCTIONS, GUARD, LIBRARY, read_wheel

YAML = """
- func: mm(Tensor self, Tensor mat2) -> Tensor
  structured_delegate: mm.out
- func: mm.out(Tensor self, Tensor mat2, *, Tensor(a!) out) -> Tensor(a!)
  dispatch:
    CPU: mm_cpu
    MPS: mm_mps
- func: pool(Tensor self) -> Tensor
  dispatch:
    CPU, CUDA: pool_native
- func: shared(Tensor self) -> Tensor
  dispatch:
    CPU, CUDA, MPS: shared_native
- func: reshape(Tensor self) -> Tensor
- func: zeros_like(Tensor self) -> Tensor
  dispatch:
    CompositeExplicitAutograd: zeros_like
- func: pool_backward(Tensor self) -> Tensor
  dispatch:
    CPU: pool_backward
"""
HEADER = "bits = (1ULL << kIndex_Half) |\n (1ULL << kIndex_Bool) | (1ULL << kIndex_Float8_e4m3fn);"


@pytest.fixture
def wheel(tmp_path):
    path = tmp_path / "torch-2.99.0-cp312-cp312-macosx_14_0_arm64.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(FUNCTIONS, YAML)
        archive.writestr(GUARD, HEADER)
        archive.writestr(LIBRARY, b"\0prefill_attention_f16_bd64\0")
    return path


def test_a_wheel_tells_its_kernels_dtypes_and_texts(wheel):
    facts = read_wheel(wheel)
    assert facts.version == "2.99.0"
    assert facts.ops["mm"] == facts.ops["shared"] == "mps"
    assert facts.ops["reshape"] == facts.ops["zeros_like"] == "composite"
    assert facts.ops["pool"] == "none"
    assert facts.stores == ("F16", "BOOL", "F8_E4M3")
    assert facts.texts == ("prefill_attention_",)


def test_only_what_some_version_lacks_is_kept(wheel):
    assert table([read_wheel(wheel)], {})["ops"] == {"pool": "0"}


def test_versions_that_were_not_read_again_stay_as_they_are(wheel):
    facts = read_wheel(wheel)
    first = table([facts], {})
    before = {**first, "torch": ["2.5.0"], "ops": {"late": "0"}, "stores": {}}
    both = table([facts], before)
    assert both["torch"] == ["2.5.0", "2.99.0"]
    assert both["ops"] == {"late": "0-", "pool": "-0"}
    assert both["stores"] == {"2.99.0": ["F16", "BOOL", "F8_E4M3"]}
