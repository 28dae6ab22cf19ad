"""Text projection of LTX-2.3 and 2.5 alone: one for pictures, one for sound."""

from compat.identify.model import Dim, Placement, Role, Signature
from compat.identify.predicates import HasNo, either, side

ROOTS = ("text_embedding_projection.", "")
VIDEO, AUDIO = "video_aggregate_embed.weight", "audio_aggregate_embed.weight"
BESIDE = ("video_embeddings_connector.", "model.layers.", "layers.", "language_model.")
"""What stands beside a projection in larger files."""

SIGNATURE = Signature(
    id="ltx-2-3-text-projection",
    family="ltx2",
    variant="2.3 or 2.5 text projection",
    role=Role.TEXT_PROJECTION,
    generation="2.3",
    marks=(
        either(*(side(root + VIDEO, 1, 188160) for root in ROOTS)),
        HasNo(BESIDE),
    ),
    form=(
        either(*(side(root + VIDEO, 0, 4096) for root in ROOTS)),
        either(*(side(root + AUDIO, 0, 2048) for root in ROOTS)),
    ),
    source="ltx-core FeatureExtractorV2; four tensors of the published LTX-2.3 bundle",
    parameters=1156061184,
    dims=tuple(Dim(key="text-width", name=root + VIDEO, axis=0) for root in ROOTS),
    placement=Placement(
        comfyui_loader="DualCLIPLoader",
        comfyui_folder="text_encoders",
        note="DualCLIPLoader type=ltxv, beside gemma-3-12b (2.3); LTX-2.5 keeps it inside its "
        "text encoder file",
    ),
)
