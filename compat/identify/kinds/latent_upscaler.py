"""LTX's latent upscalers: convolutions on latents of 128 channels around one upsampling layer."""

from compat.identify.model import Dim, Placement, Predicate, Role, Signature
from compat.identify.predicates import Blocks, Has, side

PLACEMENT = Placement(
    comfyui_loader="LatentUpscaleModelLoader",
    comfyui_folder="latent_upscale_models",
    diffusers_class="LTXLatentUpsamplerModel",
    note="it works on latents of the model it was made for; its config stands in the metadata",
)


def latent_upscaler(
    *,
    id: str,
    family: str,
    variant: str,
    generation: str,
    width: int,
    upsampler: tuple[Predicate, ...],
    parameters: int,
    source: str,
) -> Signature:
    """A signature for an upscaler of ``width`` inner channels; ``upsampler`` tells its kind."""
    return Signature(
        id=id,
        family=family,
        variant=variant,
        role=Role.UPSCALER,
        generation=generation,
        marks=(
            side("initial_conv.weight", 0, width),
            side("initial_conv.weight", 1, 128),
            Has("post_upsample_res_blocks.0.conv1.weight"),
            *upsampler,
        ),
        form=(
            Blocks("res_blocks", 4, alike=True),
            Blocks("post_upsample_res_blocks", 4, alike=True),
            side("final_conv.weight", 0, 128),
        ),
        source=source,
        parameters=parameters,
        dims=(
            Dim(key="mid-channels", name="initial_conv.weight", axis=0),
            Dim(key="latent-channels", name="initial_conv.weight", axis=1),
        ),
        placement=PLACEMENT,
    )
