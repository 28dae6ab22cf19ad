"""Sees in the header whether a loader would ignore the scales that fp8 weights need."""

from collections.abc import Iterator
from dataclasses import dataclass

from compat.core.model import Finding, Severity
from compat.formats.model import Header
from compat.formats.wording import damage, quoted

SCALE_SUFFIXES = (".weight_scale", ".scale_weight", ".weight_scale_inv", ".weight.scale")
"""ComfyUI mixed, ComfyUI scaled, DeepSeek and torchao names of a companion scale."""

MARKERS = ("scaled_fp8", ".comfy_quant")
METADATA_MARKERS = ("_quantization_metadata", "quantization_map")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantisation:
    """Counts from one header: fp8 tensors, scales that accompany them, and markers that say so."""

    fp8: int
    scales: tuple[str, ...]
    markers: tuple[str, ...]


def quantisation_of(header: Header) -> Quantisation:
    """Count fp8 tensors and what accompanies them."""
    names = header.tensors
    fp8 = [name for name, t in names.items() if t.dtype.startswith("F8_E4") or _is_e5(t.dtype)]
    markers = [name for name in names if name.endswith(MARKERS)]
    markers += [key for key in METADATA_MARKERS if key in header.metadata]
    scales = [name for name in names if name.endswith(SCALE_SUFFIXES)]
    return Quantisation(fp8=len(fp8), scales=tuple(scales), markers=tuple(markers))


def _is_e5(dtype: str) -> bool:
    return dtype.startswith("F8_E5")


def quantisation_findings(header: Header, *, loader: str) -> Iterator[Finding]:
    """What a loader makes of the fp8 weights in ``header``.

    ``loader`` is "diffusers" for a component of a diffusers folder whose config names no
    quantisation, "configured" where the config names one, and "" for a single file. Ignored scales
    put weights off by a factor of hundreds and nothing raises (LTX-2 pull request 172,
    stable-diffusion.cpp 1898, ComfyUI 15511).
    """
    found = quantisation_of(header)
    if not found.fp8:
        return
    if found.scales or (found.markers and loader == "diffusers"):
        yield _scaled(header, found, loader)
    else:
        yield damage(
            "fp8-plain",
            header.path,
            f"{found.fp8} tensors are fp8 without scales: a plain cast that any loader reads",
            remedy="nothing on CPU or CUDA; MPS has no fp8, load it there in another dtype",
            severity=Severity.INFO,
            fp8_tensors=found.fp8,
        )


def _scaled(header: Header, found: Quantisation, loader: str) -> Finding:
    example = quoted((found.scales or found.markers)[0])
    severity, why, remedy = _judgement(found, loader)
    return damage(
        "fp8-scales-ignored" if severity is Severity.HIGH else "fp8-scaled",
        header.path,
        f"{found.fp8} fp8 tensors come with {len(found.scales)} scales (such as {example}) {why}",
        remedy=remedy,
        detail=example,
        severity=severity,
        fp8_tensors=found.fp8,
        scales=len(found.scales),
        markers=[quoted(marker) for marker in found.markers[:4]],
    )


def _judgement(found: Quantisation, loader: str) -> tuple[Severity, str, str]:
    if loader == "diffusers":
        return (
            Severity.HIGH,
            "that from_pretrained drops without a word: the weights would be wrong by their scales",
            "use the bf16 weights, or dequantise: weight times scale, saved as bf16",
        )
    if loader == "configured":
        return Severity.INFO, "and the config names the quantisation", "nothing"
    if not found.markers:
        why = (
            "and no marker (scaled_fp8, comfy_quant, _quantization_metadata): no loader applies "
            "them, and nothing raises"
        )
        return Severity.HIGH, why, "use the bf16 file or one whose publisher marks the scales"
    return (
        Severity.LOW,
        "and a marker: ComfyUI applies them, diffusers does not",
        "load it with ComfyUI, or use the bf16 file",
    )
