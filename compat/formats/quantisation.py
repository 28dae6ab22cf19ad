"""Sees in the header how weights are quantised, and whether a loader would ignore their scales."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from compat.core.model import Finding, Severity
from compat.formats.model import Header, TensorInfo
from compat.formats.quantised.layers import Layer, has_companions, layers_of
from compat.formats.quantised.marks import Marks, marks_of
from compat.formats.quantised.model import Quantisation, Scheme
from compat.formats.quantised.outcomes import Outcome, outcome_of
from compat.formats.quantised.recognise import FLOATS, FP8, FULL, SCALES, scheme_of
from compat.formats.wording import damage, quoted

__all__ = ["Quantisation", "Scheme", "quantisation_findings", "quantisation_of", "seen_by"]

EXAMPLES = 8
"""How many names of a kind are kept; a model has thousands of layers."""

MARK_READERS = frozenset({"comfyui", "wangp"})
"""Loaders that read ComfyUI's comfy_quant and _quantization_metadata."""

HAVE_SCALES = frozenset({
    Scheme.FP8_SCALED, Scheme.FP8_UNMARKED, Scheme.FP8_BLOCK, Scheme.COMFY, Scheme.INT8_UNMARKED,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Named:
    name: str
    leaves: Layer
    scheme: Scheme

    @property
    def weight(self) -> TensorInfo | None:
        return self.leaves.get("weight")


def quantisation_of(header: Header) -> Quantisation:
    """How the weights of ``header`` are stored; reads nothing but the bytes of tiny markers."""
    if header.format == "gguf":
        return _of_gguf(header)
    marks = marks_of(header)
    if not marks.names and _is_in_full_bits(header):
        kept = [name for name, tensor in header.tensors.items() if _is_matrix_of(name, tensor)]
        return Quantisation(kept=len(kept), kept_names=tuple(map(_layer, kept[:EXAMPLES])))
    layers = [
        _Named(name, leaves, scheme_of(name, leaves, marks))
        for name, leaves in layers_of(header.tensors).items()
    ]
    stored = [layer for layer in layers if layer.scheme is not Scheme.NONE]
    matrices = [layer for layer in stored if not _is_vector(layer)]
    kept = [layer.name for layer in layers if _is_plain_matrix(layer)]
    schemes: Counter[Scheme] = Counter(layer.scheme for layer in matrices or stored)
    return Quantisation(
        scheme=schemes.most_common(1)[0][0] if schemes else Scheme.NONE,
        schemes=schemes,
        dtypes=dict(Counter(_dtype(layer.leaves) for layer in stored)),
        formats=marks.formats(),
        quantised=len(matrices),
        kept=len(kept),
        kept_names=tuple(kept[:EXAMPLES]),
        scales=_scales(layers),
        unscaled=_unscaled(matrices, marks),
        markers=marks.names,
        strays=marks.strays([layer.name for layer in layers])[:EXAMPLES],
        fp8_vectors=tuple(layer.name for layer in stored if _is_vector(layer)),
    )


def _is_in_full_bits(header: Header) -> bool:
    # Most files are: they are not worth a look at every layer.
    plain = {tensor.dtype for tensor in header.tensors.values()} <= FULL
    return plain and not has_companions(header.tensors)


def _is_matrix_of(name: str, tensor: TensorInfo) -> bool:
    return len(tensor.shape) == 2 and name.endswith(".weight")


def _layer(name: str) -> str:
    return name.removesuffix(".weight")


def seen_by(found: Quantisation, header: Header, loader: str) -> Quantisation:
    """What ``loader`` takes the file for: without ComfyUI's markers, unless it reads them."""
    if Scheme.COMFY not in found.schemes or not loader or loader in MARK_READERS:
        return found
    blind = Marks()
    schemes: Counter[Scheme] = Counter(
        scheme
        for name, leaves in layers_of(header.tensors).items()
        if (scheme := scheme_of(name, leaves, blind)) is not Scheme.NONE
    )
    if not schemes:  # a marker on a weight of a dtype that no scheme has
        return found
    return replace(found, scheme=schemes.most_common(1)[0][0], schemes=schemes)


def _of_gguf(header: Header) -> Quantisation:
    tensors = header.tensors.values()
    packed = [t for t in tensors if t.dtype not in FLOATS]
    kept = [t.name for t in tensors if t.dtype in FLOATS and len(t.shape) > 1]
    return Quantisation(
        scheme=Scheme.GGUF,
        schemes={Scheme.GGUF: max(1, len(packed))},
        dtypes=dict(Counter(tensor.dtype for tensor in tensors)),
        quantised=len(packed),
        kept=len(kept),
        kept_names=tuple(kept[:EXAMPLES]),
    )


def _dtype(leaves: Layer) -> str:
    names = ("weight", "weight._data", "qweight", "_weight_qdata", "weight:qdata")
    return next((leaves[name].dtype for name in names if name in leaves), "")


def _is_vector(layer: _Named) -> bool:
    weight = layer.weight
    return weight is not None and len(weight.shape) < 2 and weight.dtype in FP8


def _is_plain_matrix(layer: _Named) -> bool:
    weight = layer.weight
    return weight is not None and layer.scheme is Scheme.NONE and len(weight.shape) == 2


def _scales(layers: list[_Named]) -> tuple[str, ...]:
    return tuple(
        layer.leaves[leaf].name for layer in layers for leaf in SCALES if leaf in layer.leaves
    )


def _unscaled(layers: list[_Named], marks: Marks) -> tuple[str, ...]:
    """Quantised weights without the scale that a marker promises or their neighbours have."""
    with_scales = {_component(x.name) for x in layers if x.scheme in HAVE_SCALES and _has(x)}
    found = []
    for layer in layers:
        if _has(layer) or layer.scheme not in (Scheme.FP8_PLAIN, Scheme.COMFY, Scheme.INT_UNSCALED):
            continue
        promised = layer.scheme is Scheme.COMFY or marks.scaled(layer.name)
        if promised or _component(layer.name) in with_scales:
            found.append(layer.name)
    return tuple(found)


def _has(layer: _Named) -> bool:
    if layer.scheme is Scheme.COMFY:  # ComfyUI reads the scale of a marked layer under one name
        return "weight_scale" in layer.leaves
    return any(leaf in layer.leaves for leaf in SCALES)


def _component(name: str) -> str:
    # A bundle may hold a scaled transformer and a text encoder that is a plain cast.
    return name.partition(".")[0]


def quantisation_findings(header: Header, *, loader: str = "") -> Iterator[Finding]:
    """What is to be said of the quantised weights in ``header``.

    ``loader`` is "diffusers" for a component of a diffusers folder whose config names no
    quantisation, "configured" where the config names one, and "" for a single file of which nobody
    has said what will load it. Ignored scales put weights off by a factor of hundreds and nothing
    raises (LTX-2 pull request 172, stable-diffusion.cpp 1898, ComfyUI 15511).
    """
    found = quantisation_of(header)
    if found.scheme is Scheme.NONE:
        return
    yield from flaws(header, found)
    if loader == "configured" or found.scheme is Scheme.GGUF:
        return
    seen = seen_by(found, header, loader)
    for scheme in seen.schemes:
        yield from _of_scheme(header, seen, scheme, loader)


def _of_scheme(
    header: Header, found: Quantisation, scheme: Scheme, loader: str
) -> Iterator[Finding]:
    if scheme is Scheme.FP8_PLAIN and len(found.schemes) == 1 and not found.unscaled:
        yield _plain(header, found)
    elif loader and outcome_of(scheme, loader).outcome in (Outcome.IGNORED, Outcome.DROPPED):
        yield ignored(header, found, scheme, loader)
    elif not loader and scheme in (Scheme.FP8_UNMARKED, Scheme.INT8_UNMARKED):
        yield ignored(header, found, scheme, "comfyui", more="; so does diffusers")
    elif scheme is not Scheme.FP8_PLAIN:
        yield _noted(header, found, scheme)


def _plain(header: Header, found: Quantisation) -> Finding:
    count = found.schemes[Scheme.FP8_PLAIN]
    return damage(
        "fp8-plain",
        header.path,
        f"{count} tensors are fp8 without scales: a plain cast that any loader reads",
        remedy="nothing on CPU or CUDA; MPS has no fp8 before torch 2.15, load it there in "
        "another dtype",
        severity=Severity.INFO,
        fp8_tensors=count,
    )


def _noted(header: Header, found: Quantisation, scheme: Scheme) -> Finding:
    return damage(
        "quantised",
        header.path,
        f"{found.schemes[scheme]} weights are stored as {scheme}; it depends on the loader whether "
        "they are read so",
        remedy="framegate fit --loader NAME says what a loader makes of them",
        severity=Severity.INFO,
        scheme=scheme.value,
        formats=dict(found.formats),
    )


def ignored(
    header: Header, found: Quantisation, scheme: Scheme, loader: str, *, more: str = ""
) -> Finding:
    """The finding that ``loader`` goes on with wrong weights, and why."""
    cell = outcome_of(scheme, loader)
    count = found.schemes[scheme]
    example = quoted((found.scales or (next(iter(header.tensors), ""),))[0])
    dropped = cell.outcome is Outcome.DROPPED
    rule = "fp8-scales-ignored" if scheme.value.startswith("fp8") else "int8-scales-ignored"
    marked = "" if not found.markers else f", marked by {quoted(found.markers[0])}"
    return damage(
        "quantised-weights-dropped" if dropped else rule,
        header.path,
        f"{count} weights are {scheme} with {len(found.scales)} scales (such as {example}){marked} "
        f"and {loader} {'does not find them' if dropped else 'ignores the scales'}: {cell.why}"
        f"{more}",
        remedy="use the bf16 weights, or a file made for this loader; or dequantise: weight times "
        "scale, saved as bf16",
        detail=example,
        scheme=scheme.value,
        weights=count,
        scales=len(found.scales),
        markers=[quoted(marker) for marker in found.markers[:4]],
        source=cell.source,
    )


def flaws(header: Header, found: Quantisation) -> Iterator[Finding]:
    """What is wrong with the quantised file itself, whatever loads it."""
    if found.unscaled:
        yield _scales_missing(header, found)
    if found.strays:
        yield damage(
            "quantisation-names-absent-layers",
            header.path,
            f"_quantization_metadata names layer {quoted(found.strays[0])} and the file has no "
            "weight of that name, so that layer's scales are not applied",
            remedy="the file was renamed or cut after it was quantised; take the publisher's own",
            detail=quoted(found.strays[0]),
            severity=Severity.MEDIUM,
            layers=[quoted(name) for name in found.strays],
        )
    if found.fp8_vectors:
        yield _fp8_vectors(header, found)


def _scales_missing(header: Header, found: Quantisation) -> Finding:
    lacking, example = len(found.unscaled), quoted(found.unscaled[0])
    every = lacking >= found.quantised
    promised = f"{quoted(found.markers[0])} announces them" if found.markers else "its others have"
    return damage(
        "quantisation-scales-missing",
        header.path,
        f"{lacking} of {found.quantised} quantised weights have no scale (such as {example}) and "
        f"{promised}",
        remedy="take the publisher's file again; without its scale a weight is off by a factor "
        "nobody knows",
        detail=example,
        severity=Severity.HIGH if every else Severity.MEDIUM,
        without=lacking,
        weights=found.quantised,
    )


def _fp8_vectors(header: Header, found: Quantisation) -> Finding:
    return damage(
        "fp8-norms",
        header.path,
        f"{len(found.fp8_vectors)} norm weights (such as {quoted(found.fp8_vectors[0])}) are fp8: "
        "two or three bits of mantissa in tensors that quantisers leave in 16",
        remedy="a file that keeps norms in bf16 gives a better picture",
        detail=quoted(found.fp8_vectors[0]),
        severity=Severity.INFO,
        tensors=len(found.fp8_vectors),
    )


def counts(found: Quantisation) -> Mapping[str, object]:
    """The numbers of ``found`` as measures of a report."""
    return {
        "scheme": found.scheme.value,
        "schemes": {scheme.value: count for scheme, count in found.schemes.items()},
        "dtypes": dict(found.dtypes),
        "formats": dict(found.formats),
        "quantised": found.quantised,
        "kept": found.kept,
        "kept_names": [quoted(name) for name in found.kept_names],
    }
