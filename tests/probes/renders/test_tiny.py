"""The tiny models are the same every time, real in what loaders count on, and alive all over."""

import re

import pytest

from probes.renders.distance import apart
from probes.renders.rendered import render
from probes.renders.tiny.model import modules_of

from .conftest import FAMILIES, tiny

pytestmark = [
    pytest.mark.torch,
    pytest.mark.xdist_group("renders"),
    # Mochi switches autocasting off by asking for it in float32, which a processor remarks upon.
    pytest.mark.filterwarnings("ignore:In CPU autocast"),
]

WITHOUT_EFFECT = {
    # A constant added to every key moves all scores of a query alike, and softmax drops it.
    "hunyuan-video": r"(token_refiner.*|vae\.decoder\.mid_block.*)\.to_k\.bias",
    "animatediff": r"vae\.decoder\.mid_block.*\.to_k\.bias",
    # The norm behind has one channel a group, which takes a constant away again; and nobody reads
    # what the last block makes of the context.
    "mochi": r"vae\..*\.conv1\.conv\.bias|.*blocks\.1\.attn1\.(add_q_proj|norm_added_q).*",
}
EVERY = 19
"""One tensor in so many is left out at a time; prime, so that no layer is always passed over."""


@pytest.mark.parametrize("family", FAMILIES)
def test_the_weights_are_the_same_every_time_and_leave_torchs_seed_alone(family):
    import torch

    torch.manual_seed(1)
    first = modules_of(tiny(family).parts())
    torch.manual_seed(2)
    again = modules_of(tiny(family).parts())
    for name, module in first.items():
        found = again[name].state_dict()
        assert all(torch.equal(value, found[key]) for key, value in module.state_dict().items())


@pytest.mark.parametrize("family", FAMILIES)
def test_inputs_are_the_same_in_every_dtype(family):
    import torch

    for value in tiny(family).inputs().values():
        if isinstance(value, torch.Tensor) and value.is_floating_point():
            for dtype in (torch.bfloat16, torch.float16):
                assert torch.equal(value.to(dtype).float(), value)


@pytest.mark.parametrize("family", FAMILIES)
def test_matrices_of_the_networks_can_be_cut_into_blocks_of_32(family):
    import torch

    pipeline = tiny(family).assemble(tiny(family).parts())
    for network in tiny(family).core_modules(pipeline):
        odd = [
            name
            for name, layer in network.named_modules()
            if isinstance(layer, torch.nn.Linear) and layer.in_features % 32
        ]
        assert all(re.search(r"^(patch_embed|x_embedder|proj_in)|motion_modules", n) for n in odd)


@pytest.mark.parametrize("family", ["wan-2.1", "wan-2.2", "hunyuan-video"])
def test_heads_are_as_wide_as_comfyui_takes_for_granted(family):
    assert tiny(family).parts()["transformer"].config.attention_head_dim == 128


@pytest.mark.parametrize("family", FAMILIES)
def test_a_clip_moves_and_fills_the_range_without_being_cut_off(family):
    clip = rendered(family, tiny(family).assemble(tiny(family).parts()))
    frames = clip.frames
    assert 0.1 < float(frames.std()) < 0.4
    assert float((frames[1:] - frames[:-1]).std()) > 0.02
    assert float(((frames <= 0) | (frames >= 1)).float().mean()) < 0.35
    assert 0.5 < float(clip.latents.std()) < 10


def rendered(family, pipeline):
    return render(pipeline, tiny(family).inputs(), "float32", "cpu")


@pytest.mark.parametrize("family", FAMILIES)
def test_every_tensor_shows_in_the_result(family):
    """Far above what a float32 cell may be off, about 1e-6."""
    import torch

    pipeline = tiny(family).assemble(tiny(family).parts())
    whole = rendered(family, pipeline)
    for name, value in sampled(family, pipeline):
        kept = value.detach().clone()
        with torch.no_grad():
            value.zero_()
            clip = rendered(family, pipeline)
            value.copy_(kept)
        moved = max(apart(getattr(clip, what), getattr(whole, what)) for what in whole.kinds)
        silent = re.fullmatch(WITHOUT_EFFECT.get(family, "-"), name)
        assert (moved < 1e-5) if silent else (moved > 1e-4), f"{name} moves it by {moved}"


def sampled(family, pipeline):
    """Tensors that a render uses: all of the networks, and of the autoencoder what decodes."""
    named = [
        (f"{part}.{name}", value)
        for part in (*(tiny(family).cores or tiny(family).networks), "vae")
        for name, value in getattr(pipeline, part).named_parameters()
        if part != "vae" or not re.match(r"encoder|quant_conv", name)
    ]
    return named[::EVERY]
