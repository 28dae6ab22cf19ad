"""Asks one cell: load with this loader, render, compare with what was made by hand."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Level, Needs, Probe, Session
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.renders.distance import Distance, apart, distances
from probes.renders.expected import Expected, expected
from probes.renders.loaders.loader import Job, Loader
from probes.renders.loaders.registry import LOADERS, cells_of
from probes.renders.numbers import garbage
from probes.renders.rendered import Rendered
from probes.renders.tiny.model import TinyModel

NEEDS = Needs(
    modules=("torch", "diffusers", "transformers", "safetensors"),
    devices=("cpu", "cuda", "mps"),
    memory_mib=1024,
    seconds=120.0,
    level=Level.STANDARD,
)
"""Of every render; its cells say at which level they are asked."""

_MANUAL = """\
{name} renders the same clip whoever loads it, up to rounding.

A tiny model of the real classes with random weights is saved, loaded by the cell's loader into
the cell's dtype and rendered; its latents and frames are held against a float32 render of the
same weights. A loader that refuses says so and costs a minute; one that drops or misreads a
tensor without a word costs a night. Load with one whose cell passes. What a pass means and what
it does not: docs/renders.md.
"""


def render_probe(tiny: TinyModel, name: str) -> Probe:
    """The probe ``render-<family>``, whose manual calls the family ``name``."""

    def check(session: Session) -> Iterator[Finding]:
        yield from render_cell(session, tiny)

    check.__doc__ = _MANUAL.format(name=name)
    declare = probe(
        f"render-{tiny.family.replace('.', '-')}",
        family="renders",
        needs=NEEDS,
        model=tiny.family,
        cells=cells_of(tiny.family),
    )
    return declare(check)


def render_cell(session: Session, tiny: TinyModel) -> Iterator[Finding]:
    """Yield what is wrong with the cell that ``session.target`` names; without one, skip."""
    target = session.target
    loader = LOADERS.get(target.loader)
    if loader is None or not target.dtype:
        session.skip("it asks about one way of loading, and none was named")
    job = Job(
        tiny=tiny,
        dtype=target.dtype,
        quantisation=target.quantisation,
        device=target.device,
        scratch=Path(session.scratch),
        material=session.material,
    )
    yield from ask(session, loader, job)


def ask(session: Session, loader: Loader, job: Job) -> Iterator[Finding]:
    """Yield what is wrong with what ``loader`` makes of ``job``."""
    loaded, refusal = attempt(partial(loader.load, job))
    if refusal:
        yield fault(session, "render-refused", f"{_named(job, loader)} does not load: {refusal}")
        return
    rendered, refusal = attempt(partial(loader.render, job, loaded))
    if rendered is None:
        text = f"{_named(job, loader)} loads and does not render: {refusal}"
        yield fault(session, "render-refused", text)
        return
    yield from _judged(session, _named(job, loader), rendered, expected(loader, job), job)


def _judged(
    session: Session, name: str, rendered: Rendered, by_hand: Expected, job: Job
) -> Iterator[Finding]:
    found = distances(rendered, by_hand, job.dtype, job.device)
    _measure(session, found, by_hand, job)
    if said := "; ".join(garbage(rendered, by_hand.exact)):
        yield fault(session, "render-garbage", f"{name} renders without an error, but {said}")
        return
    if far := [distance for distance in found if distance.too_far]:
        said = " and ".join(f"{d.what} {d.found:.3g} (at most {d.limit:.3g})" for d in far)
        yield fault(
            session,
            "render-silently-wrong",
            f"{name} renders without an error, but further from the float32 render of the same "
            f"weights than its dtype explains: {said}",
            remedy="load this model another way, or another dtype this way; "
            "framegate probe --only tells which cells pass",
            evidence={d.what: d.found for d in found},
        )


def _measure(session: Session, found: tuple[Distance, ...], by_hand: Expected, job: Job) -> None:
    for distance in found:
        session.measure(f"{distance.what} distance", _short(distance.found))
        session.measure(f"{distance.what} limit", _short(distance.limit))
    if job.quantisation:
        cost: Any = apart(by_hand.exact.frames, by_hand.original.frames)
        session.measure("frames moved by the quantisation itself", _short(cost))


def _short(value: float) -> float | str:
    # JSON has no infinity and no NaN.
    return float(f"{value:.4g}") if abs(value) < float("inf") else "not a number"


def _named(job: Job, loader: Loader) -> str:
    kept = f" with {job.quantisation} weights" if job.quantisation else ""
    return f"{job.tiny.family} by {loader.name} in {job.dtype}{kept}"
