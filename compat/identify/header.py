"""Names the model, or the several models, of one header."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from compat.core.model import Finding, Severity
from compat.formats.model import Header
from compat.formats.wording import damage
from compat.identify.families import traits_of
from compat.identify.latent_factors import latent_factors
from compat.identify.logical import Logical, logical
from compat.identify.lora import identify_lora
from compat.identify.model import (
    UNKNOWN,
    Identification,
    Measured,
    NearMiss,
    Need,
    Role,
    Traits,
)
from compat.identify.parts import Part, split
from compat.identify.placement import placement_of
from compat.identify.recognise import Match, Recognition, recognise
from compat.identify.sizes import expected_bytes, size_findings, stored_bytes
from compat.identify.stated import stated_findings
from compat.identify.upscaler_config import upscaler_findings
from compat.identify.variants import variants_of
from compat.identify.view import View

_PACKED_SCHEMES = ("gptq or awq", "mlx")
"""Schemes in which the number of values cannot be told from the shapes."""


MOST_TENSORS = 200_000
"""Tensors looked at: ten times the largest model known here, with room for its quantisation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    header: Header
    seen: Logical
    roles: tuple[Role, ...]


def identify_header(header: Header, findings: Iterable[Finding] = ()) -> Identification:
    """Name the model whose header this is; ``findings`` of the reader are passed on.

    A bundle is named by its denoiser, and by its largest part where it has none.
    """
    if len(header.tensors) > MOST_TENSORS:
        return _too_many(header, findings)
    adapter = identify_lora(header)
    if adapter is not None:
        return replace(adapter, findings=(*findings, *adapter.findings))
    seen = logical(header)
    parts = split(seen.view)
    recognitions = [recognise(part.view) for part in parts]
    roles = tuple(map(_role, parts, recognitions))
    context = _Context(header=header, seen=seen, roles=roles)
    named = [
        _part_named(part, found, context) for part, found in zip(parts, recognitions, strict=True)
    ]
    whole = _bundle(named, context) if len(named) > 1 else named[0]
    problems = (
        *findings,
        *_broken(header, whole),
        *size_findings(header, whole),
        *_stated(header, recognitions),
        *upscaler_findings(header, whole),
    )
    return replace(whole, findings=problems)


def _stated(header: Header, recognitions: list[Recognition]) -> Iterable[Finding]:
    for found in recognitions:
        if len(found.matches) == 1:
            match = found.matches[0]
            yield from stated_findings(header, match.signature, match.view)


def _too_many(header: Header, findings: Iterable[Finding]) -> Identification:
    finding = damage(
        "too-many-tensors",
        header.path,
        f"the header names {len(header.tensors)} tensors, no model known here has more than "
        f"{MOST_TENSORS}",
        remedy="this is no model of the families known here; do not load it unless you made it",
        severity=Severity.MEDIUM,
    )
    return Identification(
        id=UNKNOWN, family=UNKNOWN, variant="", role=Role.UNKNOWN, traits=None,
        findings=(*findings, finding),
    )  # fmt: skip


def _role(part: Part, found: Recognition) -> Role:
    return found.matches[0].signature.role if len(found.matches) == 1 else part.role


def _part_named(part: Part, found: Recognition, context: _Context) -> Identification:
    if len(found.matches) == 1:
        return _named(part, found.matches[0], found.misses, context)
    several = "more than one signature fits"
    claims = [
        NearMiss(id=match.signature.id, mine=True, reasons=(several,)) for match in found.matches
    ]
    return Identification(
        id=UNKNOWN,
        family=UNKNOWN,
        variant="",
        role=part.role,
        traits=None,
        near_misses=(*claims, *found.misses),
        measures=_measures(part.view, context, None),
        parameters=part.view.parameters,
        dtypes=_dtypes(part.view),
        quantisation=context.seen.quantisation,
        expected_bytes=0,
    )


def _named(
    part: Part, match: Match, misses: tuple[NearMiss, ...], context: _Context
) -> Identification:
    known, shape = match.signature, match.shape
    more = variants_of(known.id, context.header)
    half = _half(match)
    others = [role for role in context.roles if role is not known.role]
    traits = _traits(match)
    scheme = context.seen.quantisation
    return Identification(
        id=known.id,
        family=known.family,
        variant=", ".join([known.variant, *(meaning for meaning, _ in more if meaning)]),
        role=known.role,
        traits=traits,
        generation=known.generation,
        evidence=(*_evidence(match), *half, *(line for _, line in more)),
        near_misses=tuple(miss for miss in misses if miss.mine),
        carries=(known.role,),
        measures={**_measures(part.view, context, traits), **latent_factors(known.id)},
        needs=_unmet(known.needs, context.roles),
        lacks=tuple(need.role for need in _unmet(known.needs, context.roles)),
        placement=placement_of(known, shape.layout, context.header.format, scheme, others),
        dims=_dims(match),
        parameters=part.view.parameters,
        dtypes=_dtypes(part.view),
        quantisation=scheme,
        expected_bytes=expected_bytes(
            part.view, known.parameters, uncounted=scheme in _PACKED_SCHEMES or bool(half)
        ),
        layout=shape.layout,
    )


