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

SIZES: Final[dict[str, tuple[tuple[int, int], int]]] = {
    "64x64": ((64, 64), 2000),
    "96x96": ((96, 96), 600),
    "64x96": ((64, 96), 200),
    "96x64": ((96, 64), 200),
}
"""Sizes (height, width) and how many plain clips of each kind one shard holds."""
CHANGING_SHARE: Final = 0.15
"""Clips whose prompt changes, as a share of the plain ones; they are slow to draw."""
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


def make_shard(work: Path, number: int) -> None:
    """Draws and encodes one shard of clips; about a minute and a half on one core."""
    path = work / f"shard-{number:03d}.pt"
    if path.exists():
        return
    rng = np.random.default_rng(1000 + number)
    encoder = BlockEncoder(load_encoder(work))
    pools: dict[str, Pool] = {}
    for name, (size, count) in SIZES.items():
        pools[f"start {name}"] = plain_pool(encoder, rng, size, count, middle=False)
        pools[f"middle {name}"] = plain_pool(encoder, rng, size, count, middle=True)
        changing = int(count * CHANGING_SHARE)
        if changing >= 50:
            pools[f"changing {name}"] = changing_pool(encoder, rng, size, changing)
    save(
        {
            name: {"latents": pool.latents.bfloat16(), "scenes": pool.scenes, "change": pool.change}
            for name, pool in pools.items()
        },
        path,
    )
    print(f"shard {number}: {sum(len(pool) for pool in pools.values())} clips", flush=True)


def load_shards(paths: list[Path]) -> dict[str, Pool]:
    """All shards together, by kind and size."""
    shards = [load(path) for path in paths]
    return {
        name: Pool(
            **{
                field: torch.cat([shard[name][field] for shard in shards])
                for field in ("latents", "scenes", "change")
            }
        )
        for name in shards[0]
    }
