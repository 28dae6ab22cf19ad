"""A context whose engine answers from a table, so that a check runs without torch."""

from dataclasses import replace

import numpy as np
import pytest

from compat.core.model import Device, Environment
from compat.plan.model import ModelPlan, PromptAt, RenderPlan
from compat.store.store import Store
from runners.engines.evidence import (
    DecodePathAnswer,
    HandOver,
    KnownClipAnswer,
    LatentStatistics,
    MaskAnswer,
    OwnPictureAnswer,
    PartDistance,
    StepTrace,
    TextStatistics,
)
from runners.engines.messages import (
    ClipAnswer,
    MasksAnswer,
    OpenAnswer,
    OwnPictureReply,
    PartsAnswer,
    PathAnswer,
    RoundTrip,
    SavePathAnswer,
    TensorStatistics,
    VaeAnswer,
)
from runners.preflight.context import Context, Job, Notes

HERE = Environment(
    os="x", machine="x", python="3", packages={}, devices=(Device(kind="cpu"),), fingerprint="here"
)
PLAN = RenderPlan(
    model=ModelPlan(device="cpu", dtype="float32"), prompts=(PromptAt(at=0.0, text="a cat"),)
)
CALM = TensorStatistics(shape=(1, 8, 2, 2, 2), mean=0.0, std=1.0, peak=3.0, non_finite=0)
CLIP = ClipAnswer(
    latents=CALM,
    step_std=(1.0, 1.0),
    step_seconds=(0.1,),
    prepare_seconds=0.3,
    decode_seconds=0.2,
    seconds=0.7,
    peak_memory_bytes=1000,
    decoded=CALM,
    round_trip=RoundTrip(correlation=0.97, scale_ratio=1.0),
    channels=LatentStatistics(
        shape=(1, 8, 2, 2, 2), means=(0.1,) * 8, stds=(0.9,) * 8, space_share=0.9,
        frame_change=0.7, rank_share=0.4,
    ),
    texts=(
        TextStatistics(
            part="text_encoder", shape=(8, 32), tokens=8, std=1.0, non_finite=0, token_spread=0.5
        ),
    ),
    denoiser_rows=2.0,
    denoiser_timesteps=(1000.0, 900.0, 750.0, 550.0, 300.0, 100.0),
    handed=HandOver(latents=1e-7, frames=0.5, epsilon=1e-7),
)  # fmt: skip

PART = PartDistance(
    part="transformer", dtype="bfloat16", epsilon=2.0**-7, roundings=50, needed_bytes=1000,
    distance=0.006, rounding=0.005,
)  # fmt: skip
GIVEN_BACK = KnownClipAnswer(
    size="64x64x9", psnr=25.0, frame_psnr=(27.0, *(25.0,) * 8), correlation=0.95,
    variants=(("mirrored", 0.4), ("backwards in time", 0.75)), latent_rms=1.0, means=(0.1,),
    stds=(0.9,), repeat=0.0,
)  # fmt: skip


def course(**last):
    """Six healthy steps of flow matching; keywords replace fields of the last."""
    shares = (1.0, 0.9, 0.75, 0.55, 0.3, 0.1, 0.0)
    moves = (None, 0.6, 0.4, 0.2, 0.1, 0.05)
    steps = [
        StepTrace(
            timestep=1000 * noise, std=1.0, non_finite=0, output_std=1.4, output_non_finite=0,
            epsilon=1e-7, signal=1 - noise, noise=noise, next_signal=1 - after, next_noise=after,
            clean_std=1.0, clean_move=move, clean_match=0.02, start_match=after, output_match=noise,
            step_error=1e-7,
        )
        for noise, after, move in zip(shares[:-1], shares[1:], moves, strict=True)
    ]  # fmt: skip
    return (*steps[:-1], replace(steps[-1], **last))


