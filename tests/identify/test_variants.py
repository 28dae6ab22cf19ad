"""What only metadata or the file's name can tell, and how that is said."""

import pytest

from compat.identify.identify import identify_header
from tests.identify.conftest import HEADERS, header_of_entries

NAMES = [
    ("wan-t2v-14b", "wan2.2_t2v_high_noise_14B_fp16.safetensors", "high noise (by name only)"),
    ("wan-t2v-14b", "Wan2_2-T2V-A14B-LOW_noise.safetensors", "low noise (by name only)"),
    ("wan-2-2-i2v-a14b", "wan2.2_i2v_low-noise_14B.safetensors", "low noise (by name only)"),
    ("wan-i2v-14b", "wan2.1_i2v_720p_14B_bf16.safetensors", "720p (by name only)"),
    ("ltx-2-19b", "ltx-2-19b-distilled-fp8.safetensors", "distilled (by name only)"),
    ("ltx-2-3-22b", "ltx-2.3-22b-dev.safetensors", "dev (by name only)"),
    ("framepack-hunyuan-diffusers", "FramePackI2V_HY_F1.safetensors", "F1 (by name only)"),
]


@pytest.mark.parametrize(("fixture", "name", "said"), NAMES)
def test_a_name_is_a_hint_and_is_called_one(fixture, name, said):
    found = identify_header(header_of_entries(HEADERS[fixture].tensors, path=name))
    assert said in found.variant
    assert any(line.startswith("by name only") and name in line for line in found.evidence)


def test_a_name_never_changes_the_id():
    plain = identify_header(header_of_entries(HEADERS["wan-t2v-14b"].tensors))
    lying = identify_header(header_of_entries(HEADERS["wan-t2v-14b"].tensors, path="wan2.2_i2v"))
    assert (plain.id, lying.id) == ("wan-t2v-14b", "wan-t2v-14b")
    assert "by name" not in plain.variant


def test_distilled_ltx_is_told_by_its_metadata_whatever_the_name_says():
    metadata = {"config": '{"allowed_inference_steps": [1.0, 0.9]}'}
    tensors = HEADERS["ltx-video-13b"].tensors
    found = identify_header(header_of_entries(tensors, metadata=metadata, path="ltxv-dev.gguf"))
    assert found.variant == "13B, distilled"
    other = identify_header(header_of_entries(tensors, metadata={"config": "{}"}))
    assert other.variant == "13B, dev"


def test_the_version_in_the_metadata_is_evidence():
    fixture = HEADERS["ltx-2-3-22b"]
    found = identify_header(header_of_entries(fixture.tensors, metadata=fixture.metadata))
    assert "__metadata__ model_version says '2.3.0'" in found.evidence
