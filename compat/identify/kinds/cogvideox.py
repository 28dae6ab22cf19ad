"""CogVideoX denoisers, which are published in diffusers' names only."""

from compat.identify.model import Dim, Need, Placement, Predicate, Role, Signature
from compat.identify.predicates import Blocks, Has, HasNo, either, side

_PATCH = "patch_embed.proj"
_NEEDS = (
    Need(role=Role.TEXT_ENCODER, ids=("t5-xxl",), note="226 tokens, 224 in 1.5"),
    Need(role=Role.VAE, ids=("cogvideox-vae",)),
)


def cogvideox(
    *,
    id: str,
    variant: str,
    generation: str,
    width: int,
    blocks: int,
    channels: int,
    parameters: int,
    diffusers_class: str,
    marks: tuple[Predicate, ...] = (),
) -> Signature:
    """A signature for one CogVideoX denoiser.

    ``channels`` are the columns of the patch embedding: latent channels of a convolution in 1.0,
    channels times patch volume of a linear layer in 1.5.
    """
    return Signature(
        id=id,
        family="cogvideox",
        variant=variant,
        generation=generation,
        role=Role.DIFFUSION_MODEL,
        marks=(
            Has("patch_embed.text_proj.weight"),
            Has("time_embedding.linear_1.weight"),
            Has("norm_final.weight"),
            HasNo(("controlnet_", "local_", "perceiver_")),
            either(side(f"{_PATCH}.bias", 0, width), side(f"{_PATCH}.weight", 0, width)),
            side(f"{_PATCH}.weight", 1, channels),
            *marks,
        ),
        form=(
            side("patch_embed.text_proj.weight", 1, 4096),
            Blocks("transformer_blocks", blocks, alike=True),
        ),
        source="diffusers CogVideoXTransformer3DModel",
        parameters=parameters,
        dims=(
            Dim(key="width", name=f"{_PATCH}.bias", axis=0),
            Dim(key="text-width", name="patch_embed.text_proj.weight", axis=1),
            Dim(key="in-channels", name=f"{_PATCH}.weight", axis=1),
        ),
        needs=_NEEDS,
        placement=Placement(
            diffusers_class=diffusers_class,
            note="ComfyUI-CogVideoXWrapper's nodes load it, ComfyUI's core does not",
        ),
        layout="diffusers",
    )
