"""Collects the ids of all rules about files from the source, so that none goes undocumented."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACES = ("compat/formats", "compat/identify")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
MAKERS = {"damage", "Finding", "NonsenseError"}
ROLES = ("text-encoder", "tokenizer", "transformer", "unet", "vae", "scheduler", "component")
BUILT = {
    "{}-overlap": ("safetensors", "gguf"),
    "{}-hole": ("safetensors", "gguf"),
    "{}-cut-in-data": ("safetensors", "gguf"),
    "{}-trailing-bytes": ("safetensors", "gguf"),
    "{}-missing": ROLES,
    "{}-config-missing": ROLES[:1] + ROLES[2:],
    "{}-weights-missing": ("text-encoder", "transformer", "unet", "vae", "component"),
}
"""Ids that are put together in the source, and what with."""


def rule_ids() -> set[str]:
    """Every id that a finding about files can have."""
    found: set[str] = set()
    for place in PLACES:
        for file in sorted((ROOT / place).rglob("*.py")):
            found.update(_ids(ast.parse(file.read_text("utf-8"))))
    return found


def _ids(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in MAKERS:
            named = next((k.value for k in node.keywords if k.arg == "rule"), None)
            yield from _texts(named if named is not None else next(iter(node.args), None))
        elif isinstance(node, ast.Dict):
            yield from _tables(node)


def _tables(node: ast.Dict) -> Iterator[str]:
    """First texts of tuples in tables of (rule, sentence, remedy)."""
    for value in node.values:
        if isinstance(value, ast.Tuple) and len(value.elts) == 3:
            first = value.elts[0]
            if isinstance(first, ast.Constant) and _ID.fullmatch(str(first.value)):
                yield str(first.value)


def _texts(node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from [node.value] if _ID.fullmatch(node.value) else []
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        parts = [p.value if isinstance(p, ast.Constant) else "{}" for p in node.values]
        pattern = "".join(map(str, parts))
        yield from (pattern.format(word) for word in BUILT[pattern])


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
