"""Collects the ids of all rules about files from the source, so that none goes undocumented."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from compat.formats.quantised.model import Scheme
from compat.formats.quantised.outcomes import LOADERS

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "compat" / "formats"
_ID = re.compile(r"(\{\}|[a-z0-9]+)(-[a-z0-9]+)+")
ROLES = ("text-encoder", "tokenizer", "transformer", "unet", "vae", "scheduler", "component")
BUILT = {
    "{}-missing": ROLES,
    "{}-config-missing": tuple(role for role in ROLES if role != "tokenizer"),
    "{}-weights-missing": ("text-encoder", "transformer", "unet", "vae", "component"),
}
"""Ids that are put together of something else than the two kinds of tensor files."""

NO_RULES = frozenset({
    "deep-scan", "diffusers-folder", "git-lfs", "hub-cache", "latin-1", "no-file", "old-ggml",
    "shard-index", "shard-set", "too-long", "too-short", "torch-legacy", "torch-zip",
    "transformers-folder", "utf-16-be", "utf-16-le", "utf-8",
})  # fmt: skip
"""Words of the same form that are kinds of files, directions and encodings."""


def rule_ids() -> set[str]:
    """Every id that a finding about files can have."""
    found = {
        rule
        for file in sorted(PLACE.rglob("*.py"))
        for rule in _ids(ast.parse(file.read_text("utf-8")))
    }
    schemes = {scheme.value for scheme in Scheme} - {"fp8-plain"}  # a rule as well
    return (found - NO_RULES - schemes - set(LOADERS)) | {"misnamed", "quantised"}  # of one word


def _ids(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from [node.value] if _ID.fullmatch(node.value) else []
        elif isinstance(node, ast.JoinedStr):
            parts = [p.value if isinstance(p, ast.Constant) else "{}" for p in node.values]
            pattern = "".join(map(str, parts))
            if _ID.fullmatch(pattern):
                yield from map(pattern.format, BUILT.get(pattern, ("safetensors", "gguf")))
