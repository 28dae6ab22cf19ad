"""Holds the dtypes of a file against what its device stores and multiplies."""

from collections import Counter
from collections.abc import Iterator, Mapping

from compat.backends.dtype_facts import Answer, Known, takes
from compat.core.model import Confidence, Finding, Severity
from compat.formats.model import Header
from compat.formats.quantisation import Quantisation, Scheme
from compat.formats.wording import damage
from compat.identify.quantisation.findings import noted
from compat.identify.quantisation.target import Where

CASTS = frozenset({"diffusers", "diffusers-single-file", "transformers"})
"""Loaders that cast every weight to the dtype that was asked for before it meets the device."""

HARDWARE: Mapping[str, str] = {"ltx-pipelines-fp8-scaled-mm": "F8_E4M3",
                               "ltx-pipelines-nvfp4-prequant": "NVFP4"}  # fmt: skip
"""Loaders that need a scaled multiplication in hardware and have no other way."""

CUDA_ONLY = frozenset({Scheme.BNB_4BIT, Scheme.BNB_8BIT, Scheme.NUNCHAKU, Scheme.AWQ})
"""Schemes whose kernels are written for CUDA (bitsandbytes has a slow CPU path since 0.46)."""


def device_findings(
    header: Header, found: Quantisation, where: Where, *, loader: str
) -> Iterator[Finding]:
    """What ``where`` does with the stored dtypes, when ``loader`` brings them there as they are."""
    if header.format == "gguf":
        return
    if loader not in CASTS:
        for dtype, count in Counter(t.dtype for t in header.tensors.values()).items():
            yield from _stored(header, dtype, count, where)
    yield from _hardware(header, where, loader)
    for scheme in found.schemes:
        if scheme in CUDA_ONLY and where.kind in ("mps", "mlx", "cpu"):
            yield _cuda_only(header, scheme, where)


def _stored(header: Header, dtype: str, count: int, where: Where) -> Iterator[Finding]:
    known = takes(where.kind, dtype, what="store", versions=where.versions)
    numbers = {"dtype": dtype, "tensors": count, "source": known.source}
    if known.answer is Answer.NO:
        yield damage(
            "dtype-not-on-device",
            header.path,
            f"{count} tensors are {dtype}, which {where} does not take: {known.error}",
            remedy=_remedy(dtype, where),
            evidence=numbers,
        )
    elif known.answer is Answer.DEPENDS:
        yield _depends(header, dtype, count, where, known)
    elif known.answer is Answer.RAW:
        yield damage(
            "dtype-raw-on-device",
            header.path,
            f"{count} tensors are {dtype}, of which {where} has only the codes: they must be "
            "decoded (mx.from_fp8) and scaled by hand",
            remedy="use the bf16 weights",
            evidence=numbers,
        )
    elif known.answer is Answer.UNKNOWN:
        yield damage(
            "dtype-not-checked",
            header.path,
            f"{count} tensors are {dtype}, and nobody has looked whether {where} takes that",
            remedy="framegate probe asks the device itself",
            severity=Severity.INFO,
            evidence=numbers,
        )


def _remedy(dtype: str, where: Where) -> str:
    if where.kind == "mps" and dtype == "F8_E4M3":
        return "use the bf16 or a gguf file, or torch 2.15 or later"
    return "use the bf16 or a gguf file, or cast the weights on the CPU before they go there"


def _depends(header: Header, dtype: str, count: int, where: Where, known: Known) -> Finding:
    ranges = "; ".join(f"{f.answer} with {f.package} {f.versions}" for f in known.facts)
    return noted(
        "dtype-depends-on-version",
        header.path,
        f"{count} tensors are {dtype}; whether {where} takes them depends: {ranges}",
        remedy="say which torch is meant with --torch, or run framegate where it is installed",
        severity=Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
        dtype=dtype,
        tensors=count,
    )


def _hardware(header: Header, where: Where, loader: str) -> Iterator[Finding]:
    needed = HARDWARE.get(loader)
    if needed is None:
        return
    known = takes(
        where.kind, needed, what="scaled-mm", versions=where.versions, capability=where.capability
    )
    if known.answer is Answer.NO:
        least = next((f.capability for f in known.facts if f.capability is not None), None)
        wanted = "" if least is None else f", expected capability {least:g} or more"
        yield damage(
            "scaled-mm-not-on-device",
            header.path,
            f"{loader} multiplies {needed} weights in hardware, which {where} cannot{wanted}",
            remedy="use --quantization fp8-cast, or the bf16 weights",
            capability=where.capability,
            least=least,
            source=known.source,
        )
    elif known.answer is not Answer.YES:
        yield damage(
            "scaled-mm-not-checked",
            header.path,
            f"{loader} multiplies {needed} weights in hardware, and it is not known whether "
            f"{where} can",
            remedy="name the card, for example --device cuda:sm_89",
            severity=Severity.INFO,
        )


def _cuda_only(header: Header, scheme: Scheme, where: Where) -> Finding:
    return noted(
        "quantisation-needs-cuda",
        header.path,
        f"the weights are {scheme}, whose kernels need CUDA, and the device is {where}",
        remedy="use the bf16 or a gguf file on this device",
        severity=Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
        scheme=scheme.value,
    )
