"""Connectors of LTX-2.0 without the projection before them."""

from compat.identify.model import Dim, Placement, Role, Signature
from compat.identify.predicates import Blocks, HasNo, side

SIGNATURE = Signature(
    id="ltx-2-embeddings-connectors",
    family="ltx2",
    variant="2.0 connectors without projection",
    role=Role.TEXT_PROJECTION,
    generation="2.0",
    marks=(
        side("video_embeddings_connector.learnable_registers", 1, 3840),
        HasNo("text_embedding_projection."),
    ),
    form=(Blocks("video_embeddings_connector.transformer_1d_blocks", 2, alike=True),),
    source="ltx-core Embeddings1DConnector; WanGP's split files",
    parameters=708940800,
    dims=(Dim(key="text-width", name="video_embeddings_connector.learnable_registers", axis=1),),
    placement=Placement(
        comfyui_folder="text_encoders",
        note="WanGP keeps it beside the transformer; ComfyUI takes it from the whole checkpoint",
    ),
)
