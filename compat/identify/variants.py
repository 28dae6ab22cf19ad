"""Tells apart what one header can be: by metadata where it says so, else by the file's name only.

The experts of Wan 2.2, the resolutions of Wan 2.1 and the distilled files of LTX-2 have the same
header. A name is a hint and is called one.
"""

import re
from collections.abc import Iterator, Mapping

from compat.formats.model import Header
from compat.formats.wording import quoted

_LTX = ((r"distill", "distilled"), (r"(?:^|[-_.])dev(?:[-_.]|$)", "dev"))
_NOISE = ((r"high[-_]?noise", "high noise"), (r"low[-_]?noise", "low noise"))
_SIZES = ((r"480p?", "480p"), (r"720p?", "720p"))
_STEPS = ((r"distill|lightning|lightx2v|causvid|turbo|fast", "distilled to few steps"),)
_KIN = ((r"skyreels", "SkyReels V2"), (r"phantom", "Phantom"), (r"chrono", "ChronoEdit"),
        (r"fusionx", "FusionX merge"))  # fmt: skip

HINTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "ltx-video-2b": _LTX,
    "ltx-video-13b": _LTX,
    "ltx-2-19b": _LTX,
    "ltx-2-3-22b": _LTX,
    "ltx-2-5-22b": _LTX,
    "wan-t2v-14b": (*_NOISE, (r"wan[-_.]?2[-_.]?2", "Wan 2.2"), *_KIN, *_STEPS),
    "wan-t2v-1-3b": (*_KIN, *_STEPS),
    "wan-2-2-i2v-a14b": (*_NOISE, (r"fun.*inp", "Fun-InP"), *_STEPS),
    "wan-2-2-fun-control-a14b": _NOISE,
    "wan-2-2-fun-camera-a14b": _NOISE,
    "wan-i2v-14b": (*_SIZES, (r"fun.*inp", "Fun-InP"), *_KIN, *_STEPS),
    "wan-2-2-ti2v-5b": _STEPS,
    "hunyuan-video": ((r"i2v|replace", "I2V by token replacement"), (r"fast", "FastHunyuan")),
    "hunyuan-video-1-5": (*_SIZES, (r"i2v", "I2V"), (r"t2v", "T2V"), *_STEPS),
    "framepack-hunyuan": ((r"f1", "F1"),),
}
"""What names say where headers do not: pattern in the lower-case name, and its meaning."""


def by_metadata(identifier: str, metadata: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Variants that the file's own metadata states, each with its evidence."""
    if identifier.startswith("ltx-video"):
        # Lightricks' inference asserts that each timestep is in this list (ltx-video 0.1.2).
        config = metadata.get("config", "")
        if "allowed_inference_steps" in config:
            yield "distilled", "__metadata__ config lists allowed_inference_steps"
        elif config:
            yield "dev", "__metadata__ config lists no allowed_inference_steps"
    version = metadata.get("model_version", "")
    if identifier.startswith("ltx-") and version:
        yield "", f"__metadata__ model_version says {quoted(version)}"


def by_name(identifier: str, header: Header) -> Iterator[tuple[str, str]]:
    """Variants that only the file's name states, each with its evidence."""
    name = header.path.name
    for pattern, meaning in HINTS.get(identifier, ()):
        if re.search(pattern, name.lower()):
            yield (
                f"{meaning} (by name only)",
                f"by name only: {quoted(name)} says {meaning}, the header is the same either way",
            )


def variants_of(identifier: str, header: Header) -> list[tuple[str, str]]:
    """All that is known beyond the signature; names are asked where metadata is silent."""
    stated = list(by_metadata(identifier, header.metadata))
    if any(meaning for meaning, _ in stated):
        return stated
    return [*stated, *by_name(identifier, header)]
