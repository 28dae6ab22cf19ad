"""Makes labelled clips from latents: spoilt, then decoded by real autoencoders.

    python -m tools.judge_training.make_latent CORPUS CLIPS --autoencoders FOLDER [--more FOLDER]
        [--count 700]

Writes what ``extract --made`` reads. Faults take turns, and so do decoders and the sources of good
clips; each base serves a few faults. What stays too much like its base is no garbage and left out.
"""

import argparse
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from compat.core.errors import CompatError
from tools.judge_training.autoencoders import Autoencoder, Clip, autoencoders
from tools.judge_training.decoder_faults import DECODER_FAULTS, of_another
from tools.judge_training.latent_faults import LATENT_FAULTS, undecoded
from tools.judge_training.latents import Latents, Rng
from tools.judge_training.material import (
    Item,
    about_item,
    corpus_and_collected,
    fitted,
    frames_of,
    written,
)

SIZES = ((96, 96), (128, 96), (96, 128), (128, 128), (160, 128))
LARGE_SIZES = ((192, 192), (256, 160), (256, 256), (384, 256), (832, 480))
"""LTX takes 32 px at a time, and cuts the rest."""
LARGE, LARGE_QUICK = 0.04, 0.4
"""Shares of the large sizes: decoding one takes up to a minute, but for the quick families."""
QUICK = frozenset({"sd", "ltx"})
ENLARGED = 0.35
"""This share is shown at twice its size."""
RAW = 0.5
LIKE_ITS_BASE = 18.0
"""Above this PSNR in dB to its base a clip is no garbage; without a fault it has about 21 dB."""
FAULTS_OF_A_BASE = 5
LEAST_CONTRAST = 14.0
LEAST_MOTION = 1.5
KINDS_OF_ORDER = frozenset({"order_lost", "time_read_as_rows", "every_second_turned"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A good clip at the size wanted, and its latents."""

    item: Item
    clip: Clip
    latents: Latents


def kinds() -> list[tuple[str, str]]:
    """Return (family, name) of every fault."""
    found = [(family, name) for family, table in LATENT_FAULTS.items() for name in table]
    found += [(family, name) for family, table in DECODER_FAULTS.items() for name in table]
    return [*found, ("wrong_latent", "undecoded"), ("wrong_latent", "of_another")]


def spoilt(
    name: str, family: str, coder: Autoencoder, others: list[Autoencoder], base: Base, rng: Rng
) -> Clip:
    """Return the clip under a fault."""
    if name == "of_another":
        return of_another(coder, others[rng.integers(len(others))], base.clip)
    if name == "undecoded":
        return undecoded(base.latents, rng)
    if name in DECODER_FAULTS.get(family, {}):
        return DECODER_FAULTS[family][name](coder, base.latents, rng)
    return coder.decode(LATENT_FAULTS[family][name](base.latents, rng))


def likeness(clip: Clip, base: Clip) -> float:
    """Return the PSNR of a clip to its base in dB, over what they share."""
    count, height, width = (min(a, b) for a, b in zip(clip.shape[:3], base.shape[:3], strict=True))
    first, second = (part[:count, :height, :width].astype(np.float32) for part in (clip, base))
    return float(10 * np.log10(255**2 / max(float(np.square(first - second).mean()), 1e-3)))


def base_of(item: Item, coder: Autoencoder, rng: Rng) -> Base | None:
    """Return frames of a good clip at one of the sizes, or None where there is too little."""
    whole = frames_of(item.path, coder.frames)
    if len(whole) < coder.frames or float(_thin(whole).std(axis=(1, 2)).max()) < LEAST_CONTRAST:
        return None
    large = LARGE_QUICK if coder.name in QUICK else LARGE
    sizes = LARGE_SIZES if rng.random() < large else SIZES
    width, height = sizes[rng.integers(len(sizes))]
    clip = fitted(whole, width, height)
    return Base(item=item, clip=clip, latents=coder.encode(clip))


def _thin(clip: Clip) -> Clip:
    return clip[:, ::4, ::4]


def _moves(clip: Clip) -> bool:
    return float(np.abs(np.diff(_thin(clip).astype(np.int16), axis=0)).mean()) > LEAST_MOTION


def keep(out: Path, about: dict[str, str], clip: Clip, rng: Rng) -> None:
    """Write a clip raw, or encoded as files usually are, and what it is."""
    stem = out / f"{zlib.crc32(about['name'].encode()):08x}"
    codec = "" if rng.random() < RAW else "libx264"
    path = written(clip, stem, codec, int(rng.integers(14, 30)))
    stem.with_suffix(".json").write_text(json.dumps({**about, "file": path.name}), encoding="utf-8")


def by_turns(items: list[Item], rng: Rng) -> Iterator[Item]:
    """Yield good clips for ever, a source at a time, so that no source weighs much."""
    sources: dict[str, list[Item]] = {}
    for item in items:
        if item.label == "good" and not item.kind.startswith("derived"):
            sources.setdefault(item.source, []).append(item)
    names = sorted(sources)
    while True:
        for place in rng.permutation(len(names)):
            choices = sources[names[place]]
            yield choices[rng.integers(len(choices))]


def make(
    number: int, base: Base, coder: Autoencoder, others: list[Autoencoder], out: Path, rng: Rng
) -> str:
    """Make the clip of this number and return a line about it, or why there is none."""
    turns = kinds()
    family, name = turns[number % len(turns)]
    if name in KINDS_OF_ORDER and not _moves(base.clip):
        return f"{name}: {base.item.path.name} stands still"
    result = spoilt(name, family, coder, others, base, rng)
    like = likeness(result, base.clip)
    if like > LIKE_ITS_BASE:
        return f"{name}: {coder.name} {like:.1f} dB like its base"
    if rng.random() < ENLARGED and result.shape[2] <= SIZES[-1][0]:
        result = fitted(result, 2 * result.shape[2], 2 * result.shape[1])
    kind = name if name == "undecoded" else f"lat_{name}"
    about = about_item(base.item) | {
        "name": f"{base.item.path.name}#latent{number}.{kind}.{coder.name}", "label": "garbage",
        "kind": kind, "family": family, "made": "yes",
    }  # fmt: skip
    keep(out, about, result, rng)
    return f"{name}: {coder.name} {like:.1f} dB, made"


def all_made(
    numbers: range, items: Iterator[Item], coders: list[Autoencoder], out: Path
) -> Iterator[str]:
    """Make the clips of these numbers and yield a line about each."""
    base = None
    for number in numbers:
        rng = np.random.default_rng([9, number])
        group = number // FAULTS_OF_A_BASE
        coder = coders[group % len(coders)]
        try:
            while base is None or number % FAULTS_OF_A_BASE == 0:
                base = base_of(next(items), coder, rng)
                if base is not None:
                    break
            others = [other for other in coders if other is not coder]
            yield f"{number} {make(number, base, coder, others, out, rng)}"
        except (CompatError, ValueError) as error:
            yield f"{number} left out: {error}"


def main() -> None:
    """Make so many clips."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("clips", type=Path)
    parser.add_argument("--more", type=Path, help="folder of further good clips with list.csv")
    parser.add_argument("--autoencoders", type=Path, required=True)
    parser.add_argument("--count", type=int, default=700)
    parser.add_argument("--first", type=int, default=0)
    arguments = parser.parse_args()
    arguments.clips.mkdir(parents=True, exist_ok=True)
    coders = autoencoders(arguments.autoencoders)
    items = by_turns(
        corpus_and_collected(arguments.corpus, arguments.more),
        np.random.default_rng(arguments.first),
    )
    numbers = range(arguments.first, arguments.first + arguments.count)
    for line in all_made(numbers, items, coders, arguments.clips):
        print(line, flush=True)


if __name__ == "__main__":
    main()
