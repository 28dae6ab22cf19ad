"""Where each family keeps the parts that faults strike."""

from collections.abc import Iterator
from typing import Any

from tools.preflight_power.faults.fault import Target

OUTPUT = {"animatediff": "conv_out"}
INPUT = {
    "ltx": "proj_in",
    "wan": "patch_embedding",
    "hunyuan-video": "x_embedder",
    "animatediff": "conv_in",
    "cogvideox": "patch_embed.proj",
}
TIME = {
    "ltx": "time_embed.emb.timestep_embedder",
    "wan": "condition_embedder.time_embedder",
    "hunyuan-video": "time_text_embed.timestep_embedder",
    "animatediff": "time_embedding",
    "cogvideox": "time_embedding",
}


def output_layer(target: Target) -> Any:
    """The layer that gives the prediction."""
    return target.denoiser.get_submodule(OUTPUT.get(target.family, "proj_out"))


def input_layer(target: Target) -> Any:
    """The layer that takes the latents in."""
    return target.denoiser.get_submodule(INPUT[target.family])


def time_layer(target: Target) -> Any:
    """The layers that embed the noise level."""
    return target.denoiser.get_submodule(TIME[target.family])


def blocks(target: Target) -> list[Any]:
    """The denoiser's blocks in order; the UNet's are its transformer and residual blocks."""
    denoiser = target.denoiser
    if target.family == "animatediff":
        wanted = ("ResnetBlock2D", "Transformer2DModel", "AnimateDiffTransformer3D")
        return [m for m in denoiser.modules() if type(m).__name__ in wanted]
    if target.family == "wan":
        return list(denoiser.blocks)
    singles = getattr(denoiser, "single_transformer_blocks", ())
    return [*denoiser.transformer_blocks, *singles]


def matrices(module: Any) -> Iterator[tuple[str, Any]]:
    """Names and weights of two or more dimensions."""
    for name, parameter in module.named_parameters():
        if parameter.ndim >= 2 and parameter.numel() > 64:
            yield name, parameter.data


def block_matrices(target: Target) -> list[Any]:
    """All matrices inside the blocks."""
    return [weight for block in blocks(target) for _, weight in matrices(block)]


def pick(target: Target, things: list[Any]) -> Any:
    """One of ``things``, by the case's own luck."""
    return things[int(target.rng.integers(len(things)))]
