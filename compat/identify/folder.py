"""Names the model in a diffusers folder from its index, its configs and its headers."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from compat.formats.diffusers_folder import INDEX, Component, Inventory, take_inventory
from compat.formats.wording import quoted
from compat.identify.component_folder import identify_component_folder, pipeline_parts
from compat.identify.declared import apply_declared
from compat.identify.families import traits_of
from compat.identify.fit import fit_findings, missing_parts
from compat.identify.model import UNKNOWN, Identification, NearMiss, Placement, Role, Traits
from compat.identify.pipelines import PIPELINES, TRANSFORMERS, KnownSize, size_of

UNLISTED = "size not published"


def identify_folder(folder: Path) -> Identification:
    """Name the model of ``folder``; unknown where the pipeline class is none of those known.

    A known class in an unknown size (tiny, fine-tuned to another width) keeps its family and rules
    and has no ``picture``: nobody can say where it is in distribution, except its own
    ``framegate.json``.
    """
    if not (folder / INDEX).exists():
        alone = identify_component_folder(folder)
        if alone is not None:
            return alone
    inventory = take_inventory(folder)
    family = PIPELINES.get(inventory.pipeline)
    if family is None:
        return _unknown(inventory)
    denoiser = _denoiser(inventory)
    known = size_of(denoiser.kind, denoiser.config) if denoiser is not None else None
    identifier, variant = _named(inventory, family, known)
    # HunyuanVideo's first model has the family's name, so an unpublished size goes without one.
    traits = traits_of(family, identifier if known else "")
    if traits is None:
        raise LookupError(f"family {family} has no rules")
    traits, findings, evidence = apply_declared(
        folder, replace(traits, pipeline=inventory.pipeline, max_frames=_limit(inventory))
    )
    findings += [*missing_parts(inventory, traits), *fit_findings(inventory, family)]
    parts = pipeline_parts(inventory)
    return Identification(
        id=identifier,
        family=family,
        variant=variant,
        role=Role.PIPELINE,
        parts=parts,
        carries=tuple(dict.fromkeys(part.role for part in parts if part.role)),
        parameters=sum(part.parameters for part in parts),
        placement=Placement(diffusers_class=inventory.pipeline),
        layout="diffusers",
        traits=traits,
        evidence=(*_evidence(inventory, denoiser, known), *evidence),
        findings=tuple(findings),
        measures={"pipeline": inventory.pipeline},
    )


def identify_component(kind: str, config: Mapping[str, Any]) -> Identification | None:
    """Name a lone diffusers component by its config; None for a class that is not known."""
    family = TRANSFORMERS.get(kind)
    if family is None:
        return None
    known = size_of(kind, config)
    identifier = known.id if known else family
    traits: Traits | None = traits_of(family, known.id if known else "")
    limit = config.get("motion_max_seq_length")
    if traits is not None and type(limit) is int and limit > 0:
        traits = replace(traits, max_frames=limit)
    return Identification(
        id=identifier,
        family=family,
        variant=known.variant if known else UNLISTED,
        role=Role.MOTION_MODULE if kind == "MotionAdapter" else Role.DIFFUSION_MODEL,
        traits=traits,
        evidence=(f"the config beside it says {kind}",),
    )


def _denoiser(inventory: Inventory) -> Component | None:
    for name in ("transformer", "transformer_2", "unet"):
        part = inventory.components.get(name)
        if part is not None and part.kind:
            return part
    return None


def _named(inventory: Inventory, family: str, known: KnownSize | None) -> tuple[str, str]:
    if known is None:
        return family, UNLISTED
    second = inventory.components.get("transformer_2")
    if known.id == "wan-t2v-14b" and second is not None and second.kind:
        return "wan-2-2-t2v-a14b", "2.2 T2V A14B"
    return known.id, known.variant


def _limit(inventory: Inventory) -> int | None:
    for name in ("motion_adapter", "unet"):
        part = inventory.components.get(name)
        frames = part.config.get("motion_max_seq_length") if part is not None else None
        if type(frames) is int and frames > 0:
            return frames
    return None


def _evidence(
    inventory: Inventory, denoiser: Component | None, known: KnownSize | None
) -> tuple[str, ...]:
    lines = [f"model_index.json says {inventory.pipeline}"]
    if denoiser is not None and known is not None:
        dims = ", ".join(f"{key} {value}" for key, value in known.dims.items())
        lines.append(f"{denoiser.name} is {denoiser.kind} with {dims}")
    elif denoiser is not None:
        lines.append(f"{denoiser.name} is {denoiser.kind} of a size nobody published")
    return tuple(lines)


def _unknown(inventory: Inventory) -> Identification:
    misses: tuple[NearMiss, ...] = ()
    if inventory.pipeline:
        reason = f"the class {quoted(inventory.pipeline)} is none of the video pipelines known here"
        misses = (NearMiss(id="diffusers-pipeline", mine=False, reasons=(reason,)),)
    return Identification(
        id=UNKNOWN,
        family=UNKNOWN,
        variant="",
        role=Role.PIPELINE,
        traits=None,
        near_misses=misses,
        findings=inventory.findings,
        measures={"pipeline": inventory.pipeline},
    )
