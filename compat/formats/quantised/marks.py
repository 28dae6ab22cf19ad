"""Collects what in a file announces that its weights have scales."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from compat.formats.bounded_json import UnreadableJsonError, parse_json
from compat.formats.model import Header, TensorInfo
from compat.formats.quantised.layers import last_words

COMFY_LEAF = ".comfy_quant"
SCALED_LEAF = "scaled_fp8"
LARGEST_MARK = 4096
"""Bytes of one ``comfy_quant`` tensor that are read; published ones hold about 30."""

LOADER_PREFIXES = ("", "model.diffusion_model.", "diffusion_model.", "transformer.", "model.")
"""What stands before a layer's name in a bundle and not in the metadata of some converters."""

MOST_MARKS = 50_000
"""Markers that are read from one file; the largest published models hold some 4,000 layers."""

COMFY_METADATA = "_quantization_metadata"
MMGP_METADATA = "quantization_map"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Everything that announces scales.

    ``prefixes`` are the beginnings that a ``scaled_fp8`` tensor covers, ``layers`` the layers
    marked one by one with the format each names ("" where it could not be read), ``metadata`` the
    keys of the file's metadata, ``names`` all markers as written.
    """

    prefixes: tuple[str, ...] = ()
    layers: Mapping[str, str] = field(default_factory=dict)
    metadata_layers: Mapping[str, str] = field(default_factory=dict)
    metadata: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def scaled(self, layer: str) -> bool:
        """Whether a ``scaled_fp8`` tensor covers the layer."""
        return any(layer.startswith(prefix) for prefix in self.prefixes)

    def comfy(self, layer: str) -> bool:
        """Whether the layer carries a ``comfy_quant`` or the metadata names it.

        Converters write the metadata's names with or without the loader's prefix.
        """
        return layer in self.layers or any(
            layer.removeprefix(prefix) in self.metadata_layers for prefix in LOADER_PREFIXES
        )

    def strays(self, layers: Collection[str]) -> tuple[str, ...]:
        """Layers that a marker names and that are not among ``layers``."""
        named = {layer.removeprefix(p) for layer in layers for p in LOADER_PREFIXES}
        return tuple(name for name in self.metadata_layers if name not in named)

    def formats(self) -> dict[str, int]:
        """How many layers name each format."""
        return dict(Counter([*self.layers.values(), *self.metadata_layers.values()]))


def marks_of(header: Header) -> Marks:
    """Read the markers of a file: names, metadata, and the few bytes of ``comfy_quant`` tensors.

    A file that cannot be opened (a header made by hand) gives markers without formats.
    """
    words = last_words(header.tensors)
    prefixes = tuple(
        name.removesuffix(SCALED_LEAF)
        for name in (header.tensors if SCALED_LEAF in words else ())
        if name == SCALED_LEAF or name.endswith(f".{SCALED_LEAF}")
    )
    marked = {
        name: tensor
        for name, tensor in (header.tensors.items() if COMFY_LEAF[1:] in words else ())
        if name.endswith(COMFY_LEAF)
    }
    metadata = tuple(key for key in (COMFY_METADATA, MMGP_METADATA) if key in header.metadata)
    named = (*(f"{prefix}{SCALED_LEAF}" for prefix in prefixes), *marked, *metadata)
    return Marks(
        prefixes=prefixes,
        layers=dict(_formats(header, marked)),
        metadata_layers=_metadata_layers(header),
        metadata=metadata,
        names=named,
    )


def _formats(header: Header, marked: Mapping[str, TensorInfo]) -> Iterator[tuple[str, str]]:
    texts = _read(header, marked)
    for name in marked:
        yield name.removesuffix(COMFY_LEAF), _word(texts.get(name, b""))


def _read(header: Header, marked: Mapping[str, TensorInfo]) -> dict[str, bytes]:
    if not marked:
        return {}
    found = {}
    try:
        with header.path.open("rb") as handle:
            for name, tensor in list(marked.items())[:MOST_MARKS]:
                size = tensor.end - tensor.start
                if 0 < size <= LARGEST_MARK:
                    handle.seek(tensor.start)
                    found[name] = handle.read(size)
    except (OSError, ValueError):  # no such file, or an offset beyond what the system can seek
        return found
    return found


def _word(text: bytes) -> str:
    try:
        value = parse_json(text)
    except UnreadableJsonError:
        return ""
    return _format_of(value)


def _format_of(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("format")
    return value[:64] if isinstance(value, str) else ""


def _metadata_layers(header: Header) -> dict[str, str]:
    try:
        document = parse_json(header.metadata.get(COMFY_METADATA, "").encode("utf-8", "replace"))
    except UnreadableJsonError:
        return {}
    layers = document.get("layers") if isinstance(document, dict) else None
    if not isinstance(layers, dict):
        return {}
    return {str(name): _format_of(value) for name, value in layers.items()}
