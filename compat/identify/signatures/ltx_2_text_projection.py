"""Text projection of LTX-2.0 alone: 49 layers of Gemma 3 12B into one width."""

from compat.identify.model import Dim, Placement, Role, Signature
from compat.identify.predicates import HasNo, either, side

NAMES = (
    "text_embedding_projection.aggregate_embed.weight",
    "text_embedding_projection.weight",
    "aggregate_embed.weight",
)
BESIDE = ("video_embeddings_connector.", "model.layers.", "layers.", "language_model.")
"""What stands beside a projection in larger files."""

SIGNATURE = Signature(
    id="ltx-2-text-projection",
    family="ltx2",
    variant="2.0 text projection",
    role=Role.TEXT_PROJECTION,
    generation="2.0",
    marks=(
        either(*(side(name, 1, 188160) for name in NAMES)),
        HasNo(BESIDE),
        HasNo("text_embedding_projection.video_aggregate_embed."),
    ),
    form=(either(*(side(name, 0, 3840) for name in NAMES)),),
    source="ltx-core FeatureExtractorV1; ComfyUI lt.py",
    parameters=722534400,
    dims=tuple(Dim(key="text-width", name=name, axis=0) for name in NAMES),
    placement=Placement(
        comfyui_loader="DualCLIPLoader",
        comfyui_folder="text_encoders",
        note="DualCLIPLoader type=ltxv, beside gemma-3-12b",
    ),
)
