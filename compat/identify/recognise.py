"""Holds one model's tensors against every signature and keeps what each one answers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from compat.core.collect import collect
from compat.identify.model import NearMiss, Predicate, Signature
from compat.identify.names import bare_names
from compat.identify.predicates import ABSENT
from compat.identify.view import View

NEAREST = 3
"""How many near misses are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What one layout of a signature asks for; ``telling`` marks are those an empty file lacks.

    "Has no audio" holds of every file, an empty one too, and says nothing about kinship.
    """

    signature: Signature
    layout: str
    marks: tuple[Predicate, ...]
    form: tuple[Predicate, ...]
    telling: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A signature that fits, in which layout, and the tensors under the names it was found by."""

    shape: Shape
    view: View
    prefix: str

    @property
    def signature(self) -> Signature:
        """The signature that fits."""
        return self.shape.signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """All signatures that fit, and the near misses, nearest first."""

    matches: tuple[Match, ...]
    misses: tuple[NearMiss, ...]


@cache
def signatures() -> Mapping[str, Signature]:
    """Every known signature by id."""
    return collect("compat.identify.signatures", Signature)


@cache
def _shapes() -> tuple[Shape, ...]:
    found: list[Shape] = []
    for known in signatures().values():
        found.append(_make_shape(known, known.layout, known.marks, known.form))
        found += [
            _make_shape(known, other.name, other.marks, other.form) for other in known.layouts
        ]
    return tuple(found)


def _make_shape(
    known: Signature, layout: str, marks: tuple[Predicate, ...], form: tuple[Predicate, ...]
) -> Shape:
    telling = tuple(bool(mark.missing({})) for mark in marks)
    return Shape(signature=known, layout=layout, marks=marks, form=form, telling=telling)


def recognise(view: View) -> Recognition:
    """Ask every signature, under the names as they are and with each wrapper taken off.

    The first form of the names that exactly one signature claims decides; where none does, the
    answer is the one with the nearest kin.
    """
    best = Recognition(matches=(), misses=())
    for prefix in bare_names(view):
        found = _ask(_without(view, prefix), prefix)
        if len(found.matches) == 1:
            return found
        if _nearness(found) > _nearness(best):
            best = found
    return best


def _nearness(found: Recognition) -> tuple[int, int, int]:
    mine = sum(miss.mine for miss in found.misses)
    return len(found.matches), mine, len(found.misses)


def _without(view: View, prefix: str) -> View:
    """Take ``prefix`` off; a name that lacks it stays as it is and is not allowed to hide one."""
    if not prefix:
        return view
    inside = {n.removeprefix(prefix): t for n, t in view.items() if n.startswith(prefix)}
    outside = {n: t for n, t in view.items() if not n.startswith(prefix) and n not in inside}
    return View({**outside, **inside}, frozenset(n.removeprefix(prefix) for n in view.lost))


def _ask(view: View, prefix: str) -> Recognition:
    matches: list[Match] = []
    misses: dict[str, tuple[tuple[bool, float], NearMiss]] = {}
    for shape in _shapes():
        marks, share = _marks(shape, view)
        form = () if marks else tuple(r for part in shape.form for r in part.missing(view))
        reasons = marks or form
        if not reasons:
            matches.append(Match(shape=shape, view=view, prefix=prefix))
            continue
        mine = not marks
        if not mine and share < 0.5:
            continue
        miss = NearMiss(id=shape.signature.id, mine=mine, reasons=reasons)
        rank = (mine, share)
        if miss.id not in misses or rank > misses[miss.id][0]:
            misses[miss.id] = (rank, miss)
    fitting = {match.signature.id for match in matches}
    if not matches:
        _own_up(misses)
    ranked = sorted(misses.items(), key=lambda item: (_worst_last(item[1][0]), item[0]))
    kept = [miss for name, (_, miss) in ranked if name not in fitting]
    return Recognition(matches=tuple(matches), misses=tuple(kept[:NEAREST]))


KIN = 0.6
"""Share of the telling marks from which a file that contradicts none is of this kind."""


def _own_up(misses: dict[str, tuple[tuple[bool, float], NearMiss]]) -> None:
    """Call the nearest kin mine where nothing in the file speaks against it and nobody else may.

    A model from which telling tensors were lost is still that model; one of another width, or with
    parts of a relative, is not.
    """
    if any(mine for (mine, _), _ in misses.values()):
        return
    lacking = {
        name: share
        for name, ((_, share), miss) in misses.items()
        if share >= KIN and all(reason.startswith(ABSENT) for reason in miss.reasons)
    }
    nearest = [name for name, share in lacking.items() if share == max(lacking.values())]
    if len(nearest) == 1:
        (_, share), miss = misses[nearest[0]]
        misses[nearest[0]] = (True, share), replace(miss, mine=True)


def _worst_last(rank: tuple[bool, float]) -> tuple[bool, float]:
    return not rank[0], -rank[1]


def _marks(shape: Shape, view: View) -> tuple[tuple[str, ...], float]:
    """Why the marks do not hold, and the share of the telling ones that do."""
    reasons: list[str] = []
    held = 0
    for mark, tells in zip(shape.marks, shape.telling, strict=True):
        missing = mark.missing(view)
        reasons += missing
        held += tells and not missing
    return tuple(reasons), held / max(1, sum(shape.telling))
