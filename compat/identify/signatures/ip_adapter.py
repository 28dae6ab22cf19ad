"""IP-Adapter for Stable Diffusion: pictures as prompts."""

from compat.identify.component_predicates import StartsWith
from compat.identify.model import Dim, Need, Placement, Role, Signature
from compat.identify.predicates import side

SIGNATURE = Signature(
    id="ip-adapter",
    family="ip-adapter",
    variant="IP-Adapter for SD 1.5 or SDXL",
    role=Role.CONTROL,
    marks=(StartsWith("image_proj."), StartsWith("ip_adapter.1.to_k_ip.")),
    form=(side("ip_adapter.1.to_k_ip.weight", 1, 768, 2048),),
    source="IP-Adapter ip_adapter.py; inferred, no real header was at hand",
    dims=(Dim(key="text-width", name="ip_adapter.1.to_k_ip.weight", axis=1),),
    needs=(Need(role=Role.IMAGE_ENCODER, ids=("clip-vision-h", "clip-vision-g")),),
    placement=Placement(comfyui_loader="IPAdapterModelLoader", comfyui_folder="ipadapter"),
)
