"""Vocoder of LTX-2.0: mel spectrograms to 24 kHz sound."""

from compat.identify.kinds.autoencoder import in_diffusers, layout
from compat.identify.kinds.published import published
from compat.identify.model import Placement, Role
from compat.identify.predicates import Blocks, Has, side

PLACEMENT = Placement(
    comfyui_loader="LTXVAudioVAELoader",
    comfyui_folder="checkpoints",
    diffusers_class="LTX2Vocoder",
    note="the LTX-2 bundle carries it",
)

SIGNATURE = published(
    layout(
        "publisher",
        side("conv_pre.weight", 0, 1024),
        Has("resblocks.0.convs1.0.weight"),
        side("conv_post.weight", 1, 32),
        form=(Blocks("ups", 5), Blocks("resblocks", 15)),
        channels=("conv_pre.weight", 1),
        placement=PLACEMENT,
        key="in-channels",
    ),
    layout(
        "diffusers",
        side("conv_in.weight", 0, 1024),
        Has("resnets.0.convs1.0.weight"),
        side("conv_out.weight", 1, 32),
        form=(Blocks("upsamplers", 5), Blocks("resnets", 15)),
        channels=("conv_in.weight", 1),
        placement=in_diffusers("LTX2Vocoder"),
        key="in-channels",
    ),
    id="ltx-2-vocoder",
    family="ltx2",
    variant="2.0 vocoder, 24 kHz",
    role=Role.VOCODER,
    generation="2.0",
    parameters=55592802,
    source="ltx-core Vocoder in the LTX-2 19B configuration; diffusers LTX2Vocoder",
)
