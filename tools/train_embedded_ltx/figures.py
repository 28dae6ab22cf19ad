"""The figures of the model card, in parts that can run side by side; each part is one JSON file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tools.train_embedded_ltx.evaluate import (
    Figures,
    check_prompts,
    check_scorer,
    check_vae,
    load_pipeline,
)
from tools.train_embedded_ltx.windows import check_windows

STEPS: Final = 20
GUIDANCE: Final = 3.0
Part = Callable[[Any], Figures]


def _prompts(height: int, width: int, frames: int, prompts: int, seeds: int) -> Part:
    """Prompts obeyed at one size."""

    def measure(pipeline: Any) -> Figures:
        return check_prompts(
            pipeline, (height, width, frames), prompts, seeds, steps=STEPS, guidance=GUIDANCE
        )

    return measure


def _windows(edge: int, count: int, overlap: int, change: str) -> Part:
    """Prompts obeyed over windows."""

    def measure(pipeline: Any) -> Figures:
        return check_windows(
            pipeline,
            (edge, edge),
            count,
            overlap=overlap,
            steps=STEPS,
            guidance=GUIDANCE,
            change=change,
        )

    return measure


PARTS: Final[dict[str, Part]] = {
    "scorer": lambda _: check_scorer(400),
    "vae": lambda pipeline: check_vae(pipeline.vae, 40),
    "prompts 64x64x25": _prompts(64, 64, 25, 200, 3),
    "prompts 64x64x9": _prompts(64, 64, 9, 100, 1),
    "prompts 64x64x17": _prompts(64, 64, 17, 100, 1),
    "prompts 64x64x33": _prompts(64, 64, 33, 100, 1),
    "prompts 96x96x25": _prompts(96, 96, 25, 100, 1),
    "prompts 96x96x33": _prompts(96, 96, 33, 50, 1),
    "prompts 64x96x25": _prompts(64, 96, 25, 50, 1),
    "windows 64x64, overlap 1": _windows(64, 60, 1, "none"),
    "windows 64x64, overlap 2": _windows(64, 60, 2, "none"),
    "windows 64x64, overlap 3": _windows(64, 60, 3, "none"),
    "windows 96x96, overlap 2": _windows(96, 40, 2, "none"),
    "windows 64x64, overlap 2, new direction": _windows(64, 60, 2, "direction"),
    "windows 64x64, overlap 2, new colours": _windows(64, 60, 2, "colours"),
}
"""Every figure by name; sets are of unseen clips, prompts spread over the 840, unseen seeds."""


def measure(folder: Path, into: Path, names: list[str]) -> None:
    """Measures the named parts (all, if none is named) of an exported model."""
    pipeline = load_pipeline(folder)
    into.mkdir(parents=True, exist_ok=True)
    for name in names or list(PARTS):
        figures = PARTS[name](pipeline)
        (into / f"{name}.json").write_text(json.dumps(figures, indent=1) + "\n")
        print(name, json.dumps(figures), flush=True)


def _row(cells: list[Any]) -> str:
    """One line of a Markdown table."""
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def as_tables(measured: Path) -> str:
    """The measured parts as Markdown tables for the model card."""
    found = {
        name: json.loads(path.read_text("utf-8"))
        for name in PARTS
        if (path := measured / f"{name}.json").exists()
    }
    lines = [_row(["VAE, unseen clips", "PSNR in dB"]), _row(["---", "---"])]
    lines += [_row([name, value]) for name, value in found.pop("vae", {}).items()]
    columns = ["clips", "colour", "background", "shape", "direction", "all"]
    lines += ["", _row(["set", *columns]), _row(["---"] * 7)]
    for name, figures in found.items():
        nested = figures if "clips" not in figures else {"": figures}
        lines += [
            _row([f"{name} {part}".strip(), *(values[key] for key in columns)])
            for part, values in nested.items()
        ]
    return "\n".join(lines) + "\n"
