"""Projection and connectors of LTX-2.3 and 2.5: one for pictures, one for sound, with gates."""

from compat.identify.kinds.autoencoder import in_diffusers, layout
from compat.identify.kinds.published import published
from compat.identify.model import Placement, Role
from compat.identify.predicates import Blocks, side

PROJECTION = "text_embedding_projection.video_aggregate_embed.weight"
PLACEMENT = Placement(
    comfyui_loader="LTXAVTextEncoderLoader",
    comfyui_folder="checkpoints",
    diffusers_class="LTX2TextConnectors",
    note="the LTX-2.3 bundle carries it",
)

SIGNATURE = published(
    layout(
        "publisher",
        side("video_embeddings_connector.learnable_registers", 1, 4096),
        side(PROJECTION, 1, 188160),
        form=(
            side(PROJECTION, 0, 3840, 4096),
            Blocks("video_embeddings_connector.transformer_1d_blocks", 8, alike=True),
        ),
        channels=(PROJECTION, 0),
        placement=PLACEMENT,
        key="text-width",
    ),
    layout(
        "diffusers",
        side("video_connector.learnable_registers", 1, 4096),
        side("audio_connector.learnable_registers", 1, 2048),
        form=(
            side("video_text_proj_in.weight", 1, 188160),
            Blocks("video_connector.transformer_blocks", 8, alike=True),
        ),
        channels=("video_text_proj_in.weight", 0),
        placement=in_diffusers("LTX2TextConnectors"),
        key="text-width",
    ),
    id="ltx-2-3-connectors",
    family="ltx2",
    variant="2.3 or 2.5 projection and connectors",
    role=Role.TEXT_PROJECTION,
    generation="2.3",
    parameters=3172227584,
    source="diffusers LTX2TextConnectors in the LTX-2.3 configuration; the published bundle",
)
