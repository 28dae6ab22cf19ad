"""Tells which of ComfyUI's own format words a ComfyUI knows."""

from collections.abc import Iterator

from compat.core.model import Confidence, Finding, Severity
from compat.formats.model import Header
from compat.formats.quantisation import Quantisation
from compat.formats.wording import quoted
from compat.identify.quantisation.findings import noted

KNOWN_0_10 = frozenset({"float8_e4m3fn", "float8_e5m2", "nvfp4"})
"""QUANT_ALGOS of ComfyUI 0.10 (2026-01); a word that is not there raises KeyError."""

NEWER = frozenset({"int8_tensorwise", "mxfp8"})
"""Words that published files carry and ComfyUI 0.10 does not know."""


def format_findings(header: Header, found: Quantisation) -> Iterator[Finding]:
    """One finding per format word that not every ComfyUI with markers reads."""
    for word, count in found.formats.items():
        if not word or word in KNOWN_0_10:
            continue
        newer = word in NEWER
        yield noted(
            "comfy-format-newer" if newer else "comfy-format-unknown",
            header.path,
            f"{count} layers name the format {quoted(word)}, which ComfyUI 0.10 does not know"
            + ("; later releases do" if newer else " and which nobody has looked up"),
            remedy="update ComfyUI; it stops with a KeyError at a format it does not know",
            severity=Severity.INFO if newer else Severity.LOW,
            confidence=Confidence.MEDIUM if newer else Confidence.LOW,
            layers=count,
        )
