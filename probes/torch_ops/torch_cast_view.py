"""Casting a view to another dtype."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import HALVES, agrees, sample


@probe(
    "torch-cast-view",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_cast_view(session: Session) -> Iterator[Finding]:
    """Casting a permuted or sliced tensor gives the right values in the right places.

    Decoders cast between halves and float32 at every block. Strided casts are their own kernels,
    and on MPS one that tested a sliced column for NaN wrote over its neighbours (pytorch#183419).
    Make the input contiguous before the cast where this is wrong.
    """
    frames = [sample(2, 3, 8, 10, seed=1)]
    yield from agrees(session, "cast of permuted input", frames, _permuted, dtypes=HALVES)
    yield from agrees(session, "cast of a slice", frames, _sliced, dtypes=HALVES)
    # The report is of more than 1.5 million rows.
    rows = [sample(1_500_100, 2, seed=2)]
    yield from agrees(
        session, "a test for NaN of a long column", rows, _tested, dtypes=("float32",)
    )


def _there_and_back(view: Any) -> Any:
    import torch

    # float64, the reference, stays as it is.
    wide = view.to(torch.promote_types(view.dtype, torch.float32))
    return wide.to(view.dtype)


def _permuted(frames: Any) -> Any:
    return _there_and_back(frames.permute(0, 2, 3, 1))


def _sliced(frames: Any) -> Any:
    return _there_and_back(frames[:, 1:, ::2, 1::3])


def _tested(rows: Any) -> Any:
    finite = rows[:, 0].isfinite() & ~rows[:, 1].isinf()
    # The whole of the input: what is damaged is the neighbours of the column.
    return rows * finite[:, None]
