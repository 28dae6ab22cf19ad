"""A VAE that turns a rounding into another picture is forgiven it; a changed hand-over is not."""

import pytest

from runners.engines.messages import ClipRequest
from runners.preflight.decode_path_check import SCALING, limit_of, rounding_alone

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from runners.engines.override import override  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.xdist_group("engines")]


class Asked:
    """A tiny AnimateDiff pipeline, which scales its latents in half precision."""

    def __init__(self, engine, folder):
        engine.open()
        self.engine = engine
        self.pipeline = engine.role._open.pipeline
        self.request = ClipRequest(
            prompt="a cat", width=64, height=64, frames=2, steps=1, guidance=1.0, seed=1,
            latents_path=str(folder / "latents.safetensors"),
            frames_path=str(folder / "frames.npy"),
        )  # fmt: skip

    def path(self):
        return self.engine.decode_path(self.request).path


@pytest.fixture(scope="module", params=["bfloat16", "float16"])
def asked(request, tiny, local_engine, tmp_path_factory):
    engine = local_engine(tiny("animatediff"), dtype=request.param)
    return Asked(engine, tmp_path_factory.mktemp("decode-path"))


@pytest.fixture
def chaotic(asked):
    """Its VAE makes another picture of latents that differ by a rounding."""

    def decode(original, latents, *args, **kwargs):
        return original(latents + 2 * torch.sin(1e4 * latents.float()).to(latents), *args, **kwargs)

    undo = override(asked.pipeline.vae, "decode", decode)
    yield asked
    undo()


def test_a_calm_vae_gives_the_same_frames(asked):
    path = asked.path()
    assert path.psnr >= limit_of(path)
    assert 0 < path.handed <= SCALING / 2, (
        "float32, in which the check scales, adds next to nothing"
    )
    assert path.handed_psnr >= path.psnr


def test_what_a_rounding_does_in_the_vae_is_its_own(chaotic):
    path = chaotic.path()
    assert path.psnr < limit_of(path)
    assert rounding_alone(path)


@pytest.fixture
def change_latents(asked, monkeypatch):
    whole = asked.pipeline.decode_latents

    def changed_by(change):
        def decode_latents(latents, *args):
            return whole(change(latents), *args)

        monkeypatch.setattr(asked.pipeline, "decode_latents", decode_latents)

    return changed_by


@pytest.mark.parametrize(
    "change",
    [lambda video: video.flip(-1), lambda video: video * 1.1, lambda video: video + 0.3],
    ids=["mirrored", "scaled", "shifted"],
)
def test_changed_latents_are_named_though_the_vae_is_chaotic(chaotic, change_latents, change):
    change_latents(change)
    path = chaotic.path()
    assert path.handed > SCALING
    assert not rounding_alone(path)


@pytest.mark.parametrize(
    "change", [lambda video: video * 0.5, lambda video: video.flip(1)], ids=["darker", "backwards"]
)
def test_changed_frames_are_named_though_the_vae_is_chaotic(chaotic, monkeypatch, change):
    processor = chaotic.pipeline.video_processor
    whole = processor.postprocess_video

    def postprocess_video(*args, **words):
        return change(whole(*args, **words))

    monkeypatch.setattr(processor, "postprocess_video", postprocess_video)
    path = chaotic.path()
    assert path.handed <= SCALING
    assert not rounding_alone(path)


def test_latents_that_are_no_number_are_not_rounding(chaotic, change_latents):
    change_latents(lambda latents: latents * float("nan"))
    path = chaotic.path()
    assert path.handed is None
    assert path.psnr < limit_of(path)
    assert not rounding_alone(path)
