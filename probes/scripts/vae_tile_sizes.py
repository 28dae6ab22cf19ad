"""Tiled decoding with tiles of every small size, in the autoencoder of every family."""

from collections.abc import Iterator, Sequence
from typing import Any

from compat.core.model import Finding, Level, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.numerics import on_device, on_host
from probes.scripts.tiny_autoencoders import AUTOENCODERS, Autoencoder, built, enlarging

_SIZES = range(1, 64)
_FEW_LATENTS, _SOME_LATENTS = 2, 5
# Blending adds two shares of the same value; pixels are between -1 and 1.
_ROUNDING = 1e-4

_REMEDIES = {
    "refused": "switch tiling off, or use larger tiles",
    "picture of another size": "use tiles of a multiple of four latents, or switch tiling off",
    "displaced": "let the step between tiles be a whole number of latents, or switch tiling off",
}


@probe(
    "vae-tile-sizes",
    family="scripts",
    needs=Needs(
        modules=("torch", "diffusers"),
        devices=("cpu", "cuda", "mps"),
        seconds=120.0,
        level=Level.STANDARD,
    ),
)
def vae_tile_sizes(session: Session) -> Iterator[Finding]:
    """Tiled decoding works with tiles of every size from 1 to 63 pixels.

    A script passed a tile size of 1 and lost a render to "range() arg 3 must not be zero": the
    step between tiles is rounded down to whole latents, and below one latent it is nothing. Worse
    is a step that is no whole number of latents: tiles are cut at whole latents and joined at the
    step in pixels, so the picture is stretched or comes out larger, without a word. Switch tiling
    off, or use tiles of four latents or a multiple (128 pixels for LTX, 64 for Wan 2.2, else 32)
    with an overlap of a quarter. Every family's autoencoder is asked, with its own tiling and with
    a decoder that only enlarges, so that each misplaced pixel is seen; its real decoder is asked
    with the smallest tile and with one that should work.
    """
    import torch

    with torch.no_grad():
        for kind in AUTOENCODERS:
            yield from _small_tiles(session, kind)
            yield from _safe_tile(session, kind)


def _small_tiles(session: Session, kind: Autoencoder) -> Iterator[Finding]:
    enlarger, latents = _ready(session, kind, enlarging(kind), _across(kind, max(_SIZES)))
    whole = on_host(enlarger.decode(latents).sample)
    said = {size: _problem(kind, enlarger, latents, size, whole) for size in _SIZES}
    real, few = _ready(session, kind, built(kind), _FEW_LATENTS)
    _, refusal = attempt(lambda: _decoded(kind, real, few, 1))
    if refusal:
        said[1] = ("refused", refusal)
    yield from _told(session, kind, said)


def _across(kind: Autoencoder, tile: int) -> int:
    """Latents on a side so that two tiles of ``tile`` pixels, or more, lie side by side."""
    return max(_SOME_LATENTS, tile // kind.pixels + 2)


def _ready(session: Session, kind: Autoencoder, autoencoder: Any, count: int) -> tuple[Any, Any]:
    return on_device(autoencoder, session), on_device(kind.latents(count), session)


def _told(
    session: Session, kind: Autoencoder, said: dict[int, tuple[str, str]]
) -> Iterator[Finding]:
    """One finding for each way in which sizes fail, so that the words are told once."""
    session.measure(kind.name, {what or "works": _sizes(said, what) for what, _ in said.values()})
    for what, words in dict.fromkeys(problem for problem in said.values() if problem[0]):
        sizes = [size for size, problem in said.items() if problem == (what, words)]
        case = f"the autoencoder of {kind.name} with tiles of {_ranges(sizes)} pixels"
        text = {
            "refused": f"{case} is refused: {words}",
            "picture of another size": f"{case} gives a picture of another size without a word",
            "displaced": f"{case} puts parts of the picture in the wrong place without a word",
        }[what]
        rule = "vae-tiles-refused" if what == "refused" else "vae-tiles-silently-wrong"
        yield fault(session, rule, text, severity=Severity.MEDIUM, remedy=_REMEDIES[what])


def _safe_tile(session: Session, kind: Autoencoder) -> Iterator[Finding]:
    size = kind.safe_tile
    enlarger, latents = _ready(session, kind, enlarging(kind), _across(kind, size))
    whole = on_host(enlarger.decode(latents).sample)
    what, words = _problem(kind, enlarger, latents, size, whole)
    real, latents = _ready(session, kind, built(kind), _SOME_LATENTS)
    picture, refusal = attempt(lambda: _decoded(kind, real, latents, size))
    if refusal:
        what, words = "refused", refusal
    elif picture is not None and not bool(picture.isfinite().all()):
        what = "not finite"
    if what:
        text = f"the autoencoder of {kind.name} with tiles of {size} pixels fails: {what} {words}"
        yield fault(session, "vae-tiling-broken", text.strip())


def _problem(
    kind: Autoencoder, autoencoder: Any, latents: Any, size: int, whole: Any
) -> tuple[str, str]:
    """What goes wrong with tiles of this size, and the library's words; both empty for nothing."""
    picture, refusal = attempt(lambda: _decoded(kind, autoencoder, latents, size))
    if picture is None:
        return "refused", refusal
    if picture.shape != whole.shape:
        return "picture of another size", ""
    apart = float((picture - whole).abs().max())
    # Written so that NaN is a problem too.
    return ("", "") if apart <= _ROUNDING else ("displaced", "")


def _decoded(kind: Autoencoder, autoencoder: Any, latents: Any, size: int) -> Any:
    kind.tile(autoencoder, size)
    return on_host(autoencoder.decode(latents).sample)


def _sizes(said: dict[int, tuple[str, str]], what: str) -> str:
    return _ranges([size for size, problem in said.items() if problem[0] == what])


def _ranges(numbers: Sequence[int]) -> str:
    groups: list[list[int]] = []
    for number in numbers:
        if groups and number == groups[-1][-1] + 1:
            groups[-1].append(number)
        else:
            groups.append([number])
    return ", ".join(f"{g[0]} to {g[-1]}" if len(g) > 1 else str(g[0]) for g in groups)
