"""Audio VAE of LTX-2: mel spectrograms of 64 bins to 8 channels."""

from compat.identify.component_predicates import Dimensions
from compat.identify.kinds.autoencoder import in_diffusers, layout
from compat.identify.kinds.published import published
from compat.identify.model import Placement, Role
from compat.identify.predicates import Has, side

PLACEMENT = Placement(
    comfyui_loader="LTXVAudioVAELoader",
    comfyui_folder="checkpoints",
    diffusers_class="AutoencoderKLLTX2Audio",
    note="the LTX-2 and 2.3 bundles carry it; LTX-2.5's audio VAE file goes into models/vae",
)
MARKS = (
    side("decoder.conv_in.conv.weight", 1, 8),
    side("decoder.conv_out.conv.weight", 0, 2),
    Dimensions("decoder.conv_in.conv.weight", 4),
)
FORM = (side("encoder.conv_in.conv.weight", 1, 2), side("encoder.conv_out.conv.weight", 0, 16))

SIGNATURE = published(
    layout(
        "publisher",
        *MARKS,
        Has("per_channel_statistics.mean-of-means"),
        form=FORM,
        channels=("decoder.conv_in.conv.weight", 1),
        placement=PLACEMENT,
    ),
    layout(
        "diffusers",
        *MARKS,
        Has("latents_mean"),
        form=FORM,
        channels=("decoder.conv_in.conv.weight", 1),
        placement=in_diffusers("AutoencoderKLLTX2Audio"),
    ),
    id="ltx-2-audio-vae",
    family="ltx2",
    variant="2.0 to 2.5 audio, 16 kHz, 25 latents a second",
    role=Role.AUDIO_VAE,
    parameters=53248146,
    source="ltx-core AudioEncoder and AudioDecoder in the published configuration; diffusers "
    "AutoencoderKLLTX2Audio",
)
