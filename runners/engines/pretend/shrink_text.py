"""Makes the config of a text encoder small, so that its width fits the shrunk network."""

from collections.abc import Mapping
from typing import Any

from runners.engines.pretend.shrink import WIDTH

HEADS = 4
TOKENS = 1000
"""Words of a shrunk vocabulary; numbers of special tokens are cut to it."""

SMALL: Mapping[str, int] = {
    "hidden_size": WIDTH, "d_model": WIDTH, "projection_dim": WIDTH, "intermediate_size": 64,
    "d_ff": 64, "head_dim": WIDTH // HEADS, "d_kv": WIDTH // HEADS,
    "num_attention_heads": HEADS, "num_heads": HEADS, "vocab_size": TOKENS,
}  # fmt: skip
"""What is the same in every shrunk encoder: T5, UMT5, CLIP, Llama, Gemma, Qwen."""

MOST: Mapping[str, int] = {
    "num_hidden_layers": 2, "num_layers": 2, "num_decoder_layers": 1, "num_key_value_heads": 2,
}  # fmt: skip
"""What is left as it is where it is smaller; LTX-2 takes all hidden states, of two layers three."""


def shrunk_text(config: Mapping[str, Any]) -> dict[str, Any]:
    """A whole config of transformers with few layers, heads and words, through all its parts.

    Activations, norms, biases, positions and kinds of attention stay as they are.
    """
    small = {key: _value(key, value) for key, value in config.items()}
    kinds = small.get("layer_types")
    if isinstance(kinds, list) and kinds:
        small["layer_types"] = _kinds(kinds, small.get("num_hidden_layers") or len(kinds))
    return small


def _value(key: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return shrunk_text(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    if key in SMALL:
        return SMALL[key]
    if key.endswith(("_token_id", "_token_index")):
        return min(value, TOKENS - 1)
    return min(value, MOST[key]) if key in MOST else value


def _kinds(kinds: list[Any], layers: int) -> list[Any]:
    """One of each kind first, so that sliding and whole attention are both seen."""
    different = list(dict.fromkeys(kinds))
    return (different + [kinds[-1]] * layers)[:layers]
