"""Checks a folder in the layout of transformers: a config, weights, a tokenizer."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Severity
from compat.formats.bounded_json import UnreadableJsonError, read_json_object
from compat.formats.companions import why_unreadable
from compat.formats.header import try_header
from compat.formats.shard_names import shard_name
from compat.formats.wording import damage, quoted

CONFIG = "config.json"
WEIGHT_STEMS = ("model", "pytorch_model")
FETCH = "download this folder of the model again; what is there can stay"

GEMMA_PROJECTION = "mm_input_projection_weight"
GEMMA_FILES = ("tokenizer.model", "preprocessor_config.json")
"""What the LTX-2 loaders look for beside Gemma's weights and config (their ``module_ops_from_gemma_
root`` searches the folder for ``tokenizer.model`` and ``preprocessor_config.json``)."""

GEMMA_WIDTH = 3840
"""Hidden size of Gemma 3 12B, the only one that LTX-2 takes."""


def is_transformers_folder(folder: Path, files: Sequence[Path]) -> bool:
    """Whether a folder with these files is, or plainly should be, a transformers model."""
    names = {file.name for file in files}
    if CONFIG in names and _has_model_type(folder / CONFIG):
        return True
    has_weights = any(_is_weight(name) for name in names)
    has_tokenizer = bool(names & {"tokenizer.json", "tokenizer.model", "tokenizer_config.json"})
    return has_weights and (has_tokenizer or CONFIG in names)


def transformers_findings(folder: Path, files: Sequence[Path]) -> Iterator[Finding]:
    """What is missing or empty; the weights themselves have their own reports."""
    names = {file.name for file in files}
    weights = sorted(file for file in files if _is_weight(file.name))
    if CONFIG not in names:
        yield _no_config(folder)
    else:
        try:
            config = read_json_object(folder / CONFIG)
        except UnreadableJsonError as error:
            yield damage(
                "transformers-config-unreadable",
                folder / CONFIG,
                f"the config cannot be read: {why_unreadable(folder / CONFIG, error)}",
                remedy=FETCH,
            )
        else:
            yield from _config_findings(folder, config, weights)
            yield from _gemma_findings(folder, config, names, weights)
    if not weights and not any(name.endswith(".gguf") for name in names):
        yield damage(
            "transformers-weights-missing",
            folder,
            "the folder holds a model's config and no weights, expected model.safetensors or "
            "shards",
            remedy=FETCH,
            # A folder of a tokenizer or a config alone is a thing that people keep.
            severity=Severity.MEDIUM,
        )


def _has_model_type(config: Path) -> bool:
    try:
        return "model_type" in read_json_object(config)
    except UnreadableJsonError:
        return False


def _is_weight(name: str) -> bool:
    part = shard_name(name)
    stem, dot, ending = (part.stem, ".", part.ending[1:]) if part else name.partition(".")
    return bool(dot) and stem in WEIGHT_STEMS and ending.endswith(("safetensors", "bin"))


def _no_config(folder: Path) -> Finding:
    return damage(
        "transformers-config-missing",
        folder / CONFIG,
        "the folder holds weights and a tokenizer and no config.json; loaders fall back on the "
        "sizes of another model, and the weights then do not fit",
        remedy="download config.json of this model into the folder",
    )


def _config_findings(
    folder: Path, config: Mapping[str, Any], weights: Sequence[Path]
) -> Iterator[Finding]:
    if not isinstance(config.get("model_type"), str) and weights:
        yield damage(
            "transformers-config-empty",
            folder / CONFIG,
            f"config.json names no model_type among its {len(config)} keys; loaders fall back on "
            "the sizes of another model, and the weights then do not fit",
            remedy="download config.json of this model again",
            detail="model_type",
        )


def _gemma_findings(
    folder: Path, config: Mapping[str, Any], names: set[str], weights: Sequence[Path]
) -> Iterator[Finding]:
    if not str(config.get("model_type", "")).startswith("gemma3"):
        return
    text = config.get("text_config", config)
    stated = text.get("hidden_size") if isinstance(text, dict) else None
    held = _projection_width(weights)
    if held is not None and stated != held:
        yield damage(
            "gemma-config-differs",
            folder / CONFIG,
            f"config.json states text_config.hidden_size {quoted(stated)} and the weights are "
            f"{held} wide; a loader that takes the config, or its default of 2304, refuses them",
            remedy="download config.json of this model again",
            detail="text_config.hidden_size",
            expected=held,
        )
    lost = [name for name in GEMMA_FILES if name not in names]
    if (held or stated) == GEMMA_WIDTH and lost:
        yield damage(
            "gemma-files-missing",
            folder,
            f"LTX-2 reads {' and '.join(lost)} beside Gemma's weights, and it is not there",
            remedy=FETCH,
            detail=lost[0],
            severity=Severity.MEDIUM,
            missing=lost,
        )


def _projection_width(weights: Sequence[Path]) -> int | None:
    for file in weights:
        try:
            reading = try_header(file)
        except OSError:
            continue
        for name, tensor in (reading.header.tensors if reading and reading.header else {}).items():
            if name.endswith(GEMMA_PROJECTION) and len(tensor.shape) == 2:
                return tensor.shape[1]
    return None
