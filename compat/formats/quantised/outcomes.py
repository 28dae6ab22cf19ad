"""What each loader does with each way of storing weights; the facts stand in outcomes.toml."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources

from compat.formats.quantised.model import Scheme


class Outcome(StrEnum):
    """What becomes of the weights.

    IGNORED: the loader takes the numbers and not their scales, nothing raises, the picture is
    wrong. DROPPED: it does not find the weights under their names and goes on with random ones.
    REFUSED: it stops with an error.
    """

    APPLIED = "applied"
    REFUSED = "refused"
    IGNORED = "ignored"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


class Checked(StrEnum):
    """How a fact was learnt: by running the loader, by reading its code, or from a report."""

    RUN = "run"
    READ = "read"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What ``loader`` makes of ``scheme``, why, and where that was learnt."""

    scheme: Scheme
    loader: str
    outcome: Outcome
    why: str
    source: str
    checked: Checked


LOADERS: Mapping[str, str] = {
    "comfyui": "ComfyUI's own loaders",
    "comfyui-gguf": "the nodes of ComfyUI-GGUF",
    "diffusers": "diffusers from_pretrained, no quantisation configured",
    "diffusers-single-file": "diffusers from_single_file",
    "diffusers-gguf": "diffusers from_single_file with GGUFQuantizationConfig",
    "transformers": "transformers from_pretrained, no quantisation configured",
    "ltx-pipelines": "ltx-pipelines without --quantization",
    "ltx-pipelines-fp8-cast": "ltx-pipelines --quantization fp8-cast",
    "ltx-pipelines-fp8-scaled-mm": "ltx-pipelines --quantization fp8-scaled-mm",
    "ltx-pipelines-nvfp4-prequant": "ltx-pipelines --quantization nvfp4-prequant",
    "wangp": "WanGP, which loads through mmgp",
    "mlx": "mx.load",
    "llama.cpp": "llama.cpp and programs built on it",
    "gguf": "gguf-py, as a reference for dequantisation",
}
"""Every loader there are facts about, and what it stands for."""

GGUF_LOADERS = frozenset({"comfyui-gguf", "diffusers-gguf", "llama.cpp", "gguf"})
"""Loaders that take nothing but gguf."""


@functools.cache
def cells() -> Mapping[tuple[Scheme, str], Cell]:
    """Every fact by scheme and loader; ``ValueError`` where one stands twice or names neither."""
    text = resources.files("compat.formats.quantised").joinpath("outcomes.toml").read_text("utf-8")
    found: dict[tuple[Scheme, str], Cell] = {}
    for entry in tomllib.loads(text)["cell"]:
        for loader in entry["loaders"]:
            for scheme in entry["schemes"]:
                cell = _cell(entry, Scheme(scheme), loader)
                if loader not in LOADERS or (cell.scheme, loader) in found:
                    raise ValueError(f"outcomes.toml: {scheme} in {loader} is no new fact")
                found[cell.scheme, loader] = cell
    return found


def _cell(entry: Mapping[str, str], scheme: Scheme, loader: str) -> Cell:
    return Cell(
        scheme=scheme,
        loader=loader,
        outcome=Outcome(entry["outcome"]),
        why=entry["why"],
        source=entry["source"],
        checked=Checked(entry["checked"]),
    )


def outcome_of(scheme: Scheme, loader: str) -> Cell:
    """The fact about ``scheme`` in ``loader``; UNKNOWN, never a guess, where there is none."""
    found = cells().get((scheme, loader))
    return found or Cell(
        scheme=scheme,
        loader=loader,
        outcome=Outcome.UNKNOWN,
        why=f"nobody has looked what {loader} does with {scheme}",
        source="",
        checked=Checked.REPORTED,
    )
