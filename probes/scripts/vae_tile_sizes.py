"""Tiled decoding with tiles of every small size."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Level, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.numerics import on_device, on_host

# One latent of LTX Video covers 32 pixels, so smaller tiles hold no latent at all.
_LATENT_PIXELS = 32


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
    step between tiles is rounded down to whole latents, and below one latent it is nothing. Switch
    tiling off, or use tiles of at least two latents (64 pixels for LTX Video).
    """
    import torch

    vae = on_device(_tiny_vae(), session).eval()
    latents = on_device(torch.zeros(1, 4, 2, 3, 3), session)
    with torch.no_grad():
        refused = {size: words for size in range(1, 64) if (words := _refusal(vae, latents, size))}
    session.measure("sizes refused", sorted(refused))
    for words in dict.fromkeys(refused.values()):
        sizes = _ranges([size for size, said in refused.items() if said == words])
        yield fault(
            session,
            "vae-tiles-refused",
            f"tiles of {sizes} pixels are refused: {words}",
            severity=Severity.MEDIUM,
            remedy="switch tiling off, or use tiles of at least 64 pixels",
        )
    if words := _refusal(vae, latents, 2 * _LATENT_PIXELS):
        yield fault(session, "vae-tiling-refused", f"tiles of 64 pixels are refused: {words}")


def _refusal(vae: Any, latents: Any, size: int) -> str:
    return attempt(lambda: _decoded(vae, latents, size))[1]


def _decoded(vae: Any, latents: Any, size: int) -> Any:
    vae.enable_tiling(
        tile_sample_min_height=size,
        tile_sample_min_width=size,
        # Three quarters of a tile, as WanGP's overlap of 0.25 has it.
        tile_sample_stride_height=int(size * 0.75),
        tile_sample_stride_width=int(size * 0.75),
    )
    return on_host(vae.decode(latents).sample)


def _tiny_vae() -> Any:
    import torch
    from diffusers import AutoencoderKLLTXVideo

    torch.manual_seed(0)
    return AutoencoderKLLTXVideo(
        latent_channels=4,
        block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 8, 8, 8),
        layers_per_block=(1, 1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1, 1),
    )


def _ranges(numbers: list[int]) -> str:
    groups: list[list[int]] = []
    for number in numbers:
        if groups and number == groups[-1][-1] + 1:
            groups[-1].append(number)
        else:
            groups.append([number])
    return ", ".join(f"{g[0]} to {g[-1]}" if len(g) > 1 else str(g[0]) for g in groups)
