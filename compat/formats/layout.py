"""Where the tensors of a file lie: each has to begin where the one before it ends."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from compat.core.model import Finding
from compat.formats.model import TensorInfo
from compat.formats.wording import damage, quoted

MOST_REPEATS = 16
"""How many findings of one kind are kept; a hostile header could produce a million."""

WRONG_WRITER = "the program that wrote the file is faulty; get the file from its publisher"


def gaps(
    path: Path, kind: str, tensors: Iterable[TensorInfo], data_start: int, *, complete: bool
) -> Iterator[Finding]:
    """Holes and shared bytes; holes only where the list of tensors is ``complete``.

    This is the rule of the reference reader of safetensors, tensor for tensor: sorted by where they
    lie, each has to begin at the byte where the last one ended.
    """
    return islice(_gaps(path, kind, tensors, data_start, complete=complete), MOST_REPEATS)


def _gaps(
    path: Path, kind: str, tensors: Iterable[TensorInfo], data_start: int, *, complete: bool
) -> Iterator[Finding]:
    reached, before = data_start, None
    for tensor in in_order(tensors):
        if tensor.start > reached and complete:
            yield hole(path, kind, tensor, reached)
        elif tensor.start < reached and before is not None:
            yield shared(path, kind, before, tensor)
        if tensor.end >= reached:
            reached, before = tensor.end, tensor


def hole(path: Path, kind: str, tensor: TensorInfo, reached: int) -> Finding:
    """Bytes before ``tensor`` that belong to no tensor."""
    return damage(
        f"{kind}-hole",
        path,
        f"{tensor.start - reached} bytes before tensor {quoted(tensor.name)} belong to no tensor, "
        f"from byte {reached} to {tensor.start}; expected it to begin at byte {reached}",
        remedy=WRONG_WRITER,
        detail=f"byte {reached}",
        hole_bytes=tensor.start - reached,
    )


def shared(path: Path, kind: str, before: TensorInfo, tensor: TensorInfo) -> Finding:
    """Two tensors that share bytes: one of them reads the other's values and nothing raises."""
    names = [quoted(before.name), quoted(tensor.name)]
    if (tensor.start, tensor.end) == (before.start, before.end):
        rule, what = f"{kind}-same-bytes", f"tensors {names[0]} and {names[1]} are the same bytes"
    elif tensor.start == tensor.end:
        rule = f"{kind}-empty-tensor-inside"
        what = f"tensor {names[1]} has no bytes and stands inside {names[0]}"
    else:
        rule = f"{kind}-overlap"
        what = f"tensor {names[1]} begins inside {names[0]}"
    return damage(
        rule,
        path,
        f"{what}, at byte {tensor.start}; expected it to begin at byte {before.end}",
        remedy=WRONG_WRITER,
        detail=f"byte {tensor.start}",
        tensors=names,
        overlap_bytes=min(before.end, tensor.end) - tensor.start,
    )


def in_order(tensors: Iterable[TensorInfo]) -> list[TensorInfo]:
    """Tensors by where they lie in the file."""
    return sorted(tensors, key=lambda tensor: (tensor.start, tensor.end))
