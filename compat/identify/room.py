"""Whose denoiser weights would fit into a memory, from the counted parameters of the models."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass

# One size of every family that people render with, by its signature.
MODELS = {
    "AnimateDiff SD1.5": "animatediff_sd15",
    "LTX 2B": "ltx_video_2b",
    "LTX 13B": "ltx_video_13b",
    "LTX-2 19B": "ltx_2_19b",
    "Wan 1.3B": "wan_t2v_1_3b",
    "Wan 2.2 5B": "wan_2_2_ti2v_5b",
    "Wan 14B": "wan_t2v_14b",
    "HunyuanVideo": "hunyuan_video",
    "CogVideoX 5B": "cogvideox_5b",
    "Mochi": "mochi_1",
}
# Bits a weight takes: a Q4_0 block of GGUF holds 32 weights in 18 bytes.
FORMS = {"16 bit": 16.0, "8 bit": 8.0, "4 bit": 4.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """One model: its parameters, and the widest form of :data:`FORMS` that fits, "" for none."""

    model: str
    parameters: int
    form: str

    def size_bytes(self, form: str) -> int:
        """Bytes of the weights alone in ``form``."""
        return round(self.parameters * FORMS[form] / 8)


def weights_in(memory_bytes: int) -> tuple[Weights, ...]:
    """Each of :data:`MODELS` in the widest form whose weights alone are no more than the memory.

    Activations, text encoder and VAE come on top, so what fits here may still not render, and
    what does not fit is left for offloading.
    """
    return tuple(
        Weights(model=name, parameters=count, form=_widest(count, memory_bytes))
        for name, count in _parameters().items()
    )


def _widest(count: int, memory_bytes: int) -> str:
    fitting = (form for form, bits in FORMS.items() if count * bits / 8 <= memory_bytes)
    return next(fitting, "")


def _parameters() -> Mapping[str, int]:
    found = {}
    for name, module in MODELS.items():
        signature = importlib.import_module(f"compat.identify.signatures.{module}").SIGNATURE
        found[name] = int(signature.parameters)
    return found
