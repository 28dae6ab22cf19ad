"""Every kind of the taxonomy by name: its family, what it counts as, and what makes it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from tools.judge_training.decoder_faults import DECODER_FAULTS
from tools.judge_training.faults import PIXEL_FAULTS
from tools.judge_training.hard_negatives import NEGATIVES
from tools.judge_training.latent_faults import LATENT_FAULTS, undecoded
from tools.judge_training.pictures import Clip, Rng
from tools.taxonomy import blank_faults as blank
from tools.taxonomy import decayed_faults as decayed
from tools.taxonomy import lookalikes
from tools.taxonomy import repeated_faults as repeated
from tools.taxonomy import shown_faults as shown
from tools.taxonomy.codec import Codec
from tools.taxonomy.file_faults import FILE_FAULTS
from tools.taxonomy.linear_codec import linear_codec
from tools.taxonomy.scenes import SCENES


class Via(StrEnum):
    """What a kind's generator takes beside a clip and random numbers."""

    PIXELS = "pixels"
    LATENTS = "latents"
    FILE = "file"


class Label(StrEnum):
    """What a clip of the kind counts as in a labelled set."""

    GARBAGE = "garbage"
    BORDER = "border"
    GOOD = "good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind. ``make`` takes (clip, rng), for latents (clip, rng, autoencoder).

    It returns a clip, for ``Via.FILE`` the bytes of an mp4.
    """

    name: str
    family: str
    label: Label
    via: Via
    make: Callable[..., Any]

    @property
    def needs_network(self) -> bool:
        """Whether the fault lies in a decoder's weights."""
        return self.name.startswith(("lat_weights_", "lat_one_layer_"))


FAMILIES: Mapping[str, str] = {
    "flat": "Flat: no picture at all",
    "noise_px": "Noise in pixels",
    "noise_lat": "Noise in latents",
    "wrong_latent": "Wrong latents",
    "layout": "Layout: right numbers in wrong places",
    "values": "Values out of range or misread",
    "pattern": "Patterns over or instead of the picture",
    "temporal": "Time",
    "partial": "Partial: good beside bad",
    "degradation": "Degradation over the clip",
    "file": "The file",
    "lookalike": "Looks like garbage and is fine",
}
"""Every family in the order of the page, with its heading."""

# Nobody can see from pixels alone that these are wrong, they are only not what was wanted, or
# nothing can be read of them.
BORDER = frozenset({
    "prompt_ignored", "red_and_blue_exchanged", "upside_down", "range_misread", "stuttering",
    "patch_grid", "frozen_start", "half_rate", "half_size", "frames_missing", "one_frame",
    "starved", "index_lost", "empty",
})  # fmt: skip


def nan_latents(z: Any, _rng: Rng) -> Any:
    """NaN in every place; writers cast what comes out to zero."""
    return np.full_like(z, np.nan)


def wrong_vae(clip: Clip, _rng: Rng, _codec: Codec) -> Clip:
    """Latents of one model decoded by the autoencoder of another one with as many channels."""
    return linear_codec(1).decode(linear_codec(0).encode(clip))


def undecoded_latents(clip: Clip, rng: Rng, codec: Codec) -> Clip:
    """Three channels of the latents shown as colours."""
    return undecoded(codec.encode(clip), rng)


def prompt_ignored(clip: Clip, rng: Rng) -> Clip:
    """A sharp, coherent video of something else."""
    draw = list(SCENES.values())[int(rng.integers(len(SCENES)))]
    return draw(len(clip), clip.shape[1], clip.shape[2], rng)


def _through(fault: Callable[[Any, Rng], Any]) -> Callable[[Clip, Rng, Codec], Clip]:
    return lambda clip, rng, codec: codec.decode(fault(codec.encode(clip), rng))


def _around(
    fault: Callable[[Any, Any, Rng], Clip],
) -> Callable[[Clip, Rng, Codec], Clip]:
    return lambda clip, rng, codec: fault(codec, codec.encode(clip), rng)


def _kind(family: str, via: Via, name: str, make: Callable[..., Any]) -> Kind:
    label = Label.BORDER if name in BORDER else Label.GARBAGE
    label = Label.GOOD if family == "lookalike" else label
    return Kind(name=name, family=family, label=label, via=via, make=make)


_OWN: Mapping[str, tuple[Callable[..., Clip], ...]] = {
    "flat": (blank.black, blank.white, blank.grey, blank.green, blank.one_colour),
    "values": (
        shown.red_and_blue_exchanged, shown.range_misread, shown.half_range,
    ),
    "layout": (shown.upside_down,),
    "pattern": (shown.tile_seams, shown.patch_grid),
    "temporal": (
        repeated.frozen, repeated.frozen_start, repeated.frozen_tail, repeated.looped,
        repeated.stuttering, repeated.window_jumps, repeated.window_pulse,
    ),
    "degradation": (
        decayed.drifting_colours, decayed.burning_in, decayed.darkening, decayed.losing_detail,
        decayed.gathering_grain,
    ),
    "wrong_latent": (prompt_ignored,),
    "lookalike": tuple(lookalikes.DRAWN.values()),
}  # fmt: skip


def _every() -> Iterator[Kind]:
    for family, faults in _OWN.items():
        for fault in faults:
            yield _kind(family, Via.PIXELS, fault.__name__, fault)
    for family, table in PIXEL_FAULTS.items():
        for name, fault in table.items():
            family_here = "degradation" if name == "decaying" else family
            yield _kind(family_here, Via.PIXELS, name, fault)
    for family, latent_table in LATENT_FAULTS.items():
        for name, latent_fault in latent_table.items():
            yield _kind(family, Via.LATENTS, f"lat_{name}", _through(latent_fault))
    for family, decoder_table in DECODER_FAULTS.items():
        for name, decoder_fault in decoder_table.items():
            yield _kind(family, Via.LATENTS, f"lat_{name}", _around(decoder_fault))
    yield _kind("flat", Via.LATENTS, "lat_nan", _through(nan_latents))
    yield _kind("wrong_latent", Via.LATENTS, "wrong_vae", wrong_vae)
    yield _kind("wrong_latent", Via.LATENTS, "undecoded", undecoded_latents)
    for name, file_fault in FILE_FAULTS.items():
        yield _kind("file", Via.FILE, name, file_fault)
    for name, negative in NEGATIVES.items():
        yield _kind("lookalike", Via.PIXELS, f"good_{name}", negative)


KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _every()}
"""Every kind by name. Latent kinds begin with ``lat_``, good ones with ``good_``."""
