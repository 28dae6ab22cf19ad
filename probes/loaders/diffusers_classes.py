"""diffusers' model classes on the meta device, and its own conversion of single files."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from probes.loaders.file_question import FileQuestion, meta_tensors
from probes.loaders.published_configs import Published
from probes.loaders.state_comparison import Comparison, Shape, compared

OWN_LAYOUT = 0.5
"""A file that lacks a larger share of the class's names is not broken, it names them otherwise."""

NOT_CONVERTED: Mapping[str, str] = {
    "LTX2VideoTransformer3DModel": r"(audio_)?prompt_adaln_single\.",
    "WanTransformer3DModel": r"img_emb\.emb_pos$",
}
"""Names that diffusers 0.42.1's conversion leaves as they are, by class: LTX-2.3 and 2.5, and the
first-and-last-frame Wan, cannot be loaded from single files (measured on their real headers)."""

PREFIXES: Mapping[str, str] = {
    "UNet2DConditionModel": "model.diffusion_model.",
    "AutoencoderKLLTXVideo": "vae.",
}
"""Classes whose conversion takes only what stands under the prefix that a whole checkpoint has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """A class that has been made without memory: what it needs, and its configuration."""

    kind: str
    needed: Mapping[str, Shape]
    buffers: tuple[str, ...]
    ignored: tuple[str, ...]
    config: Mapping[str, Any]
    model: Any


def diffusers_class(library: str, kind: str) -> Any:
    """The model class ``kind``, from diffusers or one of its pipelines; None where it has none."""
    import diffusers

    home = diffusers
    if library not in ("", "diffusers"):
        home = getattr(diffusers.pipelines, library, None)
    found = getattr(home, kind, None) if home is not None else None
    if isinstance(found, type) and issubclass(found, diffusers.ModelMixin):
        return found
    return None


def blueprint(kind: Any, config: Mapping[str, Any]) -> Blueprint:
    """Make the class on meta; raises whatever the class raises on this configuration."""
    import torch

    with torch.device("meta"):
        model = kind.from_config(dict(config))
    return Blueprint(
        kind=kind.__name__,
        needed={name: tuple(tensor.shape) for name, tensor in model.state_dict().items()},
        buffers=tuple(name for name, _ in model.named_buffers()),
        ignored=tuple(getattr(kind, "_keys_to_ignore_on_load_unexpected", None) or ()),
        config=dict(model.config),
        model=model,
    )


def as_in_folder(question: FileQuestion, made: Blueprint, loader: str) -> Comparison:
    """A component's tensors as ``from_pretrained`` takes them, old attention names included."""
    tensors = meta_tensors(question)
    for repair in ("_fix_state_dict_keys_on_load", "_convert_deprecated_attention_blocks"):
        if hasattr(made.model, repair):
            getattr(made.model, repair)(tensors)
            break
    return _compared(made, tensors, loader)


def as_single_file(
    question: FileQuestion, entry: Published, made: Blueprint, loader: str
) -> Comparison | None:
    """A file's tensors as ``from_single_file`` takes them; None where its layout is not known.

    diffusers converts every file whose names are not exactly the class's; whichever of the two
    layouts differs less is the file's own. Raises what the conversion raises on a file that is in
    neither.
    """
    tensors = _inside(meta_tensors(question), entry.inside)
    plain = _compared(made, tensors, loader)
    if not plain.differences:
        return plain
    try:
        converted = _compared(made, _converted(dict(tensors), made), loader)
    except Exception:
        if _is_in_layout(plain):
            return plain
        raise
    best = min(plain, converted, key=lambda comparison: comparison.differences)
    return _without_gaps(made, best, tensors) if _is_in_layout(best) else None


def _is_in_layout(comparison: Comparison) -> bool:
    return len(comparison.missing) < OWN_LAYOUT * comparison.needed


def _without_gaps(
    made: Blueprint, comparison: Comparison, tensors: Mapping[str, Any]
) -> Comparison:
    """Set apart what the conversion leaves out, where its counterparts are missing in kind."""
    pattern = NOT_CONVERTED.get(made.kind)
    if pattern is None:
        return comparison
    left = [n for n in comparison.unexpected if re.match(pattern, n) and n in tensors]
    shapes = Counter(tuple(tensors[name].shape) for name in left)
    missing = [n for n in comparison.missing if not _taken(shapes, made.needed[n])]
    if not left or len(comparison.missing) - len(missing) != len(left):
        return comparison
    return replace(
        comparison,
        missing=tuple(missing),
        unexpected=tuple(name for name in comparison.unexpected if name not in left),
        unconverted=tuple(left),
    )


def _taken(shapes: Counter[Shape], shape: Shape) -> bool:
    if not shapes[shape]:
        return False
    shapes[shape] -= 1
    return True


def _inside(tensors: dict[str, Any], prefixes: tuple[str, ...]) -> dict[str, Any]:
    for prefix in prefixes:
        found = {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}
        if found:
            return found
    return tensors


def _converted(tensors: dict[str, Any], made: Blueprint) -> dict[str, Any]:
    from diffusers.loaders.single_file_model import SINGLE_FILE_LOADABLE_CLASSES as TABLE

    if made.kind not in TABLE:
        return tensors
    convert = TABLE[made.kind]["checkpoint_mapping_fn"]
    if prefix := PREFIXES.get(made.kind):
        tensors = {prefix + name: tensor for name, tensor in tensors.items()}
    return dict(convert(checkpoint=tensors, config=dict(made.config)))


def _compared(made: Blueprint, tensors: Mapping[str, Any], loader: str) -> Comparison:
    found = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    return compared(f"{made.kind} of {loader}", made.needed, made.buffers, found, made.ignored)
