"""Vocoder of LTX-2.3 and 2.5: mel spectrograms to 16 kHz, then widened to 48 kHz."""

from compat.identify.kinds.autoencoder import in_diffusers, layout
from compat.identify.kinds.published import published
from compat.identify.model import Placement, Role
from compat.identify.predicates import Blocks, Has, side

PLACEMENT = Placement(
    comfyui_loader="LTXVAudioVAELoader",
    comfyui_folder="checkpoints",
    diffusers_class="LTX2VocoderWithBWE",
    note="the LTX-2.3 bundle carries it; LTX-2.5 keeps it in the audio VAE file",
)

SIGNATURE = published(
    layout(
        "publisher",
        side("vocoder.conv_pre.weight", 0, 1536),
        side("bwe_generator.conv_pre.weight", 0, 512),
        form=(Blocks("vocoder.ups", 6), Blocks("bwe_generator.ups", 5), Has("mel_stft.mel_basis")),
        channels=("vocoder.conv_pre.weight", 1),
        placement=PLACEMENT,
        key="in-channels",
    ),
    layout(
        "diffusers",
        side("vocoder.conv_in.weight", 0, 1536),
        side("bwe_generator.conv_in.weight", 0, 512),
        form=(
            Blocks("vocoder.upsamplers", 6),
            Blocks("bwe_generator.upsamplers", 5),
            Has("mel_stft.mel_basis"),
        ),
        channels=("vocoder.conv_in.weight", 1),
        placement=in_diffusers("LTX2VocoderWithBWE"),
        key="in-channels",
    ),
    id="ltx-2-3-vocoder",
    family="ltx2",
    variant="2.3 or 2.5 vocoder with bandwidth extension, 48 kHz",
    role=Role.VOCODER,
    generation="2.3",
    parameters=129085032,
    source="ltx-core VocoderWithBWE in the LTX-2.3 22B configuration; 1227 tensors in the "
    "published bundle; diffusers LTX2VocoderWithBWE",
)
