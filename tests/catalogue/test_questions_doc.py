"""Every finding that a question of the preflight can have is documented, and no other."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "questions.md").read_text("utf-8")
FILES = (
    "cpu_reference", "decode_path", "denoise", "guidance", "latents", "own_picture", "picture",
    "smoke", "text", "vae",
)  # fmt: skip
NO_RULES = {
    "cpu-reference",
    "save-path",
    "decode-path",
    "own-picture",
    "smoke-text",
    "picture-steps",
}
"""Words of the same form that are checks and files."""
BUILT = {"{}-ignored": ("guidance-ignored", "negative-prompt-ignored")}


def rules_of(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", node.value):
                yield node.value
        elif isinstance(node, ast.JoinedStr):
            parts = [p.value if isinstance(p, ast.Constant) else "{}" for p in node.values]
            yield from BUILT.get("".join(map(str, parts)), ())


def test_the_page_names_every_finding_and_no_other():
    places = [ROOT / "runners" / "preflight" / f"{name}_check.py" for name in FILES]
    places.append(ROOT / "runners" / "preflight" / "hand_over.py")
    known = {rule for place in places for rule in rules_of(place)} - NO_RULES
    table = PAGE.split("## Findings")[1].split("## How")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = {rule for cell in cells for rule in re.findall(r"`([^`]+)`", cell)}
    assert named == known


def test_the_page_names_every_check_that_asks():
    from runners.preflight.ladder import STEPS

    asking = {step.id for step in STEPS} - {
        "files", "identity", "fit", "plan", "resources", "device", "load", "save-path",
    }  # fmt: skip
    assert set(re.findall(r"^\| `([a-z-]+)` \| ", PAGE.split("## Findings")[0], re.M)) == asking
