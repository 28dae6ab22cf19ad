"""The rules about where tensors lie that safetensors and gguf share: overlaps, holes, the end."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.model import TensorInfo
from compat.formats.wording import byte_numbers, damage, quoted

MOST_REPEATS = 16
"""How many findings of one rule are kept; a hostile header could produce a million."""

WRONG_WRITER = "the program that wrote the file is faulty; get the file from its publisher"


def overlaps(path: Path, kind: str, tensors: Iterable[TensorInfo]) -> Iterator[Finding]:
    """Tensors that share bytes: one of the two silently reads the other's values."""
    return islice(_overlaps(path, kind, tensors), MOST_REPEATS)


def _overlaps(path: Path, kind: str, tensors: Iterable[TensorInfo]) -> Iterator[Finding]:
    before: TensorInfo | None = None
    for tensor in in_order(tensors):
        if before is not None and tensor.start < before.end and tensor.end > tensor.start:
            yield damage(
                f"{kind}-overlap",
                path,
                f"tensor {quoted(tensor.name)} starts at byte {tensor.start}, inside "
                f"{quoted(before.name)}, which ends at byte {before.end}",
                remedy=WRONG_WRITER,
                detail=f"byte {tensor.start}",
                tensors=[quoted(before.name), quoted(tensor.name)],
                overlap_bytes=min(before.end, tensor.end) - tensor.start,
            )
        if before is None or tensor.end > before.end:
            before = tensor


def holes(
    path: Path, kind: str, tensors: Iterable[TensorInfo], data_start: int, *, padding: int = 1
) -> Iterator[Finding]:
    """Bytes between tensors that belong to none, beyond ``padding`` to an alignment."""
    return islice(_holes(path, kind, tensors, data_start, padding), MOST_REPEATS)


def _holes(
    path: Path, kind: str, tensors: Iterable[TensorInfo], data_start: int, padding: int
) -> Iterator[Finding]:
    reached = data_start
    for tensor in in_order(tensors):
        if tensor.start - reached >= padding:
            yield damage(
                f"{kind}-hole",
                path,
                f"{tensor.start - reached} bytes before tensor {quoted(tensor.name)} belong to no "
                f"tensor, from byte {reached} to {tensor.start}",
                remedy=WRONG_WRITER,
                detail=f"byte {reached}",
                # gguf readers step over holes, the safetensors reader refuses them.
                severity=Severity.HIGH if padding == 1 else Severity.LOW,
                hole_bytes=tensor.start - reached,
            )
        reached = max(reached, tensor.end)


def cut_in_data(path: Path, kind: str, data_end: int, file_size: int) -> Finding:
    """The file ends before its last tensor does."""
    share = 100 * file_size / data_end
    return damage(
        f"{kind}-cut-in-data",
        path,
        f"the file ends at byte {file_size}, its last tensor ends at byte {data_end}: "
        f"{data_end - file_size} bytes are missing ({share:.1f} % is there)",
        remedy="download again or resume the download; the file is truncated",
        detail=f"byte {file_size}",
        evidence=byte_numbers(data_end, file_size),
    )


def trailing_bytes(
    path: Path, kind: str, data_end: int, file_size: int, severity: Severity = Severity.HIGH
) -> Finding:
    """The file goes on after its last tensor: padded, or two files run together; not truncated."""
    return damage(
        f"{kind}-trailing-bytes",
        path,
        f"the last tensor ends at byte {data_end}, the file at byte {file_size}: "
        f"{file_size - data_end} bytes too many (the file is not truncated)",
        remedy="compare size and hash with the publisher's; if the tensors are right, cut the file "
        f"to {data_end} bytes",
        detail=f"byte {data_end}",
        severity=severity,
        evidence=byte_numbers(data_end, file_size),
    )


def in_order(tensors: Iterable[TensorInfo]) -> list[TensorInfo]:
    """Tensors by where they lie in the file."""
    return sorted(tensors, key=lambda tensor: (tensor.start, tensor.end))
