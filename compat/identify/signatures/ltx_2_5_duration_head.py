"""Duration head of LTX-2.5: how long a shot its prompt asks for."""

from compat.identify.kinds.autoencoder import layout
from compat.identify.kinds.published import published
from compat.identify.model import Layout, Placement, Role
from compat.identify.predicates import Has, either, side

PLACEMENT = Placement(
    comfyui_folder="model_patches",
    diffusers_class="LTX2DurationHead",
    note="optional: it reads what the connectors give and suggests a number of frames",
)


def _named(name: str, root: str) -> Layout:
    pooler = f"{root}attention_pooler"
    return layout(
        name,
        Has(f"{pooler}.query_tokens"),
        side(f"{root}mlp_out.weight", 0, 1),
        form=(
            side(f"{root}video_input_proj.weight", 1, 4096),
            side(f"{root}audio_input_proj.weight", 1, 2048),
            either(Has(f"{pooler}.cross_attn.in_proj_weight"), Has(f"{pooler}.to_q.weight")),
        ),
        channels=(f"{root}video_input_proj.weight", 1),
        placement=PLACEMENT,
        key="text-width",
    )


SIGNATURE = published(
    _named("publisher", "duration_head."),
    _named("diffusers", ""),
    id="ltx-2-5-duration-head",
    family="ltx2",
    variant="2.5 duration head",
    role=Role.CONTROL,
    generation="2.3",
    parameters=1903361,
    source="ltx-core DurationHead; diffusers LTX2DurationHead",
)
