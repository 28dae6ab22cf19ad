"""Lets a config.json describe a model, and nothing else: no code, no downloads, no giants."""

from collections.abc import Iterable, Mapping
from typing import Any

MOST_LAYERS = 1000
MOST_SIDE = 1 << 24
"""Largest count of layers and largest width taken for real: 10 and 60 times what is published."""

_LAYER_WORDS = ("layers", "depth", "blocks", "num_hidden")
_DROPPED = ("auto_map", "quantization_config", "_name_or_path", "_commit_hash",
            "attn_implementation", "_attn_implementation", "_attn_implementation_internal",
            "experts_implementation", "_experts_implementation")  # fmt: skip
"""Keys by which a config can name code to run, weights to fetch or packages to call."""


PACKINGS: Mapping[str, str] = {
    "._data": "optimum-quanto", ".absmax": "bitsandbytes", ".qweight": "GPTQ or AWQ",
    ".weight_scale_2": "nvfp4", ".weight_packed": "compressed-tensors",
}  # fmt: skip
"""Endings of names that come with weights of other names or shapes than the class has (section 7
of the signatures' fact table)."""


class UnsafeConfigError(Exception):
    """A config that describes no model anybody published."""


def packed_by(config: Mapping[str, Any], names: Iterable[str]) -> str:
    """How the weights are packed, by config or names; "" for weights as the class holds them."""
    found = config.get("quantization_config")
    if isinstance(found, dict):
        return str(found.get("quant_method", "a quantiser"))[:40]
    return next(
        (how for name in names for ending, how in PACKINGS.items() if name.endswith(ending)), ""
    )


def described(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config without what could act; ``UnsafeConfigError`` for sizes nobody has."""
    return {key: _value(key, value) for key, value in config.items() if key not in _DROPPED}


def _value(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return described(value)
    if isinstance(value, list):
        if len(value) > MOST_LAYERS:
            raise UnsafeConfigError(f"its config lists {len(value)} values for {key[:40]!a}")
        return [_value(key, item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        limit = MOST_LAYERS if any(word in key for word in _LAYER_WORDS) else MOST_SIDE
        if abs(value) > limit:
            raise UnsafeConfigError(f"its config says {key[:40]!a} is {value}")
    return value
