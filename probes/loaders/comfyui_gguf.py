"""Reads, without running it, which architectures a ComfyUI-GGUF takes."""

import ast
from pathlib import Path

NODE_FOLDERS = ("ComfyUI-GGUF", "comfyui-gguf", "ComfyUI_GGUF")
BUILT_IN = "comfy/gguf.py"
"""Where a fork that packages ComfyUI carries the same lists."""

LISTS = ("IMG_ARCH_LIST", "TXT_ARCH_LIST")
WITHOUT_WORD = ("", "pig", "cow")
"""Architectures for which ComfyUI-GGUF looks at names instead (its loader.py, 795e451)."""

_MOST_BYTES = 1 << 20


def gguf_source(folder: Path) -> Path | None:
    """The file that reads GGUF in the ComfyUI at ``folder``; None where there is none."""
    for name in NODE_FOLDERS:
        if (path := folder / "custom_nodes" / name / "loader.py").is_file():
            return path
    built_in = folder / BUILT_IN
    return built_in if built_in.is_file() else None


def reads_gguf(folder: Path) -> bool:
    """Whether the ComfyUI at ``folder`` reads GGUF at all."""
    return gguf_source(folder) is not None


def architectures(source: Path) -> dict[str, frozenset[str]]:
    """The words of both lists in ``source``; ``ValueError`` where it has no such literals."""
    with source.open("rb") as handle:
        tree = ast.parse(handle.read(_MOST_BYTES))
    found: dict[str, frozenset[str]] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name in LISTS:
                found[name] = frozenset(map(str, ast.literal_eval(node.value)))
    if len(found) != len(LISTS):
        raise ValueError(f"it does not list {' and '.join(LISTS)}")
    return found
