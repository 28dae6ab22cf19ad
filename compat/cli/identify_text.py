"""Writes an identification for people: what it is, how large, what it needs, where it goes, why."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from compat.identify.model import UNKNOWN, Identification, Need, Placement, Traits

MOST_REASONS = 6
"""Lines of evidence shown; --format json has all."""


def identification_lines(path: Path, answer: Identification) -> Iterator[str]:
    """The whole answer about ``path``, one line each, indented below the first."""
    yield f"{answer.id:<20} {path}"
    yield from (f"  {line}" for line in _body(answer))


def _body(answer: Identification) -> Iterator[str]:
    if answer.family != UNKNOWN:
        yield f"{answer.family}, {answer.variant}, {answer.role}"
    if answer.parameters:
        yield _size(answer)
    if answer.carries or answer.lacks:
        yield _inside(answer)
    yield from _parts(answer.parts)
    if answer.needs:
        yield f"needs beside it: {'; '.join(map(_need, answer.needs))}"
    yield from _placement(answer.placement)
    if answer.traits is not None:
        yield from _rules(answer.traits)
    yield from _because(answer.evidence)
    yield from (f"nearest {miss}" for miss in answer.near_misses)


def _size(answer: Identification) -> str:
    scheme = f", {answer.quantisation}" if answer.quantisation else ""
    text = f"{answer.parameters / 1e9:.3f} B parameters, {_dtypes(answer.dtypes)}{scheme}"
    stored = answer.measures.get("bytes")
    if answer.expected_bytes and isinstance(stored, int):
        text += f"; {stored / 1e9:.2f} GB of tensors, about {answer.expected_bytes / 1e9:.2f} GB "
        text += "expected in these dtypes"
    return text


def _dtypes(dtypes: Mapping[str, int]) -> str:
    total = sum(dtypes.values()) or 1
    shares = ((ascii(dtype)[1:-1], values / total) for dtype, values in list(dtypes.items())[:4])
    return ", ".join(f"{dtype} {share:.0%}" if share < 1 else dtype for dtype, share in shares)


def _inside(answer: Identification) -> str:
    carries = ", ".join(answer.carries) or answer.role or "nothing known"
    lacks = ", ".join(dict.fromkeys(answer.lacks))
    return f"carries {carries}" + (f"; lacks {lacks}" if lacks else "")


def _parts(parts: Iterable[Identification]) -> Iterator[str]:
    for part in parts:
        role = part.role or "rest"
        yield f"inside: {role} {part.id}, {part.parameters / 1e9:.3f} B parameters"


def _need(need: Need) -> str:
    note = f" ({need.note})" if need.note else ""
    return f"{need.role} {' or '.join(need.ids)}{note}"


def _placement(placement: Placement) -> Iterator[str]:
    if placement.comfyui_loader:
        yield f"ComfyUI: models/{placement.comfyui_folder}, node {placement.comfyui_loader}"
    if placement.diffusers_class:
        yield f"diffusers: {placement.diffusers_class}"
    if placement.note:
        yield f"note: {placement.note}"


def _rules(traits: Traits) -> Iterator[str]:
    first = traits.frame_step + traits.frame_offset
    limit = f" to {traits.max_frames}" if traits.max_frames else ""
    step = f"{traits.frame_step}k+{traits.frame_offset}"
    count = "frames" if traits.frame_step == 1 else f"frames {step}"
    yield (
        f"rules: {count} from {first}{limit}, sides "
        f"multiples of {traits.space_multiple}, {traits.fps:g} fps, {traits.steps} steps, "
        f"guidance {traits.guidance:g}"
    )
    picture = traits.picture
    if picture is None:
        yield "nobody has said at which size it is in distribution"
    else:
        yield f"in distribution from {picture.width}x{picture.height}, {picture.frames} frames"
    yield f"{traits.pipeline} needs {', '.join(traits.needs)}"


def _because(evidence: tuple[str, ...]) -> Iterator[str]:
    yield from (f"because {line}" for line in evidence[:MOST_REASONS])
    if len(evidence) > MOST_REASONS:
        yield f"and {len(evidence) - MOST_REASONS} reasons more, see --format json"
