"""What a header says about the quantisation of its weights."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Scheme(StrEnum):
    """One way of storing weights in fewer bits; a loader knows it or it does not.

    The ``fp8`` schemes differ in what stands beside the weights: nothing (PLAIN), scales that a
    marker announces in ComfyUI's first (SCALED) or present form (COMFY), scales that nothing
    announces (UNMARKED), scales per block in DeepSeek's form (BLOCK).
    """

    NONE = "none"
    FP8_PLAIN = "fp8-plain"
    FP8_SCALED = "fp8-scaled"
    COMFY = "comfy-mixed"
    FP8_UNMARKED = "fp8-unmarked"
    FP8_BLOCK = "fp8-block"
    NVFP4_UNMARKED = "nvfp4-unmarked"
    MX_UNMARKED = "mx-unmarked"
    FP4_NATIVE = "fp4-native"
    INT8_UNMARKED = "int8-unmarked"
    INT_UNSCALED = "int-unscaled"
    QUANTO = "quanto"
    BNB_4BIT = "bnb-4bit"
    BNB_8BIT = "bnb-8bit"
    TORCHAO = "torchao"
    NUNCHAKU = "nunchaku"
    AWQ = "awq"
    GPTQ = "gptq"
    MLX = "mlx"
    GGUF = "gguf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantisation:
    """How the weights of one file are stored.

    ``scheme`` is that of most quantised weights, ``schemes`` counts all of them. ``dtypes`` counts
    weights by the dtype they are stored in, ``formats`` the words of ComfyUI's own markers (nvfp4,
    int8_tensorwise). ``quantised`` and ``kept`` count the matrices stored in fewer and in full
    bits, ``kept_names`` are examples of the latter.

    ``scales`` are companion scales by name, ``unscaled`` quantised weights that lack the scale
    their neighbours have, ``markers`` what announces the scales, ``strays`` layers that a marker
    names and the file does not hold, ``fp8_vectors`` norms and biases stored in fp8.
    """

    scheme: Scheme = Scheme.NONE
    schemes: Mapping[Scheme, int] = field(default_factory=dict)
    dtypes: Mapping[str, int] = field(default_factory=dict)
    formats: Mapping[str, int] = field(default_factory=dict)
    quantised: int = 0
    kept: int = 0
    kept_names: tuple[str, ...] = ()
    scales: tuple[str, ...] = ()
    unscaled: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    strays: tuple[str, ...] = ()
    fp8_vectors: tuple[str, ...] = ()
