"""Weight matrices that hold nothing but zeros, or next to nothing else."""

from collections.abc import Iterator
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.deep.census import Census
from compat.formats.deep.meant_zero import may_be_zero
from compat.formats.deep.tensor_kind import is_matrix
from compat.formats.deep.zero_region import RegionKind
from compat.formats.model import TensorInfo
from compat.formats.wording import damage, quoted

ZERO_SHARE = 0.25
"""Share of weight bytes in zero matrices from which the file is called unusable. Some zero matrices
are meant: trainings start outputs and residual branches at zero and may leave them; a VAE of this
project's own held 12 %."""

NEARLY_ALL = 0.9
"""From this share on names are no excuse: LoRA factors that start at zero are at most four fifths
of a file (a layer four times as high as wide)."""

NEARLY_ZERO = 0.99
FEWEST_BYTES = 1 << 20
"""Share of a matrix in pages of zeros from which it counts as zero, and the least it takes: filter
banks and unit matrices are sparse, but small."""

FEWEST_TOGETHER = 4096
"""Bytes of a zero matrix that says something about its neighbour."""

MOST_NAMES = 16


def zero_weights(path: Path, census: Census) -> Iterator[Finding]:
    """Many zero matrices are damage; single ones, or ones named for it, may be meant."""
    zero = list(_zero_matrices(census))
    if not zero:
        return
    meant = [tensor for tensor in zero if may_be_zero(tensor.name)]
    other = [tensor for tensor in zero if not may_be_zero(tensor.name)]
    total = max(1, sum(_nbytes(tensor) for tensor in _matrices(census)))
    many = _share(other, total) >= ZERO_SHARE or _share(zero, total) >= NEARLY_ALL
    if many or _are_neighbours(census, other):
        yield _finding(path, zero, total, Severity.HIGH)
    elif other:
        yield _finding(path, other, total, Severity.LOW)
    else:
        yield _finding(path, meant, total, Severity.INFO)


def _matrices(census: Census) -> Iterator[TensorInfo]:
    return (t for t, _ in census.seen() if is_matrix(t) and t.dtype != "BOOL")


def _zero_matrices(census: Census) -> Iterator[TensorInfo]:
    holes = [r for r in census.regions if r.kind is RegionKind.HOLE]
    for tensor, sight in census.seen():
        if not is_matrix(tensor) or tensor.dtype == "BOOL" or not _seen_whole(census, tensor):
            continue
        nearly = sight.zero_bytes >= max(NEARLY_ZERO * _nbytes(tensor), FEWEST_BYTES)
        in_hole = any(hole.start < tensor.end and tensor.start < hole.end for hole in holes)
        if (sight.is_zero or nearly) and not in_hole:
            yield tensor


def _seen_whole(census: Census, tensor: TensorInfo) -> bool:
    return census.complete or tensor.end <= census.position


def _are_neighbours(census: Census, zero: list[TensorInfo]) -> bool:
    """Whether two of them lie together, with nothing between that is not zero: a hole, mostly."""
    names = {tensor.name for tensor in zero if _nbytes(tensor) >= FEWEST_TOGETHER}
    before = False
    for tensor, sight in census.seen():
        if tensor.name in names:
            if before:
                return True
            before = True
        elif not sight.is_zero and sight.values:
            before = False
    return False


def _nbytes(tensor: TensorInfo) -> int:
    return tensor.end - tensor.start


def _share(tensors: list[TensorInfo], total: int) -> float:
    return sum(map(_nbytes, tensors)) / total


REMEDIES = {
    Severity.HIGH: "download again and compare the hash; trained weights are not zero",
    Severity.LOW: "nothing, where the training left an output at zero; else compare the hash",
    Severity.INFO: "nothing: trainings start weights of these names at zero",
}


def _finding(path: Path, zero: list[TensorInfo], total: int, severity: Severity) -> Finding:
    largest = max(zero, key=_nbytes)
    return damage(
        "weights-all-zero" if severity is not Severity.INFO else "weights-started-at-zero",
        path,
        f"{len(zero)} weight tensor(s), {100 * _share(zero, total):.1f} % of the weight bytes, are "
        f"all zero, largest {quoted(largest.name)}",
        remedy=REMEDIES[severity],
        detail=quoted(largest.name),
        severity=severity,
        zero_bytes=sum(map(_nbytes, zero)),
        weight_bytes=total,
        tensors=[quoted(tensor.name) for tensor in zero[:MOST_NAMES]],
    )
