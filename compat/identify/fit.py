"""Holds the parts of a diffusers folder against each other: do their widths and counts agree."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from compat.core.model import Finding
from compat.formats.diffusers_folder import Component, Inventory, role_of
from compat.formats.header import try_header
from compat.formats.model import TensorInfo
from compat.formats.wording import damage, quoted
from compat.identify.model import Traits

TEXT_WIDTH_KEYS = ("caption_channels", "text_dim", "text_embed_dim")
ENCODER_WIDTH_KEYS = ("d_model", "hidden_size")
LATENT_KEYS = ("latent_channels", "z_dim")
MATCHED = "take both parts from the same model; mixed folders render noise or do not load"


def missing_parts(inventory: Inventory, traits: Traits) -> Iterator[Finding]:
    """Components the pipeline cannot do without that the index leaves out or sets to null."""
    for name in traits.needs:
        part = inventory.components.get(name)
        if (part is not None and part.kind) or _is_inside(inventory, name):
            continue
        yield damage(
            f"{role_of(name)}-missing",
            inventory.folder / "model_index.json",
            f"{inventory.pipeline} needs {quoted(name)} and the index "
            + ("sets it to null" if part is not None else "does not name it"),
            remedy=f"download the folder {name} and the model_index.json of this model",
            detail=name,
            component=name,
        )


def _is_inside(inventory: Inventory, name: str) -> bool:
    # A saved AnimateDiff pipeline has the motion adapter inside its UNetMotionModel.
    unet = inventory.components.get("unet")
    return name == "motion_adapter" and unet is not None and unet.kind == "UNetMotionModel"


def fit_findings(inventory: Inventory, family: str) -> Iterator[Finding]:
    """Widths and channels that two configs state differently, and configs that belie weights."""
    parts = inventory.components
    denoisers = [parts[name] for name in ("transformer", "transformer_2") if name in parts]
    for denoiser in denoisers:
        if family != "ltx2":  # its connectors stand between the text encoder and the transformer
            yield from _pair(
                inventory, "text-width-mismatch", denoiser, TEXT_WIDTH_KEYS,
                parts.get("text_encoder"), ENCODER_WIDTH_KEYS,
            )  # fmt: skip
        yield from _pair(
            inventory, "latent-channels-mismatch", denoiser, ("out_channels", "in_channels"),
            parts.get("vae"), LATENT_KEYS,
        )  # fmt: skip
        yield from _block_counts(denoiser)
    if "text_encoder" in parts:
        yield from _vocabulary(parts["text_encoder"])


def _pair(
    inventory: Inventory, rule: str, denoiser: Component, keys: tuple[str, ...],
    other: Component | None, other_keys: tuple[str, ...],
) -> Iterator[Finding]:  # fmt: skip
    here = _first(denoiser.config, keys)
    there = _first(other.config, other_keys) if other is not None else None
    if here is None or there is None or other is None or here[1] == there[1]:
        return
    yield damage(
        rule,
        inventory.folder,
        f"{denoiser.name} has {here[0]} {here[1]}, {other.name} has {there[0]} {there[1]}; they "
        "must be equal",
        remedy=MATCHED,
        detail=f"{denoiser.name}, {other.name}",
        found={denoiser.name: here[1], other.name: there[1]},
    )


def _first(config: Mapping[str, Any], keys: tuple[str, ...]) -> tuple[str, int] | None:
    return next(((key, config[key]) for key in keys if type(config.get(key)) is int), None)


def _tensors(part: Component) -> dict[str, TensorInfo]:
    """All tensors of a component over its shards; empty where any of them cannot be read."""
    found: dict[str, TensorInfo] = {}
    for path in part.weights:
        try:
            reading = try_header(path)
        except OSError:
            return {}
        if reading is None or reading.header is None:
            return {}
        found |= reading.header.tensors
    return found


_STEMS = {"num_layers": ("transformer_blocks", "blocks"),
          "num_single_layers": ("single_transformer_blocks",)}  # fmt: skip


def _block_counts(part: Component) -> Iterator[Finding]:
    tensors = _tensors(part)
    for key, stems in _STEMS.items():
        wanted = part.config.get(key)
        counts = [count for stem in stems if (count := _blocks(tensors, stem))]
        if type(wanted) is not int or not counts or wanted == counts[0]:
            continue
        yield damage(
            "config-weights-disagree",
            part.folder,
            f"the config of {part.name} says {key} {wanted}, its weights hold {counts[0]} blocks",
            remedy="config and weights are of different models; take both from the same one",
            detail=key,
            expected=wanted,
            found=counts[0],
        )


def _blocks(tensors: Mapping[str, TensorInfo], stem: str) -> int:
    pattern = re.compile(rf"{stem}\.(\d{{1,6}})\.")
    return len({hit[1] for name in tensors if (hit := pattern.match(name))})


def _vocabulary(part: Component) -> Iterator[Finding]:
    tensors = _tensors(part)
    table = tensors.get("shared.weight") or tensors.get("encoder.embed_tokens.weight")
    if table is None or len(table.shape) != 2:
        return
    for key, found in zip(("vocab_size", "d_model"), table.shape, strict=True):
        wanted = part.config.get(key)
        if type(wanted) is int and wanted != found:
            yield damage(
                "config-weights-disagree",
                part.folder,
                f"the config of {part.name} says {key} {wanted}, its embedding has {found}",
                remedy="config and weights are of different models; take both from the same one",
                detail=key,
                expected=wanted,
                found=found,
            )