def _bundle(named: list[Identification], context: _Context) -> Identification:
    """The main part, speaking for the whole file."""
    # An unknown denoiser makes the file unknown, however well its text encoder is known.
    main = next(
        (part for part in named if part.role is Role.DIFFUSION_MODEL),
        max(named, key=lambda part: part.parameters),
    )
    sizes = [part.expected_bytes or stored for part, stored in _with_stored(named)]
    known = main.expected_bytes != 0
    return replace(
        main,
        variant=_with_vae(main, named),
        parts=tuple(named),
        carries=tuple(dict.fromkeys(part.role for part in named if part.role)),
        parameters=context.seen.view.parameters,
        dtypes=_dtypes(context.seen.view),
        expected_bytes=sum(sizes) if known else 0,
        evidence=(*main.evidence, *_inside(named, main)),
        measures=_measures(context.seen.view, context, main.traits),
    )


def _with_vae(main: Identification, named: list[Identification]) -> str:
    """LTX-Video's versions 0.9.0 to 0.9.8 differ in the VAE that is published with them."""
    vae = next((part for part in named if part.role is Role.VAE and part.id != UNKNOWN), None)
    if main.family != "ltx" or vae is None:
        return main.variant
    return f"{main.variant}, with the VAE of {vae.variant.partition(',')[0]}"


def _with_stored(named: list[Identification]) -> Iterable[tuple[Identification, int]]:
    for part in named:
        stored = part.measures.get("bytes")
        yield part, stored if isinstance(stored, int) else 0


def _inside(named: list[Identification], main: Identification) -> Iterable[str]:
    for part in named:
        if part is not main:
            what = f"{part.id}, {part.variant}" if part.id != UNKNOWN else "not recognised"
            yield f"its {part.role or 'other part'} is {what}"


def _unmet(needs: tuple[Need, ...], carried: tuple[Role, ...]) -> tuple[Need, ...]:
    return tuple(need for need in needs if need.role not in carried)


def _traits(match: Match) -> Traits | None:
    known = match.signature
    traits = traits_of(known.family, known.id)
    if traits is not None and known.placement.diffusers_class.endswith("Pipeline"):
        traits = replace(traits, pipeline=known.placement.diffusers_class)
    if traits is None or known.role not in (Role.DIFFUSION_MODEL, Role.MOTION_MODULE):
        return None
    limit = _frame_limit(match.view) if known.role is Role.MOTION_MODULE else None
    return traits if limit is None else replace(traits, max_frames=limit)


def _half(match: Match) -> tuple[str, ...]:
    """Say which half of a VAE this is; publishers ship encoder and decoder apart as well."""
    if match.signature.role not in (Role.VAE, Role.AUDIO_VAE):
        return ()
    if match.shape.layout.endswith(" only"):
        return (f"this is a file with {match.shape.layout.rpartition(', ')[2]}",)
    halves = [half for half in ("encoder", "decoder") if any(match.view.starting(f"{half}."))]
    return (f"only its {halves[0]} is here",) if len(halves) == 1 else ()


def _frame_limit(view: View) -> int | None:
    """Frames of the positional table of a motion module: one context can be no longer."""
    for name, tensor in view.items():
        if name.endswith((".pos_encoder.pe", ".pos_embed.pe")) and len(tensor.shape) == 3:
            return tensor.shape[1]
    return None


def _evidence(match: Match) -> tuple[str, ...]:
    shape = match.shape
    under = f", under {match.prefix}*" if match.prefix else ""
    layout = f"tensor names are {_OWNERS.get(shape.layout, f'those of {shape.layout}')}{under}"
    held = [part.holds(match.view) for part in (*shape.marks, *shape.form)]
    return (layout, *dict.fromkeys(held))


_OWNERS = {"publisher": "the publisher's", "comfyui": "those of ComfyUI"}


def _dims(match: Match) -> Mapping[str, Measured]:
    known = match.signature
    layout = next((one for one in known.layouts if one.name == match.shape.layout), None)
    found: dict[str, Measured] = {}
    for dim in layout.dims if layout is not None else known.dims:
        tensor = match.view.get(dim.name)
        if tensor is None or dim.name in match.view.lost or dim.key in found:
            continue
        if -len(tensor.shape) <= dim.axis < len(tensor.shape):
            source = f"{dim.name} axis {dim.axis}"
            found[dim.key] = Measured(value=tensor.shape[dim.axis], source=source)
    return found


def _measures(view: View, context: _Context, traits: Traits | None) -> dict[str, object]:
    return {
        "format": context.header.format,
        "tensors": len(view),
        "parameters": view.parameters,
        "bytes": stored_bytes(view),
        "max_frames": traits.max_frames if traits else None,
    }


def _dtypes(view: View) -> Mapping[str, int]:
    """Values by stored dtype, most first; a hostile file may name any number of dtypes."""
    return {dtype[:24]: values for dtype, values in list(view.dtypes.items())[:16]}


def _broken(header: Header, found: Identification) -> Iterable[Finding]:
    """Say what is wrong with a file that is one kind of model and does not have its form."""
    mine = [miss for miss in found.near_misses if miss.mine]
    if found.id != UNKNOWN or len(mine) != 1 or mine[0].reasons[0].startswith("more than"):
        return
    yield damage(
        "model-not-as-published",
        header.path,
        f"this is {mine[0].id} by its marks, but {'; '.join(mine[0].reasons[:3])}",
        remedy="take the file from its publisher again; loaders refuse it, or leave weights at "
        "random",
        severity=Severity.MEDIUM,
        evidence={"reasons": list(mine[0].reasons[:16])},
    )
