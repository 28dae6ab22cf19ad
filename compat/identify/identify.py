"""Says which model a file or diffusers folder holds, from headers and configs alone."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from compat.core.collect import collect
from compat.core.errors import CompatError
from compat.core.model import Finding
from compat.formats.bounded_json import UnreadableJsonError, read_json_object
from compat.formats.header import try_header
from compat.formats.imposters import imposter_finding
from compat.formats.model import Header
from compat.formats.sniff import sniff
from compat.identify.families import traits_of
from compat.identify.folder import identify_component, identify_folder
from compat.identify.model import (
    UNKNOWN,
    Identification,
    NearMiss,
    Role,
    Signature,
    Tensors,
    Traits,
)
from compat.identify.predicates import without_prefix

NEAREST = 3
"""How many near misses are kept."""


@cache
def signatures() -> Mapping[str, Signature]:
    """Every known signature by id."""
    return collect("compat.identify.signatures", Signature)


def identify(path: Path) -> Identification:
    """Name the model in ``path``, a file or a diffusers folder; what fits nothing is "unknown".

    Reads headers and configs, never weights. ``CompatError`` where ``path`` cannot be opened.
    """
    try:
        if path.is_dir():
            return identify_folder(path)
        return _identify_file(path)
    except OSError as error:
        raise CompatError(f"{path} cannot be read: {error.strerror or error}") from error


def _identify_file(path: Path) -> Identification:
    problem = imposter_finding(path, sniff(path))
    reading = None if problem is not None else try_header(path)
    if reading is None or reading.header is None:
        findings = (problem,) if problem else reading.findings if reading else ()
        return _unknown(findings)
    found = identify_header(reading.header)
    if found.id == UNKNOWN:
        found = _by_config(path) or found
    return found


def identify_header(header: Header) -> Identification:
    """Name the model whose header this is."""
    tensors = without_prefix(header.tensors)
    misses = {name: _miss(known, tensors) for name, known in signatures().items()}
    fits = [signatures()[name] for name, miss in misses.items() if miss is None]
    if len(fits) == 1:
        return _named(fits[0], tensors, header)
    several = "more than one signature fits"
    claims = [NearMiss(id=known.id, mine=True, reasons=(several,)) for known in fits]
    nearest = _nearest([miss for miss in misses.values() if miss is not None], tensors)
    return replace(_unknown(()), near_misses=(*claims, *nearest))


def _miss(signature: Signature, tensors: Tensors) -> NearMiss | None:
    marks = [reason for mark in signature.marks for reason in mark.missing(tensors)]
    if marks:
        return NearMiss(id=signature.id, mine=False, reasons=tuple(marks))
    form = [reason for part in signature.form for reason in part.missing(tensors)]
    return NearMiss(id=signature.id, mine=True, reasons=tuple(form)) if form else None


def _nearest(misses: list[NearMiss], tensors: Tensors) -> list[NearMiss]:
    """Broken kin first, then those of whose telling marks at least half hold."""
    shares = {miss.id: _share(signatures()[miss.id], tensors) for miss in misses}
    kin = [miss for miss in misses if miss.mine or shares[miss.id] >= 0.5]
    return sorted(kin, key=lambda miss: (not miss.mine, -shares[miss.id], miss.id))[:NEAREST]


def _share(signature: Signature, tensors: Tensors) -> float:
    # "has no audio" holds of every file, an empty one too, and so says nothing about kinship.
    telling = [mark for mark in signature.marks if mark.missing({})]
    return sum(not mark.missing(tensors) for mark in telling) / max(1, len(telling))


def _named(signature: Signature, tensors: Tensors, header: Header) -> Identification:
    traits = traits_of(signature.family, signature.id)
    limit = _frame_limit(tensors)
    if traits is not None and limit is not None:
        traits = replace(traits, max_frames=limit)
    return Identification(
        id=signature.id,
        family=signature.family,
        variant=_variant(signature, header),
        role=signature.role,
        traits=traits,
        evidence=_evidence(signature),
        measures=_measures(header, traits),
    )


def _variant(signature: Signature, header: Header) -> str:
    # LTX-Video's distilled files list the only timesteps they were trained on in their metadata.
    distilled = "allowed_inference_steps" in header.metadata.get("config", "")
    return f"{signature.variant} distilled" if distilled else signature.variant


def _frame_limit(tensors: Tensors) -> int | None:
    """Frames of the positional table of a motion module; None for anything else."""
    for name, tensor in tensors.items():
        if name.endswith((".pos_encoder.pe", ".pos_embed.pe")) and len(tensor.shape) == 3:
            return tensor.shape[1]
    return None


def _evidence(signature: Signature) -> tuple[str, ...]:
    conditions = len(signature.marks) + len(signature.form)
    return (f"all {conditions} conditions of {signature.id} hold ({signature.source})",)


def _measures(header: Header, traits: Traits | None) -> dict[str, object]:
    return {
        "format": header.format,
        "tensors": len(header.tensors),
        "parameters": sum(tensor.elements for tensor in header.tensors.values()),
        "max_frames": traits.max_frames if traits else None,
    }


def _by_config(path: Path) -> Identification | None:
    try:
        config = read_json_object(path.with_name("config.json"))
    except UnreadableJsonError:
        return None
    return identify_component(str(config.get("_class_name", "")), config)


def _unknown(findings: tuple[Finding, ...]) -> Identification:
    return Identification(
        id=UNKNOWN, family=UNKNOWN, variant="", role=Role.UNKNOWN, traits=None, findings=findings
    )
