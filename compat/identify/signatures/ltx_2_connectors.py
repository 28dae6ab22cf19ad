"""Projection and connectors of LTX-2.0, between Gemma 3 and the transformer."""

from compat.identify.kinds.autoencoder import in_diffusers, layout
from compat.identify.kinds.published import published
from compat.identify.model import Placement, Role
from compat.identify.predicates import Blocks, Has, side

PROJECTION = "text_embedding_projection.aggregate_embed.weight"
PLACEMENT = Placement(
    comfyui_loader="LTXAVTextEncoderLoader",
    comfyui_folder="checkpoints",
    diffusers_class="LTX2TextConnectors",
    note="the LTX-2 bundle carries it; a file of its own goes beside Gemma in text_encoders",
)

SIGNATURE = published(
    layout(
        "publisher",
        side("video_embeddings_connector.learnable_registers", 1, 3840),
        side(PROJECTION, 1, 188160),
        form=(
            side(PROJECTION, 0, 3840, 4096),
            Blocks("video_embeddings_connector.transformer_1d_blocks", 2, alike=True),
        ),
        channels=(PROJECTION, 0),
        placement=PLACEMENT,
        key="text-width",
    ),
    layout(
        "diffusers",
        side("video_connector.learnable_registers", 1, 3840),
        Has("audio_connector.learnable_registers"),
        form=(
            side("text_proj_in.weight", 1, 188160),
            Blocks("video_connector.transformer_blocks", 2, alike=True),
        ),
        channels=("text_proj_in.weight", 0),
        placement=in_diffusers("LTX2TextConnectors"),
        key="text-width",
    ),
    id="ltx-2-connectors",
    family="ltx2",
    variant="2.0 projection and connectors",
    role=Role.TEXT_PROJECTION,
    generation="2.0",
    parameters=1431475200,
    source="diffusers LTX2TextConnectors; 188160 = 49 layers of Gemma 3 12B's 3840",
)
