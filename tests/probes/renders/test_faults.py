"""Every way in which a loader can silently go wrong turns its cell red, with the right rule."""

from dataclasses import replace

import pytest

from probes.renders.expected import expected
from probes.renders.loaders.loader import Job, Loader
from probes.renders.loaders.registry import LOADERS
from probes.renders.rendered import Rendered

from .conftest import tiny

pytestmark = [
    pytest.mark.torch,
    pytest.mark.xdist_group("renders"),
    pytest.mark.proves("render-*"),
]


def network(family, pipeline):
    return tiny(family).core_modules(pipeline)[0]


def attention(module):
    """The first self-attention of a network, whatever its family calls it."""
    found = [part for part in module.modules() if hasattr(part, "to_q") and hasattr(part, "to_k")]
    return found[0]


def drop_a_bias(module):
    outputs = [part.to_out for part in module.modules() if getattr(part, "to_out", None)]
    outputs[-1][0].bias.zero_()


def swap_query_and_key(module):
    block = attention(module)
    kept = block.to_q.weight.clone()
    block.to_q.weight.copy_(block.to_k.weight)
    block.to_k.weight.copy_(kept)


def transpose(module):
    weight = attention(module).to_q.weight
    weight.copy_(weight.clone().T)


def zero_a_layer(module):
    for value in attention(module).parameters():
        value.zero_()


def reverse_rows(module):
    weight = attention(module).to_v.weight
    weight.copy_(weight.flip(0))


def forget_a_scale(module):
    attention(module).to_v.weight.mul_(16)


def read_halves_as_bfloats(module):
    import torch

    weight = attention(module).to_v.weight
    weight.copy_(weight.half().view(torch.bfloat16).float())


def shift_by_one(module):
    weight = attention(module).to_v.weight
    weight.copy_(weight.flatten().roll(1).reshape(weight.shape))


def codes_for_values(module):
    import torch

    weight = attention(module).to_v.weight
    weight.copy_(weight.to(torch.float8_e4m3fn).view(torch.uint8).float())


def round_to_five_bits(module):
    import torch

    weight = attention(module).to_v.weight
    weight.copy_(weight.to(torch.float8_e5m2).float())


DAMAGE = {
    damage.__name__.replace("_", " "): damage
    for damage in (
        drop_a_bias,
        swap_query_and_key,
        transpose,
        zero_a_layer,
        reverse_rows,
        forget_a_scale,
        read_halves_as_bfloats,
        shift_by_one,
        codes_for_values,
        round_to_five_bits,
    )
}


def broken(family, damage):
    """The folder loader, with ``damage`` done to the first network it loads."""
    import torch

    whole = LOADERS["diffusers-folder"]

    def load(job):
        pipeline = whole.load(job)
        with torch.no_grad():
            damage(network(family, pipeline))
        return pipeline

    return replace(whole, load=load)


SUBTLE = (drop_a_bias, swap_query_and_key, shift_by_one)
CASES = [("ltx", damage) for damage in DAMAGE.values()] + [
    (family, damage)
    for family in ("wan-2.2", "hunyuan-video", "cogvideox", "ltx-2")
    for damage in SUBTLE
]


@pytest.mark.parametrize(("family", "damage"), CASES)
def test_damage_that_no_library_reports_is_told_as_silently_wrong(ask_loader, family, damage):
    said = ask_loader(broken(family, damage), family)
    assert said.rules in (["render-silently-wrong"], ["render-garbage"]), said.measures


@pytest.mark.parametrize(
    "damage", [swap_query_and_key, zero_a_layer, forget_a_scale, codes_for_values]
)
def test_gross_damage_shows_in_bfloat16_too(ask_loader, damage):
    said = ask_loader(broken("ltx", damage), "ltx", "bfloat16")
    assert said.rules in (["render-silently-wrong"], ["render-garbage"]), said.measures


def test_a_nan_among_the_weights_is_told_as_garbage(ask_loader):
    def poison(module):
        attention(module).to_q.weight[0, 0] = float("nan")

    said = ask_loader(broken("ltx", poison), "ltx")
    assert said.rules == ["render-garbage"]
    assert "NaN or infinite" in said.text


def test_exchanged_experts_are_told(ask_loader):
    whole = LOADERS["diffusers-folder"]

    def load(job):
        pipeline = whole.load(job)
        high, low = pipeline.transformer, pipeline.transformer_2
        pipeline.transformer, pipeline.transformer_2 = low, high
        return pipeline

    said = ask_loader(replace(whole, load=load), "wan-2.2", "bfloat16")
    assert said.rules == ["render-silently-wrong"]


def test_a_lost_motion_module_is_told(ask_loader):
    def forget_motion(module):
        for name, value in module.named_parameters():
            if "motion_modules" in name:
                value.zero_()

    said = ask_loader(broken("animatediff", forget_motion), "animatediff", "bfloat16")
    assert said.rules == ["render-silently-wrong"]