def moving_disc(frames, height, width):
    """A soft disc that crosses a coloured gradient: what the judge calls good."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    ground = np.stack([90 + rows, 60 + columns / 2, 150 - rows / 2], axis=-1)
    clip = []
    for number in range(frames):
        centre = width * (0.25 + 0.5 * number / max(1, frames - 1))
        distance = np.hypot(columns - centre, rows - height / 2)
        disc = 1 / (1 + np.exp((distance - height / 5) / 1.5))
        clip.append(ground * (1 - disc[..., None]) + np.array([220, 40, 30]) * disc[..., None])
    return np.clip(np.stack(clip), 0, 255).astype(np.uint8)


class FakeEngine:
    """Answers like a healthy model: latents follow seed and prompt, frames show a moving disc."""

    def __init__(self):
        self.clips = []
        self.answer = replace(CLIP, trace=course(), prediction="flow")
        self.texts = lambda request: {"text_encoder": self.latents(request)[0, :, 0]}
        self.frames = moving_disc
        self.opened = OpenAnswer(
            pipeline="LTXPipeline", components={}, parameter_bytes=4096, seconds=0.1, memory_bytes=1
        )
        self.masked = MasksAnswer(parts=(MaskAnswer(part="transformer", masked=9, change=0.0),))
        self.compared = PartsAnswer(parts=(PART,), seconds=0.1)
        self.given_back = GIVEN_BACK
        self.path = DecodePathAnswer(psnr=60.0, contrast=0.2)
        self.own = OwnPictureAnswer(shares=(0.74, 0.4), ratios=(0.3, 0.2))
        self.saved = SavePathAnswer(shape=(2, 64, 64, 3), largest_difference=0.5)

    def open(self):
        return self.opened

    def save_path(self, _request):
        return self.saved

    def masks(self):
        return self.masked

    def parts(self, _request):
        return self.compared

    def vae(self, request):
        self.vae_asked = request
        return VaeAnswer(clip=self.given_back, seconds=0.1)

    def decode_path(self, _request):
        return PathAnswer(path=self.path, seconds=0.1)

    def own_picture(self, _request):
        return OwnPictureReply(own=self.own, seconds=0.1)

    def latents(self, request):
        generator = np.random.default_rng([request.seed, *request.prompt.encode()])
        return generator.standard_normal((1, 8, 2, 2, 2)).astype(np.float32)

    def clip(self, request, on_progress=None):
        from safetensors.numpy import save_file

        self.clips.append(request)
        save_file({"latents": self.latents(request)}, request.latents_path)
        if request.text_path:
            save_file(self.texts(request), request.text_path)
        if request.frames_path:
            np.save(request.frames_path, self.frames(request.frames, request.height, request.width))
        if not request.frames_path or self.answer.decoded is None:
            return replace(self.answer, decoded=None)
        asked = (request.frames, 3, request.height, request.width)
        return replace(self.answer, decoded=replace(self.answer.decoded, shape=asked))


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    return folder


@pytest.fixture
def make_context(tmp_path, model):
    """A function that builds a context; keywords replace fields of the job."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with Store.open(tmp_path / "evidence.sqlite3") as store:

        def make(**changes):
            job = Job(
                plan=PLAN,
                folder=model,
                output=tmp_path / "video.mp4",
                scratch=scratch,
                device="cpu",
                dtype="float32",
                environment=HERE,
                fingerprint="f",
            )
            return Context(
                job=replace(job, **changes),
                engine=FakeEngine(),
                store=store,
                notes=Notes(),
                progress=lambda _name, _message: None,
            )

        yield make


@pytest.fixture
def context(make_context):
    return make_context()


@pytest.fixture
def weights_file(model):
    """A function that writes a safetensors file of one tensor below the model folder."""
    from safetensors.numpy import save_file

    def write(name="transformer/model.safetensors", shape=(4, 4), *, values=None):
        path = model / name
        path.parent.mkdir(parents=True, exist_ok=True)
        filled = np.arange(np.prod(shape), dtype=np.float32).reshape(shape) + 1
        save_file({"weight": filled if values is None else values}, path)
        return path

    return write


def rules(answer):
    return [finding.rule for finding in answer.findings]


@pytest.fixture(name="rules")
def rules_fixture():
    return rules
