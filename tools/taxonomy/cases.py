"""Which bases each kind is made on, so that every test, picture and verdict speaks of the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zlib import crc32

import numpy as np

from tools.judge_training.pictures import Clip
from tools.taxonomy.codec import Codec
from tools.taxonomy.kinds import Kind, Via
from tools.taxonomy.linear_codec import linear_codec
from tools.taxonomy.scenes import SCENES

FRAMES, HEIGHT, WIDTH = 16, 128, 192
"""A small clip that every measure can be taken of."""
EMBEDDED = "embedded"
"""The base that is drawn for the embedded LTX model and goes through its VAE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One clip of a kind: the scene that is spoilt, and the seed of scene and fault."""

    base: str
    seed: int

    @property
    def needs_torch(self) -> bool:
        """Whether the embedded model takes part."""
        return self.base == EMBEDDED


def _cases(*bases: str) -> tuple[Case, ...]:
    return tuple(Case(base=base, seed=seed) for seed, base in enumerate(bases, 1))


CASES: Mapping[Via, tuple[Case, ...]] = {
    Via.PIXELS: _cases("spheres", "landscape", "walker", "cartoon"),
    Via.LATENTS: _cases("spheres", "landscape", "flag", EMBEDDED),
    Via.FILE: _cases("spheres", "road"),
}
"""Three scenes like a camera's and one drawing; latents of two autoencoders."""


def cases_of(kind: Kind) -> tuple[Case, ...]:
    """Return the cases of a kind; the wrong VAE needs two of as many channels.

    Faults in weights need a decoder that has some: the embedded model's.
    """
    if kind.needs_network:
        return _cases(EMBEDDED, EMBEDDED, EMBEDDED)
    cases = CASES[kind.via]
    return tuple(case for case in cases if not (case.needs_torch and kind.name == "wrong_vae"))


@lru_cache(maxsize=32)
def base_clip(base: str, seed: int, frames: int = FRAMES) -> Clip:
    """Return the right clip of a case, before anything is spoilt; it may not be written to."""
    if base == EMBEDDED:
        from tools.taxonomy.embedded_model import drawn

        clip = drawn(np.random.default_rng(seed))
    else:
        clip = SCENES[base](frames, HEIGHT, WIDTH, np.random.default_rng(seed))
    clip.flags.writeable = False
    return clip


def codec_of(case: Case) -> Codec:
    """Return the autoencoder that latents of this case go through."""
    if case.needs_torch:
        from tools.taxonomy.embedded_model import embedded_codec

        return embedded_codec()
    return linear_codec()


def spoilt(kind: Kind, case: Case) -> Any:
    """Make the clip of a case, for ``Via.FILE`` its file's bytes; the same every time."""
    rng = np.random.default_rng([case.seed, crc32(kind.name.encode())])
    clip = base_clip(case.base, case.seed)
    if kind.via is Via.LATENTS:
        return kind.make(clip, rng, codec_of(case))
    return kind.make(clip, rng)
