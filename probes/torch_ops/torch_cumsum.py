"""Running sums: of token counts and over five axes."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees_exactly, whole


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
    yield from agrees_exactly(session, "a running sum of int64", counts, _along_last)
    video = [whole(4, 3, 2, 2, 2, seed=2)]
    yield from agrees_exactly(
        session, "a running sum over the first of five axes", video, _first_axis
    )


def _along_last(counts: Any) -> Any:
    return counts.cumsum(dim=-1)


def _first_axis(counts: Any) -> Any:
    return counts.cumsum(dim=0)
