"""Decoding where no tile size was given, or one in another program's form."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from compat.core.model import Finding, Level, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.numerics import on_device, on_host
from probes.scripts.tiny_autoencoders import AUTOENCODERS, by_step, enlarging

# What scripts hand over as a tile size: nothing, WanGP's "off", WanGP's pair, and a number.
_GIVEN: Mapping[str, Any] = {"None": None, "0": 0, "the pair (4, 256)": (4, 256), "128": 128}


@probe(
    "vae-tile-size-none",
    family="scripts",
    needs=Needs(
        modules=("torch", "diffusers"), devices=("cpu", "cuda", "mps"), level=Level.STANDARD
    ),
)
def vae_tile_size_none(session: Session) -> Iterator[Finding]:
    """A tile size of None, zero or a pair is understood, or refused before the render.

    WanGP's LTX pipeline unpacks ``VAE_tile_size`` into two numbers and is handed None by default:
    "cannot unpack non-iterable NoneType object". WanGP is no package, so that line is repeated here
    in front of the real autoencoder of diffusers. diffusers itself takes None and zero for its own
    default, so that zero does not switch tiling off there, and takes a pair too, which fails only
    when the picture is decoded. Hand WanGP a pair, (0, 0) for no tiling, and diffusers a number.
    """
    import torch

    kind = next(kind for kind in AUTOENCODERS if kind.name == "ltx")
    latents = on_device(kind.latents(5), session)
    with torch.no_grad():
        for name, given in _GIVEN.items():
            vae = on_device(enlarging(kind), session)
            refusal = attempt(partial(_as_wangp, vae, latents, given))[1]
            session.measure(f"WanGP's way, {name}", refusal or "works")
            if refusal and given is None:
                yield _refused(session, f"WanGP's way with a tile size of {name}", refusal)
            yield from _as_diffusers(session, on_device(enlarging(kind), session), latents, name)


def _as_wangp(vae: Any, latents: Any, tile_size: Any) -> Any:
    """The first lines of WanGP's pipeline: frames and pixels of a tile, zero for none."""
    _frames, pixels = tile_size
    if pixels > 0:
        by_step(vae, pixels)
    return on_host(vae.decode(latents).sample)


def _as_diffusers(session: Session, vae: Any, latents: Any, name: str) -> Iterator[Finding]:
    given = _GIVEN[name]
    early = attempt(
        lambda: vae.enable_tiling(tile_sample_min_height=given, tile_sample_min_width=given)
    )[1]
    late = "" if early else attempt(lambda: on_host(vae.decode(latents).sample))[1]
    state = f"refused at once: {early}" if early else f"refused when decoding: {late}"
    session.measure(f"diffusers, {name}", state if early or late else "works")
    if late:
        yield _refused(session, f"diffusers with a tile size of {name}, when it decodes,", late)
    if given is None and early:
        text = f"diffusers refuses a tile size of None: {early}"
        yield fault(session, "tile-size-none-refused-by-diffusers", text)


def _refused(session: Session, case: str, words: str) -> Finding:
    return fault(
        session,
        "tile-size-refused-late",
        f"{case} is refused: {words}",
        severity=Severity.MEDIUM,
        remedy="hand WanGP a pair such as (0, 0) or (4, 256), and diffusers one number",
    )
