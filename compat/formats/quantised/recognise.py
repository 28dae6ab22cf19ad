"""Names the quantisation of one layer by its weight's dtype and what stands beside it."""

from collections.abc import Callable
from dataclasses import dataclass

from compat.formats.quantised.layers import BNB_4BIT_STATES, Layer
from compat.formats.quantised.marks import Marks
from compat.formats.quantised.model import Scheme

FLOATS = frozenset({"F64", "F32", "F16", "BF16", "C64"})
FULL = FLOATS | {"I64", "BOOL"}
"""What weights in full bits and the counters and masks beside them are stored in; no quantiser
packs weights into these."""

FP8 = frozenset({"F8_E4M3", "F8_E5M2", "F8_E4M3FNUZ", "F8_E5M2FNUZ"})
COMFY_SCALES = ("weight_scale", "scale_weight")
SCALES = (*COMFY_SCALES, "weight.scale", "weight_scale_inv", "_weight_scale", "weight:scale")
BLOCK_EXPONENTS = frozenset({"F8_E8M0"})
"""The scale dtype of the OCP microscaling formats, mxfp4 and mxfp8."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One scheme and the condition under which a layer is stored in it; the first that holds."""

    scheme: Scheme
    holds: Callable[[Layer, "Weight"], bool]


@dataclass(frozen=True, slots=True)
class Weight:
    """What a condition asks of a layer beside its leaves."""

    dtype: str
    scale: str
    comfy: bool
    scaled: bool

    @property
    def fp8(self) -> bool:
        """Whether the weight is stored in one of the 8-bit floats."""
        return self.dtype in FP8


SIGNS = (
    Sign(Scheme.QUANTO, lambda leaves, _: "weight._data" in leaves),
    Sign(Scheme.BNB_4BIT, lambda leaves, _: any(state in leaves for state in BNB_4BIT_STATES)),
    Sign(Scheme.BNB_4BIT, lambda leaves, _: "weight.absmax" in leaves),
    Sign(Scheme.BNB_8BIT, lambda leaves, _: "SCB" in leaves),
    Sign(Scheme.TORCHAO, lambda leaves, _: bool({"_weight_qdata", "weight:qdata"} & set(leaves))),
    Sign(Scheme.NUNCHAKU, lambda leaves, _: "qweight" in leaves and "wscales" in leaves),
    Sign(Scheme.GPTQ, lambda leaves, _: "qweight" in leaves and "g_idx" in leaves),
    Sign(Scheme.AWQ, lambda leaves, _: "qweight" in leaves and "scales" in leaves),
    Sign(Scheme.MLX, lambda leaves, w: w.dtype == "U32" and "scales" in leaves),
    Sign(Scheme.COMFY, lambda _, w: w.comfy and w.dtype not in FLOATS),
    Sign(Scheme.FP8_BLOCK, lambda leaves, w: w.fp8 and "weight_scale_inv" in leaves),
    Sign(
        Scheme.MX_UNMARKED, lambda _, w: w.scale in BLOCK_EXPONENTS or (w.fp8 and w.scale == "U8")
    ),
    Sign(Scheme.NVFP4_UNMARKED, lambda _, w: w.dtype == "U8" and w.scale in FP8),
    Sign(Scheme.FP4_NATIVE, lambda _, w: w.dtype in {"F4", "F6_E2M3", "F6_E3M2"}),
    # ComfyUI turns ".scale_weight" of a marked file into scales, and looks at no other name.
    Sign(Scheme.FP8_SCALED, lambda leaves, w: w.fp8 and w.scaled and "scale_weight" in leaves),
    Sign(Scheme.FP8_UNMARKED, lambda _, w: w.fp8 and bool(w.scale)),
    Sign(Scheme.FP8_PLAIN, lambda _, w: w.fp8),
    Sign(Scheme.INT8_UNMARKED, lambda _, w: w.dtype in {"I8", "U8"} and bool(w.scale)),
    Sign(Scheme.INT_UNSCALED, lambda _, w: w.dtype in {"I8", "U8"}),
)


def scheme_of(layer: str, leaves: Layer, marks: Marks) -> Scheme:
    """The scheme of one layer, NONE for a weight in full bits or a layer without one."""
    stored = leaves.get("weight")
    if len(leaves) == 1 and next(iter(leaves.values())).dtype in FULL:
        return Scheme.NONE
    weight = Weight(
        dtype=stored.dtype if stored is not None else "",
        scale=next((leaves[name].dtype for name in SCALES if name in leaves), ""),
        comfy=marks.comfy(layer),
        scaled=marks.scaled(layer),
    )
    return next((sign.scheme for sign in SIGNS if sign.holds(leaves, weight)), Scheme.NONE)
