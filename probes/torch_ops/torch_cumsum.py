"""Running sums: of token counts and over five axes."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees_exactly, untouched, whole


@probe(
    "torch-cumsum",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_cumsum(session: Session) -> Iterator[Finding]:
    """Running sums of integers are exact, and run over the first of five axes.

    Text encoders count tokens with a running sum of int64 to place them; on MPS these were computed
    as floats or refused (pytorch#96610), and five axes ended the process with an assertion
    (pytorch#187105). Update torch, or run the text encoder on the processor.
    """
    counts = [whole(3, 300, seed=1)]
    meant = [list(accumulate(row)) for row in counts[0].tolist()]
    yield from agrees_exactly(session, "a running sum of int64", counts, _along_last, meant)
    video = [whole(4, 3, 2, 2, 2, seed=2)]
    yield from agrees_exactly(
        session, "a running sum over the first of five axes", video, _first_axis, _summed(video[0])
    )


def _summed(video: Any) -> Any:
    """The running sum over the first axis, in Python's own integers."""
    columns = [accumulate(column) for column in zip(*_flat(video), strict=True)]
    return [_folded(row) for row in zip(*columns, strict=True)]


def _flat(video: Any) -> list[list[int]]:
    with untouched():
        return [[int(value) for value in part.flatten()] for part in video]


def _folded(row: Sequence[int]) -> Any:
    """24 values as the axes behind the first, 3 x 2 x 2 x 2."""
    if len(row) == 2:
        return list(row)
    parts = 3 if len(row) == 24 else 2
    size = len(row) // parts
    return [_folded(row[n * size : (n + 1) * size]) for n in range(parts)]


def _along_last(counts: Any) -> Any:
    return counts.cumsum(dim=-1)


def _first_axis(counts: Any) -> Any:
    return counts.cumsum(dim=0)
