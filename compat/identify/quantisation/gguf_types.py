"""Holds the block types of a gguf against what its loader dequantises."""

from collections.abc import Iterator, Mapping

from compat.backends.dtype_facts import Answer, Known, takes
from compat.core.model import Finding, Severity
from compat.formats.model import Header
from compat.formats.quantisation import Quantisation
from compat.formats.wording import damage, quoted

READERS: Mapping[str, str] = {
    "mlx": "mlx-gguf",
    "diffusers-gguf": "diffusers-gguf",
    "comfyui-gguf": "comfyui-gguf",
    "gguf": "gguf-py",
}
"""The reader that a loader uses for gguf, as the backend facts call it."""

COMFYUI_GGUF_ARCHITECTURES = frozenset({
    "flux", "sd1", "sdxl", "sd3", "aura", "hidream", "cosmos", "ltxv", "hyvid", "wan", "lumina2",
    "qwen_image", "t5", "t5encoder", "llama", "qwen2vl", "qwen3", "qwen3vl",
})  # fmt: skip
"""IMG_ARCH_LIST and TXT_ARCH_LIST of city96/ComfyUI-GGUF loader.py (2025-12)."""

COMPATIBLE = frozenset({"", "pig", "cow"})
"""Architectures that ComfyUI-GGUF replaces by what the names of the tensors tell."""

REQUANTISE = "take another quantisation of this model, such as Q8_0, Q6_K or Q4_K"


def gguf_findings(header: Header, found: Quantisation, loader: str) -> Iterator[Finding]:
    """What becomes of each block type in ``loader``; INFO where nobody has looked."""
    for kind, count in found.dtypes.items():
        known = takes(READERS.get(loader, loader), kind, what="read")
        yield from _of_type(header, kind, count, loader, known)
    if loader == "comfyui-gguf":
        yield from _architecture(header)


def _of_type(header: Header, kind: str, count: int, loader: str, known: Known) -> Iterator[Finding]:
    example = quoted(next(n for n, t in header.tensors.items() if t.dtype == kind))
    numbers = {"type": kind, "tensors": count, "source": known.source}
    if known.answer is Answer.MISSING:
        yield damage(
            "gguf-type-left-out",
            header.path,
            f"{count} tensors are {kind} (such as {example}) and {loader} leaves them out without "
            "a word",
            remedy=REQUANTISE,
            detail=example,
            evidence=numbers,
        )
    elif known.answer is Answer.NO:
        yield damage(
            "gguf-type-refused",
            header.path,
            f"{count} tensors are {kind} (such as {example}), which {loader} cannot dequantise: "
            f"{known.error}",
            remedy=REQUANTISE,
            detail=example,
            evidence=numbers,
        )
    elif known.answer is Answer.SLOW:
        yield damage(
            "gguf-type-slow",
            header.path,
            f"{count} tensors are {kind}, which {loader} dequantises in numpy on the CPU at every "
            "step",
            remedy=REQUANTISE,
            severity=Severity.MEDIUM,
            evidence=numbers,
        )
    elif known.answer is Answer.UNKNOWN:
        yield damage(
            "quantisation-not-checked",
            header.path,
            f"{count} tensors are {kind}, and nobody has looked whether {loader} reads that",
            remedy="render a few frames before a long run",
            severity=Severity.INFO,
            evidence=numbers,
        )


def _architecture(header: Header) -> Iterator[Finding]:
    word = header.metadata.get("general.architecture", "")
    if word in COMFYUI_GGUF_ARCHITECTURES or word in COMPATIBLE:
        return
    yield damage(
        "gguf-architecture-refused",
        header.path,
        f"general.architecture is {quoted(word)}, which ComfyUI-GGUF does not know (Unexpected "
        "architecture type in GGUF file)",
        remedy="take a gguf made for ComfyUI, or another loader",
        detail="general.architecture",
        found=quoted(word),
    )
