"""One convolution block of the autoencoder of LTX Video, written in MLX."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from compat.core.model import Finding, Level, Needs, Session
from compat.core.probe import probe
from probes.mlx_blocks.comparison import block_agrees
from probes.numerics import sample

_IN, _OUT = 16, 24
_FRAMES, _ROWS, _COLUMNS = 4, 6, 7

Arrays = Mapping[str, Any]


@probe(
    "mlx-vae-conv-block",
    family="mlx-blocks",
    needs=Needs(
        modules=("mlx.core", "torch", "safetensors.torch", "diffusers"),
        devices=("mlx",),
        seconds=120.0,
        level=Level.STANDARD,
    ),
)
def mlx_vae_conv_block(session: Session) -> Iterator[Finding]:
    """MLX computes a convolution block of the autoencoder of LTX Video as torch does.

    The block is the real one of diffusers: RMS norm over channels, modulation by the time step,
    SiLU, two convolutions over time and space that look at the past alone, and a shortcut. MLX
    keeps channels last and kernels as (out, time, height, width, in), so each weight is turned.
    """
    for name, (block, inputs) in {
        "a convolution block with a shortcut": shortcut_block(0),
        "a convolution block with modulation": modulated_block(0),
    }.items():
        yield from block_agrees(session, name, block, inputs, computed)


def shortcut_block(seed: int) -> tuple[Any, dict[str, Any]]:
    """A block that changes the number of channels, and latents for it in torch's layout."""
    from diffusers.models.autoencoders.autoencoder_kl_ltx import LTXVideoResnetBlock3d

    block = _seeded(seed, lambda: LTXVideoResnetBlock3d(_IN, _OUT))
    for number, norm in enumerate((block.norm3.weight, block.norm3.bias)):
        # A fresh norm is the identity, which would hide that it is left out.
        norm.data += 0.2 * sample(*norm.shape, seed=100 * seed + number)
    return block, {"inputs": _latents(seed)}


def modulated_block(seed: int) -> tuple[Any, dict[str, Any]]:
    """A block as LTX Video has it from 0.9.1 on, with latents and an embedded time step."""
    from diffusers.models.autoencoders.autoencoder_kl_ltx import LTXVideoResnetBlock3d

    block = _seeded(seed, lambda: LTXVideoResnetBlock3d(_IN, timestep_conditioning=True))
    steps = 0.3 * sample(2, 4 * _IN, 1, 1, 1, seed=seed + 2)
    return block, {"inputs": _latents(seed), "temb": steps}


def _seeded(seed: int, make: Callable[[], Any]) -> Any:
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return make().eval()


def _latents(seed: int) -> Any:
    return sample(2, _IN, _FRAMES, _ROWS, _COLUMNS, seed=seed + 1)


def computed(weights: Arrays, inputs: Arrays) -> Any:
    """The block in MLX, with the names of diffusers; the result is in torch's layout again."""
    import mlx.core as mx

    given = inputs["inputs"].transpose(0, 2, 3, 4, 1)
    states, shifts = given, _modulation(weights, inputs)
    for name, (shift, scale) in zip(("conv1", "conv2"), shifts, strict=True):
        normed = mx.fast.rms_norm(states, None, 1e-8) * (1 + scale) + shift
        states = _convolved(weights, name, normed * mx.sigmoid(normed))
    if "norm3.weight" in weights:
        affine = weights["norm3.weight"], weights["norm3.bias"]
        given = _convolved(weights, "conv_shortcut", mx.fast.layer_norm(given, *affine, 1e-6))
    return (states + given).transpose(0, 4, 1, 2, 3)


def _modulation(weights: Arrays, inputs: Arrays) -> Sequence[tuple[Any, Any]]:
    """Shift and scale for each of the two convolutions, channels last; 0 where there is none."""
    if "scale_shift_table" not in weights:
        return ((0, 0), (0, 0))
    steps = inputs["temb"].reshape(-1, 4, 1, 1, 1, _IN)
    table = steps + weights["scale_shift_table"].reshape(1, 4, 1, 1, 1, _IN)
    return ((table[:, 0], table[:, 1]), (table[:, 2], table[:, 3]))


def _convolved(weights: Arrays, name: str, states: Any) -> Any:
    """A convolution in which the first frame stands for the time before it."""
    import mlx.core as mx

    kernel = weights[f"{name}.conv.weight"].transpose(0, 2, 3, 4, 1)
    time, height, width = kernel.shape[1:4]
    before = mx.repeat(states[:, :1], time - 1, axis=1)
    padded = mx.concatenate([before, states], axis=1)
    around = (0, height // 2, width // 2)
    return mx.conv_general(padded, kernel, padding=around) + weights[f"{name}.conv.bias"]
