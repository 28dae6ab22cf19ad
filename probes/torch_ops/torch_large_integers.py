"""Integers that float32 cannot hold."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees_exactly, whole


@probe(
    "torch-large-integers",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_large_integers(session: Session) -> Iterator[Finding]:
    """Integers above 2^24 keep their value in arithmetic, choice and comparison.

    Token numbers, seeds and offsets are int64. Devices that compute them as float32 merge
    neighbours from 2^24 on; unique() on MPS did (pytorch#195595). Do this arithmetic on the
    processor where it is wrong.
    """
    # Odd ones: float32 holds every second integer from there on.
    numbers = [2 * whole(50, seed=1) + 2**24 + 1]
    plain = numbers[0].tolist()
    apart = sorted(set(plain))
    for case, operation, meant in (
        ("unique of", _unique, apart),
        ("places in unique of", _places, [apart.index(number) for number in plain]),
        ("arithmetic of", _shifted, [number * 3 - number % 7 for number in plain]),
        ("the largest of", _largest, max(plain)),
    ):
        text = f"{case} integers above 2^24"
        yield from agrees_exactly(session, text, numbers, operation, meant)


def _unique(numbers: Any) -> Any:
    return numbers.unique()


def _places(numbers: Any) -> Any:
    return numbers.unique(return_inverse=True)[1]


def _shifted(numbers: Any) -> Any:
    return numbers * 3 - (numbers % 7)


def _largest(numbers: Any) -> Any:
    return numbers.max()
