"""Says what a loader and a device make of the weights of one file, from its header alone."""

from collections.abc import Iterator, Mapping

from compat.core.model import Finding, Severity
from compat.formats.model import Header
from compat.formats.quantisation import (
    Quantisation,
    Scheme,
    flaws,
    ignored,
    quantisation_of,
    seen_by,
)
from compat.formats.quantised.outcomes import GGUF_LOADERS, Cell, Outcome, outcome_of
from compat.formats.wording import damage, quoted
from compat.identify.quantisation.comfy_formats import format_findings
from compat.identify.quantisation.device import device_findings
from compat.identify.quantisation.gguf_types import gguf_findings
from compat.identify.quantisation.target import Where

REMEDIES: Mapping[str, str] = {
    "ltx-pipelines-fp8-scaled-mm": "use --quantization fp8-cast for this file, or an fp8 file with "
    "a .weight_scale per layer",
    "ltx-pipelines-nvfp4-prequant": "use a file that was quantised to nvfp4 beforehand, or "
    "--quantization nvfp4-cast for bf16 weights",
}


def quantisation_lint(
    header: Header, *, loader: str = "", where: Where | None = None
) -> Iterator[Finding]:
    """Every finding on how ``header``'s weights are stored, for ``loader`` on ``where``.

    Without a loader only the device and the file's own flaws are looked at. What nobody has looked
    into is said as an INFO, never taken for a pass.
    """
    found = quantisation_of(header)
    device = where or Where()
    yield from flaws(header, found)
    if loader:
        yield from _loader_findings(header, found, loader)
    if device.kind:
        yield from device_findings(header, found, device, loader=loader)


def _loader_findings(header: Header, found: Quantisation, loader: str) -> Iterator[Finding]:
    if loader in GGUF_LOADERS and header.format != "gguf":
        yield _no_gguf(header, loader)
        return
    seen = seen_by(found, header, loader)
    if header.format == "gguf":
        yield from gguf_findings(header, found, loader)
    for scheme in seen.schemes or {Scheme.NONE: 0}:
        cell = outcome_of(scheme, loader)
        if header.format == "gguf" and cell.outcome is Outcome.UNKNOWN:
            continue
        yield from _of_cell(header, seen, cell)
    if loader == "comfyui":
        yield from format_findings(header, found)


def _of_cell(header: Header, found: Quantisation, cell: Cell) -> Iterator[Finding]:
    match cell.outcome:
        case Outcome.IGNORED | Outcome.DROPPED:
            yield ignored(header, found, cell.scheme, cell.loader)
        case Outcome.REFUSED:
            yield _refused(header, found, cell)
        case Outcome.UNKNOWN:
            yield _unknown(header, found, cell)
        case Outcome.APPLIED if cell.scheme not in (Scheme.NONE, Scheme.FP8_PLAIN):
            yield _applied(header, found, cell)


def _refused(header: Header, found: Quantisation, cell: Cell) -> Finding:
    stored = "plain floats" if cell.scheme is Scheme.NONE else str(cell.scheme)
    count = found.schemes.get(cell.scheme, 0)
    return damage(
        "quantisation-refused",
        header.path,
        f"the weights are {stored} and {cell.loader} does not take them: {cell.why}",
        remedy=REMEDIES.get(cell.loader, "use a file made for this loader, or the bf16 weights"),
        scheme=cell.scheme.value,
        weights=count,
        source=cell.source,
    )


def _unknown(header: Header, found: Quantisation, cell: Cell) -> Finding:
    return damage(
        "quantisation-not-checked",
        header.path,
        f"{found.schemes.get(cell.scheme, 0)} weights are {cell.scheme}: {cell.why}",
        remedy="render a few frames before a long run, and compare them with the bf16 weights",
        severity=Severity.INFO,
        scheme=cell.scheme.value,
    )


def _applied(header: Header, found: Quantisation, cell: Cell) -> Finding:
    return damage(
        "quantisation-applied",
        header.path,
        f"{found.schemes.get(cell.scheme, 0)} weights are {cell.scheme}, and {cell.loader} reads "
        f"them so: {cell.why}",
        remedy="",
        severity=Severity.INFO,
        scheme=cell.scheme.value,
        source=cell.source,
    )


def _no_gguf(header: Header, loader: str) -> Finding:
    return damage(
        "quantisation-refused",
        header.path,
        f"{quoted(header.path.name)} is {header.format} and {loader} reads nothing but gguf",
        remedy="use the plain loader for this file, or the model's gguf",
        scheme=header.format,
    )
