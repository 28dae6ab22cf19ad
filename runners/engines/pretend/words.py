"""torch's objects in the words that facts and traces use."""

import functools
import sys
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

OWN = str(PurePath(__file__).parent)

_HUBS = ("attention_dispatch.py", "sdpa_attention.py", "hooks.py")
"""Files through which every attention or every call goes; who calls them is what a user asks."""

_WORDS = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16",
    "complex128": "C128", "complex64": "C64", "complex32": "C32", "bool": "BOOL",
    "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8",
    "uint64": "U64", "uint32": "U32", "uint16": "U16", "uint8": "U8",
    "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2", "float8_e4m3fnuz": "F8_E4M3FNUZ",
    "float8_e5m2fnuz": "F8_E5M2FNUZ", "float8_e8m0fnu": "F8_E8M0", "float4_e2m1fn_x2": "F4",
}  # fmt: skip


@functools.cache
def word(dtype: Any) -> str:
    """The dtype in the words of safetensors; torch's own name for one that has none."""
    name = str(dtype).removeprefix("torch.")
    return _WORDS.get(name, name)


@functools.cache
def torch_dtype(name: str) -> Any:
    """The torch dtype of a safetensors word; ``TypeError`` for one this torch does not have."""
    import torch

    own = {value: key for key, value in _WORDS.items()}.get(name, name)
    found = getattr(torch, own, None)
    if not isinstance(found, torch.dtype):
        raise TypeError(f"torch {torch.__version__} has no dtype {name}")
    return found


def place() -> str:
    """File and line of the library code that asked for the operation that runs now."""
    frame: Any = sys._getframe(1)
    fallback = ""
    while frame is not None:
        name = _shown(frame.f_code.co_filename)
        if name:
            return f"{name}:{frame.f_lineno}"
        fallback = fallback or frame.f_code.co_filename
        frame = frame.f_back
    return fallback


@functools.cache
def _shown(path: str) -> str:
    """The path from the folder of packages on; empty for torch's own code, ours and Python's."""
    if path.startswith((OWN, "<")) or "importlib" in path:
        return ""
    parts = PurePath(path).parts
    for home in ("site-packages", "dist-packages"):
        if home in parts:
            parts = parts[len(parts) - parts[::-1].index(home) :]
            break
    if parts[0] in ("torch", "accelerate") or parts[-1] in _HUBS or _is_python(path):
        return ""
    for package in ("diffusers", "transformers"):
        if package in parts:
            return "/".join(parts[parts.index(package) :])
    return "/".join(parts[-3:])


def _is_python(path: str) -> bool:
    return path.startswith(str(PurePath(functools.__file__).parent)) and "-packages" not in path


Details = Mapping[str, object]


def details_of(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, object]:
    """What rules need of an operation's other arguments; mostly nothing.

    Padding comes as (left, right) per axis from the last one on; a convolution says whether it is
    transposed.
    """
    if name.startswith("aten::convolution") and len(args) > 6:
        return {"transposed": bool(args[6])}
    if "pad" in name and len(args) > 1 and isinstance(args[1], list | tuple):
        return {"pad": [int(side) for side in args[1]]}
    if name.startswith("aten::scaled_dot_product_attention"):
        return {
            "mask": args[3] is not None if len(args) > 3 else kwargs.get("attn_mask") is not None,
            "causal": bool(args[5] if len(args) > 5 else kwargs.get("is_causal", False)),
        }
    return {}


def place_of(frames: Any) -> str:
    """File and line of the deepest library code among the frames of a traceback."""
    for frame in reversed(list(frames)):
        if name := _shown(frame.filename):
            return f"{name}:{frame.lineno}"
    return ""
