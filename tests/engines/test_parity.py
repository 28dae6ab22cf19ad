"""The shadow names the operation that a broken backend computes wrongly, and no other."""

import pytest

from runners.engines.messages import ClipRequest
from runners.engines.parity_messages import ParityRequest
from tools.device_faults.bug import broken_backend
from tools.device_faults.every_bug import BUGS

pytestmark = [pytest.mark.torch, pytest.mark.xdist_group("engines")]

FAMILIES = ("ltx", "wan", "hunyuan-video", "cogvideox")
# What every family meets; the whole table is made by tools.parity_table.
EVERYWHERE = (
    "linear loses its last term",
    "attention is 2 % off",
    "conv3d rolls its channels",
    "silu gives zeros",
)
LTX_ONLY = (
    "linear writes its last value wrong",
    "linear is 5 % off",
    "conv3d loses its last column",
    "attention reads views as packed",
    "cat reads views as packed",
    "stack reads views as packed",
    "mul reads views as packed",
    "add reads views as packed",
    "neg does nothing",
    "rsqrt is 2 % off",
    "mean is 3 % off",
    "gelu does nothing",
    "cosine has the wrong sign",
    "sub has the wrong sign",
    "div is 2 % off",
    "pow is 2 % off",
    "exp is 2 % off",
)


@pytest.fixture(scope="module")
def shadowed(tiny, local_engine, tmp_path_factory):
    """Renders two steps of a family in the shadow; pipelines are loaded once per dtype."""
    from runners.engines.parity import shadowed_clip
    from runners.engines.saving import to_frames

    folder = tmp_path_factory.mktemp("parity")
    loaded = {}

    def run(family, dtype):
        if (family, dtype) not in loaded:
            engine = local_engine(tiny(family), dtype=dtype)
            engine.open()
            loaded[family, dtype] = engine.role._open.pipeline
        clip = ClipRequest(
            prompt="a cat",
            width=64,
            height=64,
            frames=9,
            steps=2,
            guidance=3.0,
            seed=1,
            latents_path=str(folder / "latents.safetensors"),
            frames_path=str(folder / "frames.npy"),
        )
        pipeline, request = loaded[family, dtype], ParityRequest(clip=clip)
        return shadowed_clip(
            pipeline, request, device="cpu", convert=to_frames, emit=lambda _message: None
        )

    return run


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_sound_device_raises_no_alarm(shadowed, family, dtype):
    answer = shadowed(family, dtype)
    assert answer.divergences == ()
    assert answer.compared > 500
    assert not answer.not_compared


def located(shadowed, family, bug):
    (operation,) = BUGS[bug].operations
    for dtype in ("bfloat16", "float16"):
        mode = broken_backend(BUGS[bug])
        with mode:
            answer = shadowed(family, dtype)
        assert mode.hits
        if answer.divergences:
            return answer.divergences[0], operation
    return None, operation


@pytest.mark.parametrize("bug", EVERYWHERE)
@pytest.mark.parametrize("family", FAMILIES)
def test_the_broken_operation_is_named_first(shadowed, family, bug):
    first, operation = located(shadowed, family, bug)
    assert first is not None
    assert first.operation == operation
    assert first.source
    assert first.module


@pytest.mark.parametrize("bug", LTX_ONLY)
def test_every_kind_of_bug_is_named_first(shadowed, bug):
    first, operation = located(shadowed, "ltx", bug)
    assert first is not None
    assert first.operation == operation


def test_at_most_so_many_divergences_are_kept_and_all_are_counted(shadowed):
    with broken_backend(BUGS["linear is 5 % off"]):
        answer = shadowed("ltx", "bfloat16")
    assert len(answer.divergences) == 20
    assert answer.found > 20
    numbers = [divergence.number for divergence in answer.divergences]
    assert numbers == sorted(numbers)
