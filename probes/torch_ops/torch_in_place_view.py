"""Operations that write into a view."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-in-place-view",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_in_place_view(session: Session) -> Iterator[Finding]:
    """An operation in place changes the view it was given.

    Schedulers update latents in place. On MPS addcdiv_ and addcmul_ with a transposed target
    computed the right numbers and wrote them nowhere (pytorch#118115), so denoising stood still
    without an error. Update torch, or make the target contiguous.
    """
    inputs = [sample(9, 13, seed=1), sample(13, 9, seed=2), sample(13, 9, seed=3).abs() + 1]
    for name in ("addcmul_", "addcdiv_"):
        case = f"{name} into a transposed tensor"
        yield from agrees(session, case, inputs, partial(_into_transposed, name))
    yield from agrees(session, "copy into every other column", inputs[:2], _into_columns)


def _into_transposed(name: str, target: Any, first: Any, second: Any) -> Any:
    changed = target.clone()
    getattr(changed.t(), name)(first, second)
    return changed


def _into_columns(target: Any, source: Any) -> Any:
    changed = target.clone()
    changed[:, ::2] = source.t()[:, :7]
    return changed