def test_sound_that_is_lost_is_told_although_the_frames_are_right(ask_loader):
    import torch

    whole = LOADERS["diffusers-folder"]

    def load(job):
        pipeline = whole.load(job)
        with torch.no_grad():
            pipeline.vocoder.conv_out.bias.add_(0.2)
        return pipeline

    said = ask_loader(replace(whole, load=load), "ltx-2")
    assert said.rules == ["render-silently-wrong"]
    assert "sound" in said.text
    assert "frames" not in said.text


def test_weights_of_8_bits_that_are_scaled_wrongly_are_not_excused_by_their_quantisation(
    ask_loader,
):
    """Another grid of the same size costs as much as the right one, and is still wrong."""
    import torch

    whole = LOADERS["quanto"]

    def load(job):
        pipeline = LOADERS["diffusers-folder"].load(job)
        with torch.no_grad():
            for layer in pipeline.transformer.modules():
                if isinstance(layer, torch.nn.Linear):
                    scale = layer.weight.abs().amax() / 127
                    layer.weight.copy_((layer.weight / scale).round() * scale)
        return pipeline

    said = ask_loader(replace(whole, load=load), "ltx", "float32", "int8")
    assert said.rules == ["render-silently-wrong"]
    assert said.measures["latents distance"] < 0.1


def test_a_refusal_is_told_in_the_words_of_the_library(ask_loader):
    def load(_job):
        raise RuntimeError("unexpected key: lower.banana")

    said = ask_loader(Loader(name="stub", load=load, cells=()), "ltx")
    assert said.rules == ["render-refused"]
    assert "does not load: RuntimeError: unexpected key: lower.banana" in said.text


def test_a_pipeline_that_loads_and_does_not_render_is_told(ask_loader):
    def load(job):
        pipeline = LOADERS["diffusers-folder"].load(job)
        pipeline.vae = None
        return pipeline

    said = ask_loader(replace(LOADERS["diffusers-folder"], load=load), "ltx")
    assert said.rules == ["render-refused"]
    assert "loads and does not render" in said.text


def spoiled(spoil):
    """The folder loader, with ``spoil`` done to what is rendered."""
    whole = LOADERS["diffusers-folder"]
    return replace(whole, render=lambda job, loaded: spoil(whole.render(job, loaded)))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda r: replace(r, frames=r.frames[:1].expand_as(r.frames)), "are the same"),
        (lambda r: replace(r, frames=r.frames * 0 + 0.5), "flat"),
        (lambda r: replace(r, latents=r.latents * 0), "flat"),
        (lambda r: replace(r, frames=r.frames[:-1]), "have shape"),
        (lambda r: replace(r, frames=r.frames / 0), "NaN or infinite"),
    ],
)
def test_what_no_rounding_explains_is_told_as_garbage(ask_loader, spoil, words):
    said = ask_loader(spoiled(spoil), "ltx", "bfloat16")
    assert said.rules == ["render-garbage"]
    assert words in said.text


@pytest.mark.parametrize(
    "spoil",
    [
        lambda r: replace(r, frames=r.frames.flip(0)),
        lambda r: replace(r, frames=r.frames.flip(1)),
        lambda r: replace(r, frames=r.frames.flip(3)),
        lambda r: replace(r, frames=(r.frames * 15).round() / 15),
        lambda r: replace(r, latents=r.latents + 0.05 * r.latents.std()),
    ],
    ids=["backwards", "red and blue", "mirrored", "sixteen levels", "shifted latents"],
)
def test_frames_that_are_not_those_of_these_weights_are_told(ask_loader, spoil):
    assert ask_loader(spoiled(spoil), "ltx", "bfloat16").rules == ["render-silently-wrong"]


@pytest.mark.parametrize(
    ("operation", "damage"),
    [
        ("addmm", lambda x: x * 1.05),
        ("convolution", lambda x: x + 0.05),
        ("_scaled_dot_product_flash_attention_for_cpu", lambda x: x.flip(2)),
        ("silu", lambda x: x.clamp(max=0.5)),
    ],
)
def test_an_operation_that_the_device_gets_wrong_is_told(
    ask_loader, broken, tmp_path, operation, damage
):
    loader = LOADERS["safetensors-torch"]
    expected(loader, Job(tiny=tiny("ltx"), dtype="bfloat16", scratch=tmp_path))
    with broken(operation, damage=damage) as mode:
        said = ask_loader(loader, "ltx", "bfloat16")
    assert mode.hits
    assert said.rules == ["render-silently-wrong"]


def test_a_render_is_compared_with_itself_without_a_word(ask_loader):
    said = ask_loader(spoiled(lambda r: Rendered(latents=r.latents, frames=r.frames)), "ltx")
    assert said.outcome == "pass"
