"""Ways of writing a clip, and attention from diffusers and other packages."""

import sys
import types

import pytest

from compat.core.model import Outcome
from compat.knowledge import match

torch = pytest.importorskip("torch")


@pytest.fixture(autouse=True)
def _needs_diffusers():
    pytest.importorskip("diffusers")
    pytest.importorskip("av")


def arrays_to_file(frames, path, fps):
    """A stand-in for export_to_video that writes with PyAV."""
    import av

    with av.open(path, "w") as container:
        height, width, _ = frames[0].shape
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for frame in frames:
            levels = (frame * 255).astype("uint8")
            container.mux(stream.encode(av.VideoFrame.from_ndarray(levels, format="rgb24")))
        container.mux(stream.encode(None))


def test_every_way_of_writing_works_where_all_is_installed(ask, monkeypatch):
    import diffusers.utils

    monkeypatch.setattr(diffusers.utils, "export_to_video", arrays_to_file)
    asked = ask("frames-to-file")
    assert asked.outcome is Outcome.PASS, asked.text
    assert set(asked.measures.values()) == {"works"}


def test_the_missing_library_of_export_to_video_is_told_and_known(ask, monkeypatch):
    import diffusers.utils

    words = "export_to_video requires the OpenCV library but it was not found"

    def refuse(*_arguments, **_options):
        raise ImportError(words)

    monkeypatch.setattr(diffusers.utils, "export_to_video", refuse)
    asked = ask("frames-to-file")
    assert asked.rules == {"save-refused"}
    assert [entry.id for entry in match(asked.text)] == ["export-to-video-backend"]


@pytest.mark.proves("frames-to-file")
@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda frames: frames[:1], "come back as 1"),
        (lambda frames: [frame[::-1, ::-1] for frame in frames], "are off by"),
        (lambda frames: [frame[:-16] for frame in frames], "come back as (32, 64, 3)"),
    ],
)
def test_a_writer_that_loses_or_changes_frames_is_seen(ask, monkeypatch, damage, words):
    import diffusers.utils

    def damaged(frames, path, fps):
        arrays_to_file([frame.copy() for frame in damage(frames)], path, fps)

    monkeypatch.setattr(diffusers.utils, "export_to_video", damaged)
    asked = ask("frames-to-file")
    assert asked.rules == {"save-wrong"}
    assert words in asked.text


def test_postprocessing_that_wraps_instead_of_cutting_is_seen(ask, monkeypatch):
    from diffusers.video_processor import VideoProcessor

    real = VideoProcessor.postprocess_video

    def wrapping(self, video, output_type):
        return real(self, video, output_type=output_type) * 1.3 % 1.0

    monkeypatch.setattr(VideoProcessor, "postprocess_video", wrapping)
    asked = ask("frames-to-file")
    assert "save-wrong" in asked.rules
    assert "diffusers' postprocessing are off by" in asked.text


def test_the_attention_of_diffusers_is_right_here(ask):
    asked = ask("diffusers-attention")
    assert asked.outcome is Outcome.PASS, asked.text
    assert asked.measures["native bfloat16"] == "offered"
    assert "missing package" in asked.measures["sage bfloat16"]
    assert not [name for name in asked.measures if "hub" in name]


@pytest.mark.proves("diffusers-attention")
@pytest.mark.parametrize("damage", [torch.zeros_like, lambda t: t * 1.1, lambda t: t * torch.nan])
def test_a_back_end_that_is_taken_and_wrong_is_seen(ask, monkeypatch, damage):
    from diffusers.models import attention_dispatch

    real = attention_dispatch.dispatch_attention_fn

    def broken(*tokens, backend):
        result = real(*tokens, backend=backend)
        return damage(result) if backend.value == "_native_math" else result

    monkeypatch.setattr(attention_dispatch, "dispatch_attention_fn", broken)
    asked = ask("diffusers-attention")
    assert asked.rules == {"attention-backend-wrong"}
    assert all("_native_math" in finding.message for finding in asked.findings)


def test_a_plain_attention_that_is_refused_is_seen(ask, monkeypatch):
    from diffusers.models import attention_dispatch

    def refuse(*_tokens, backend):
        raise RuntimeError(f"no {backend}")

    monkeypatch.setattr(attention_dispatch, "dispatch_attention_fn", refuse)
    assert ask("diffusers-attention").rules == {"no-attention-backend"}


def in_eight_bits(tensor):
    step = tensor.float().abs().amax(-1, keepdim=True) / 127
    return ((tensor.float() / step).round() * step).to(tensor.dtype)


def sage(query, key, value, tensor_layout):
    """What SageAttention does, in plain torch."""
    assert tensor_layout == "NHD"
    heads = [in_eight_bits(query), in_eight_bits(key), value]
    attend = torch.nn.functional.scaled_dot_product_attention
    return attend(*(tensor.transpose(1, 2) for tensor in heads)).transpose(1, 2)


@pytest.fixture
def installed(monkeypatch):
    """Put a package with one function in place."""

    def install(module, function, action):
        made = types.ModuleType(module)
        made.__spec__ = types.SimpleNamespace(name=module)
        setattr(made, function, action)
        monkeypatch.setitem(sys.modules, module, made)

    return install


def test_packages_that_are_not_there_are_no_fault(ask):
    asked = ask("attention-packages")
    assert asked.outcome is Outcome.PASS


def test_attention_in_eight_bits_is_within_its_limit(ask, installed):
    installed("sageattention", "sageattn", sage)
    asked = ask("attention-packages")
    assert asked.outcome is Outcome.PASS, asked.text
    assert asked.measures["sageattention bfloat16"] == "offered"


@pytest.mark.proves("attention-packages")
@pytest.mark.parametrize(
    "damage", [torch.zeros_like, lambda t: t * 1.2, lambda t: t * torch.nan, lambda t: t[:, :-1]]
)
def test_a_wrong_build_of_a_package_is_seen(ask, installed, damage):
    installed("sageattention", "sageattn", lambda *t, **o: damage(sage(*t, **o)))
    assert ask("attention-packages").rules == {"attention-package-wrong"}


def test_a_package_that_says_it_is_not_for_this_device_is_no_fault(ask, installed):
    def refuse(*_tokens):
        raise RuntimeError("FlashAttention only supports Ampere GPUs or newer")

    installed("flash_attn", "flash_attn_func", refuse)
    asked = ask("attention-packages")
    assert asked.outcome is Outcome.PASS
    assert "Ampere" in asked.measures["flash-attn float16"]
