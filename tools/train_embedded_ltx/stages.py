"""The first stages of the recipe and where each keeps its work: VAE start, text, latent shards."""

# ruff: noqa: TID253 - torch is what this recipe is made of; the package never imports it

import os
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from tools.train_embedded_ltx.architecture import TRANSFORMER_CONFIG, VAE_CONFIG
from tools.train_embedded_ltx.closed_form import solve_decoder, solve_encoder
from tools.train_embedded_ltx.latent_pool import (
    BlockEncoder,
    Pool,
    changing_pool,
    plain_pool,
)
from tools.train_embedded_ltx.text import make_text_encoder, make_tokenizer, train_text_encoder

Counts = tuple[int, int, int]
MIXED_SHARD: Final[dict[str, Counts]] = {
    "64x64": (2000, 2000, 300),
    "96x96": (600, 600, 90),
    "64x96": (200, 200, 0),
    "96x64": (200, 200, 0),
}
"""Clips in a shard by size (height x width): starts of clips, middles, middles that change."""
WIDE_SHARD: Final[dict[str, Counts]] = {
    "96x96": (3000, 1000, 0),
    "64x96": (1000, 400, 0),
    "96x64": (1000, 400, 0),
}
"""The same for shards that add to the larger pictures, which are harder to learn."""
TEXT_STEPS: Final = 500


def save(value: Any, path: Path) -> None:
    """Writes a file that is either complete or absent, even when the process is stopped."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    torch.save(value, partial)
    partial.replace(path)


def load(path: Path) -> Any:
    """Reads what `save` wrote."""
    return torch.load(path, map_location="cpu", weights_only=True)


def make_vae() -> Any:
    """An untrained VAE."""
    from diffusers import AutoencoderKLLTXVideo

    return AutoencoderKLLTXVideo(**VAE_CONFIG).eval()


def make_transformer() -> Any:
    """An untrained transformer that predicts zero."""
    from diffusers import LTXVideoTransformer3DModel

    model = LTXVideoTransformer3DModel(**TRANSFORMER_CONFIG)
    torch.nn.init.zeros_(model.proj_out.weight)
    torch.nn.init.zeros_(model.proj_out.bias)
    return model


def start_vae(work: Path, seed: int) -> None:
    """Solves the encoder, then the decoder's start; about two minutes on one core."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    vae = make_vae()
    solve_encoder(vae, rng)
    save(vae.state_dict(), work / "encoder.pt")
    solve_decoder(vae, rng)
    save(vae.state_dict(), work / "vae_start.pt")


def load_encoder(work: Path) -> Any:
    """A VAE whose encoder is final; its decoder is not to be used."""
    vae = make_vae()
    vae.load_state_dict(load(work / "encoder.pt"))
    return vae


def start_text(work: Path, seed: int) -> None:
    """Trains the text encoder; about a minute on one core."""
    torch.manual_seed(seed)
    tokenizer = make_tokenizer()
    model = make_text_encoder(tokenizer)
    loss = train_text_encoder(model, tokenizer, np.random.default_rng(seed), TEXT_STEPS)
    for parameter in model.parameters():
        parameter.data = parameter.data.bfloat16().float()
    save(model.state_dict(), work / "text.pt")
    print(f"text done, loss {loss:.4f}", flush=True)


def load_text(work: Path) -> tuple[Any, Any]:
    """The tokenizer and the trained text encoder."""
    tokenizer = make_tokenizer()
    model = make_text_encoder(tokenizer)
    model.load_state_dict(load(work / "text.pt"))
    return tokenizer, model.requires_grad_(requires_grad=False)


def make_shard(work: Path, number: int, *, wide: bool) -> None:
    """Draws and encodes one shard of clips; two minutes on one core."""
    path = work / f"shard-{'wide' if wide else 'mixed'}-{number:03d}.pt"
    if path.exists():
        return
    rng = np.random.default_rng((2000 if wide else 1000) + number)
    encoder = BlockEncoder(load_encoder(work))
    pools: dict[str, Pool] = {}
    for name, (starts, middles, changing) in (WIDE_SHARD if wide else MIXED_SHARD).items():
        height, width = (int(edge) for edge in name.split("x"))
        size = (height, width)
        pools[f"start {name}"] = plain_pool(encoder, rng, size, starts, middle=False)
        pools[f"middle {name}"] = plain_pool(encoder, rng, size, middles, middle=True)
        if changing:
            pools[f"changing {name}"] = changing_pool(encoder, rng, size, changing)
    fields = {
        name: {"latents": pool.latents.bfloat16(), "scenes": pool.scenes, "change": pool.change}
        for name, pool in pools.items()
    }
    save(fields, path)
    print(f"{path.name}: {sum(len(pool) for pool in pools.values())} clips", flush=True)


def load_shards(paths: list[Path]) -> dict[str, Pool]:
    """All shards together, by kind and size."""
    shards = [load(path) for path in paths]
    found: dict[str, Pool] = {}
    for name in dict.fromkeys(name for shard in shards for name in shard):
        parts = [shard[name] for shard in shards if name in shard]
        fields = {key: torch.cat([part[key] for part in parts]) for key in parts[0]}
        found[name] = Pool(**fields)
    return found
