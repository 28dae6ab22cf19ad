"""What the taxonomy needs of an autoencoder."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tools.judge_training.pictures import Clip
from tools.taxonomy.textures import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """Clips to latents [t, C, h, w] of about unit spread and back.

    ``mean`` and ``spread`` [1, C, 1, 1] are what decoding undoes first, as pipelines do;
    ``network`` is the decoder's torch module, None where it has none.
    """

    name: str
    encode: Callable[[Clip], Floats]
    decode: Callable[[Floats], Clip]
    mean: Floats
    spread: Floats
    network: Any = None
