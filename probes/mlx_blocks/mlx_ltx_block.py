"""One transformer block of LTX Video, written in MLX."""

from collections.abc import Iterator, Mapping
from typing import Any

from compat.core.model import Finding, Level, Needs, Session
from compat.core.probe import probe
from probes.mlx_blocks.comparison import block_agrees
from probes.numerics import sample

# As LTX Video is built (the width of its heads, three axes of positions), with 2 heads, not 32.
_HEADS, _HEAD_WIDTH, _TEXT_WIDTH = 2, 64, 48
_WIDTH = _HEADS * _HEAD_WIDTH
_FRAMES, _ROWS, _COLUMNS, _WORDS = 3, 4, 5, 7
_TOKENS = _FRAMES * _ROWS * _COLUMNS

Arrays = Mapping[str, Any]


@probe(
    "mlx-ltx-block",
    family="mlx-blocks",
    needs=Needs(
        modules=("mlx.core", "torch", "safetensors.torch", "diffusers"),
        devices=("mlx",),
        seconds=120.0,
        level=Level.STANDARD,
    ),
)
def mlx_ltx_block(session: Session) -> Iterator[Finding]:
    """MLX computes a transformer block of LTX Video as torch does.

    The block is the real one of diffusers, small and with random weights: modulation by the time
    step, RMS norm, norm of queries and keys, rotary positions over three axes, attention, cross
    attention and feed forward. A port of LTX Video to MLX is made of these; where this fails, none
    can be right on this machine. Update MLX, or render with torch.
    """
    yield from block_agrees(
        session, "a block of LTX Video", ltx_block(0), block_inputs(0), computed
    )


def ltx_block(seed: int) -> Any:
    """The block of diffusers with weights that depend on ``seed`` alone."""
    import torch
    from diffusers.models.transformers.transformer_ltx import LTXVideoTransformerBlock

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        block = LTXVideoTransformerBlock(_WIDTH, _HEADS, _HEAD_WIDTH, _TEXT_WIDTH)
    for number, norm in enumerate(
        part for name, part in block.named_parameters() if "norm" in name
    ):
        # A fresh norm multiplies by one, which would hide that it is left out.
        norm.data += 0.2 * sample(*norm.shape, seed=100 * seed + number)
    return block.eval()


def block_inputs(seed: int) -> dict[str, Any]:
    """Two clips, their texts, a time step for each, and the positions; float32, by name."""
    return {
        "hidden_states": sample(2, _TOKENS, _WIDTH, seed=3 * seed + 1),
        "encoder_hidden_states": sample(2, _WORDS, _TEXT_WIDTH, seed=3 * seed + 2),
        "temb": 0.3 * sample(2, 1, 6 * _WIDTH, seed=3 * seed + 3),
        "image_rotary_emb": _positions(),
    }


def _positions() -> Any:
    import torch
    from diffusers.models.transformers.transformer_ltx import LTXVideoRotaryPosEmbed

    tables = LTXVideoRotaryPosEmbed(_WIDTH)(
        torch.zeros(2), _FRAMES, _ROWS, _COLUMNS, (8 / 25, 32.0, 32.0)
    )
    return torch.stack(tables)


def computed(weights: Arrays, inputs: Arrays) -> Any:
    """The block in MLX, with the names of diffusers for weights and inputs."""
    import mlx.core as mx

    states, steps = inputs["hidden_states"], inputs["temb"]
    table = weights["scale_shift_table"] + steps.reshape(*steps.shape[:2], 6, -1)
    shift, scale, gate, shift_ff, scale_ff, gate_ff = (table[:, :, n] for n in range(6))
    normed = mx.fast.rms_norm(states, None, 1e-6) * (1 + scale) + shift
    rotary = inputs["image_rotary_emb"]
    states = states + _attention(weights, "attn1", normed, normed, rotary) * gate
    text = inputs["encoder_hidden_states"]
    states = states + _attention(weights, "attn2", states, text, None)
    normed = mx.fast.rms_norm(states, None, 1e-6) * (1 + scale_ff) + shift_ff
    return states + _feed_forward(weights, normed) * gate_ff


def _attention(weights: Arrays, name: str, states: Any, context: Any, rotary: Any) -> Any:
    import mlx.core as mx

    query, key, value = (
        _linear(weights, f"{name}.to_{part}", source)
        for part, source in (("q", states), ("k", context), ("v", context))
    )
    query = mx.fast.rms_norm(query, weights[f"{name}.norm_q.weight"], 1e-5)
    key = mx.fast.rms_norm(key, weights[f"{name}.norm_k.weight"], 1e-5)
    if rotary is not None:
        query, key = _rotated(query, rotary), _rotated(key, rotary)
    heads = (_split(tokens) for tokens in (query, key, value))
    mixed = mx.fast.scaled_dot_product_attention(*heads, scale=_HEAD_WIDTH**-0.5)
    joined = mixed.transpose(0, 2, 1, 3).reshape(*states.shape[:2], -1)
    return _linear(weights, f"{name}.to_out.0", joined)


def _split(tokens: Any) -> Any:
    return tokens.reshape(*tokens.shape[:2], _HEADS, _HEAD_WIDTH).transpose(0, 2, 1, 3)


def _rotated(tokens: Any, rotary: Any) -> Any:
    """Turn pairs of neighbouring channels, in float32 as diffusers does."""
    import mlx.core as mx

    pairs = tokens.reshape(*tokens.shape[:2], -1, 2)
    turned = mx.stack([-pairs[..., 1], pairs[..., 0]], axis=-1).reshape(tokens.shape)
    cosines, sines = (table.astype(mx.float32) for table in rotary)
    result = tokens.astype(mx.float32) * cosines + turned.astype(mx.float32) * sines
    return result.astype(tokens.dtype)


def _feed_forward(weights: Arrays, states: Any) -> Any:
    import mlx.core as mx

    inner = _linear(weights, "ff.net.0.proj", states)
    # The approximation by tanh, with the constants of its definition (Hendrycks and Gimpel 2016).
    wide = 0.7978845608028654 * (inner + 0.044715 * inner * inner * inner)
    return _linear(weights, "ff.net.2", 0.5 * inner * (1 + mx.tanh(wide)))


def _linear(weights: Arrays, name: str, states: Any) -> Any:
    import mlx.core as mx

    return mx.addmm(weights[f"{name}.bias"], states, weights[f"{name}.weight"].T)
