"""Sizes that a conversion of diffusers takes for granted, replaced by those of the tiny model.

``from_single_file`` splits HunyuanVideo's packed layers at its width of 3072 and looks for Mochi's
48 blocks, whatever the config says (diffusers 0.42.1, loaders/single_file_utils.py). A model of the
published size would take gigabytes, so the conversion is run with other numbers in the same code.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any

Sizes = Mapping[int, int]


@contextlib.contextmanager
def conversion_for(network: Any) -> Iterator[None]:
    """While this lasts, ``from_single_file`` converts to the size of ``network``."""
    sizes = _sizes(network)
    if not sizes:
        yield
        return
    from diffusers.loaders.single_file_model import SINGLE_FILE_LOADABLE_CLASSES

    entry = SINGLE_FILE_LOADABLE_CLASSES[type(network).__name__]
    kept = entry["checkpoint_mapping_fn"]
    entry["checkpoint_mapping_fn"] = resized(kept, sizes)
    try:
        yield
    finally:
        entry["checkpoint_mapping_fn"] = kept


def _sizes(network: Any) -> Sizes:
    config = network.config
    if type(network).__name__ == "HunyuanVideoTransformer3DModel":
        return {3072: config.num_attention_heads * config.attention_head_dim}
    if type(network).__name__ == "MochiTransformer3DModel":
        return {48: config.num_layers}
    return {}


def resized(function: Callable[..., Any], sizes: Sizes) -> Callable[..., Any]:
    """The same code with other numbers; the function itself where it has none of them."""
    if not isinstance(function, FunctionType):
        return function
    return FunctionType(
        _with(function.__code__, sizes),
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )


def _with(code: CodeType, sizes: Sizes) -> CodeType:
    def other(constant: Any) -> Any:
        if isinstance(constant, CodeType):
            return _with(constant, sizes)
        return sizes.get(constant, constant) if type(constant) is int else constant

    return code.replace(co_consts=tuple(map(other, code.co_consts)))
