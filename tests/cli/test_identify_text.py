"""What ``framegate identify`` prints about one model."""

import pytest

from compat.cli.identify_text import identification_lines
from compat.identify.identify import identify_header
from tests.identify.conftest import HEADERS, header_of_entries


def printed(name, **more):
    fixture = HEADERS[name]
    header = header_of_entries(fixture.tensors, metadata=fixture.metadata, **more)
    return list(identification_lines(header.path, identify_header(header)))


def test_a_model_is_told_with_size_needs_place_and_rules():
    lines = printed("wan-t2v-14b", path="wan2.2_t2v_low_noise_14B.safetensors")
    assert lines[0].split() == ["wan-t2v-14b", "wan2.2_t2v_low_noise_14B.safetensors"]
    text = "\n".join(lines)
    assert "14.288 B parameters, BF16; 28.58 GB of tensors" in text
    assert "carries diffusion-model; lacks text-encoder, vae" in text
    assert "needs beside it: text-encoder umt5-xxl; vae wan-2-1-vae" in text
    assert "ComfyUI: models/diffusion_models, node UNETLoader" in text
    assert "diffusers: WanPipeline" in text
    assert "rules: frames 4k+1 from 5" in text
    assert "because head.modulation [1, 2, 5120]" in text
    assert "low noise (by name only)" in text


def test_another_layout_is_told_by_what_does_not_load_it():
    text = "\n".join(printed("wan-t2v-14b-diffusers"))
    assert "ComfyUI: models" not in text
    assert "note: ComfyUI's core does not convert" in text


def test_a_motion_module_has_its_frame_limit():
    text = "\n".join(printed("animatediff-v1"))
    assert "rules: frames from 1 to 24," in text


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_everything_can_be_printed_and_is_plain_text(name):
    for line in printed(name):
        assert line.isprintable()


def test_a_hostile_header_prints_plainly():
    tensors = {"a\x1b[31m": ("\x1b[2J" * 9, (1,)), "b.\n": ("F32", (2**62, 2**62, 2**62))}
    header = header_of_entries(tensors)
    for line in identification_lines(header.path, identify_header(header)):
        assert line.isprintable()
