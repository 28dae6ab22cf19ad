"""Measures labelled clips and what is made from them, into a folder of small files.

    python -m tools.judge_training.extract CORPUS OUT [--more FOLDER] [--autoencoders FOLDER]
        [--part 0/2]

Every clip becomes one ``.npz``: per-frame measures, clip-wide measures, and what the clip is. From
each good clip faults and hard negatives are made besides; which ones follows from a seed of its
name, so a second run makes the same.
"""

import argparse
import json
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from compat.core.errors import CompatError
from compat.frames.decode import open_clip
from compat.frames.measures import measure_clip
from tools.judge_training.autoencoders import Autoencoder, autoencoders
from tools.judge_training.drawings import DRAWINGS
from tools.judge_training.faults import PIXEL_FAULTS
from tools.judge_training.hard_negatives import NEGATIVES
from tools.judge_training.latent_faults import LATENT_FAULTS, undecoded
from tools.judge_training.material import (
    MOST_FRAMES,
    Clip,
    Item,
    collected_items,
    corpus_items,
    encoded_again,
    fitted,
    frames_of,
)  # fmt: skip

Rng = np.random.Generator
SIZES = ((128, 128), (192, 128), (256, 160), (256, 256), (384, 256), (256, 384), (512, 320),
         (512, 512), (640, 368), (848, 480), (480, 848), (96, 96), (64, 64))  # fmt: skip
LATENT_SIZES = ((128, 128), (192, 128), (128, 192), (192, 192), (256, 256))
# Frames of a made clip: enough for its order, few enough to make thousands.
LONGEST = 16
# This share of the made clips is never encoded: a preflight judges what comes from the decoder.
RAW = 0.4
# Nothing of the order can be seen in a clip that moves less than this, in mean grey levels.
LEAST_MOTION = 1.5
# Nor can an empty terminal be spoilt, or grain on it be told from noise.
LEAST_CONTRAST = 12.0
ORDER_KINDS = frozenset({"shuffled", "order_lost", "time_read_as_space"})


def made_from(
    item: Item, coders: list[Autoencoder], counts: tuple[int, int, int], rng: Rng
) -> Iterator[tuple[str, str, str, Clip]]:
    """Yield (label, kind, family, clip) of so many negatives, pixel and latent faults."""
    negatives, pixel, latent = counts
    start = int(rng.choice([0, 0, 12]))
    whole = frames_of(item.path, LONGEST + 2, start)
    whole = whole if len(whole) >= 5 else frames_of(item.path, LONGEST + 2)
    if len(whole) < 5 or float(whole[::4, ::4, ::4].std(axis=(1, 2)).max()) < LEAST_CONTRAST:
        return
    for kind in rng.choice(list(NEGATIVES), negatives, replace=False):
        yield "good", f"made_{kind}", "good", NEGATIVES[str(kind)](_piece(whole, SIZES, rng), rng)
    faults = [
        (family, name, f) for family, table in PIXEL_FAULTS.items() for name, f in table.items()
    ]
    for place in rng.choice(len(faults), pixel, replace=False):
        family, name, fault = faults[int(place)]
        piece = _piece(whole, SIZES, rng)
        if name not in ORDER_KINDS or _moves(piece):
            yield "garbage", name, family, fault(piece, rng)
    for _ in range(latent if coders else 0):
        yield from _latent(whole, coders, rng)


def _piece(whole: Clip, sizes: Iterable[tuple[int, int]], rng: Rng) -> Clip:
    choices = list(sizes)
    width, height = choices[rng.integers(len(choices))]
    length = int(rng.integers(5, min(len(whole), LONGEST if width * height < 150_000 else 8) + 1))
    return fitted(whole[:length], width, height)


def _moves(clip: Clip) -> bool:
    return float(np.abs(np.diff(clip[:, ::4, ::4].astype(np.int16), axis=0)).mean()) > LEAST_MOTION


def _latent(
    whole: Clip, coders: list[Autoencoder], rng: Rng
) -> Iterator[tuple[str, str, str, Clip]]:
    coder = coders[rng.integers(len(coders))]
    piece = _piece(whole[:6], LATENT_SIZES[: 3 if coder.slow else 5], rng)
    faults = [
        (family, name, f) for family, table in LATENT_FAULTS.items() for name, f in table.items()
    ]
    place = int(rng.integers(len(faults) + 2))
    latents = coder.encode(piece)
    if place == len(faults):
        yield "garbage", "undecoded", "wrong_latent", undecoded(latents, rng)
        return
    if place > len(faults):
        # The round trip without a fault: soft, a little off, and good.
        yield "good", "made_round_trip", "good", coder.decode(latents)
        return
    family, name, fault = faults[place]
    if name in ORDER_KINDS and not _moves(piece):
        return
    decoded = coder.decode(fault(latents, rng))
    if rng.random() < 0.3:
        decoded = fitted(decoded, decoded.shape[2] * 2, decoded.shape[1] * 2)
    yield "garbage", f"lat_{name}", family, decoded


def measured(frames: Iterable[Clip]) -> dict[str, Any]:
    """Return the arrays to keep of a clip's measures."""
    clip = measure_clip(frames)
    rows = [clip.per_frame[name] for name in clip.per_frame]
    return {
        "per_frame": np.stack(rows, 1).astype(np.float32) if rows else np.zeros(0, np.float32),
        "order": np.array(list(clip.order.values()), np.float32),
        "names": np.array([*clip.per_frame, "|", *clip.order]),
        "size": np.array(clip.sizes[0] if clip.sizes else (0, 0)),
    }


def keep(out: Path, about: Mapping[str, str], frames: Iterable[Clip]) -> None:
    """Measure a clip into ``out``, unless it was measured before; broken clips are named."""
    path = out / f"{zlib.crc32(about['name'].encode()):08x}.npz"
    if path.exists():
        return
    try:
        arrays = measured(frames)
    except (CompatError, ValueError) as error:
        print(f"left out {about['name']}: {error}", flush=True)
        return
    if arrays["per_frame"].ndim == 2 and len(arrays["per_frame"]) > 1:
        np.savez(path, about=json.dumps(dict(about)), **arrays)


def as_played(clip: Clip, folder: Path, rng: Rng) -> Iterable[Clip]:
    """Return the frames as they come: from the decoder itself, or from an encoded file."""
    chance = rng.random()
    if chance < RAW:
        return clip
    codec = "libx264" if chance < 0.9 else "libvpx-vp9"
    path = folder / ("clip.mp4" if codec == "libx264" else "clip.webm")
    return encoded_again(clip, path, codec, int(rng.integers(16, 31)))


def about_item(item: Item) -> dict[str, str]:
    """Return what is kept of an item beside its measures."""
    return {
        "name": item.path.name, "label": item.label, "kind": item.kind, "family": item.family,
        "domain": item.domain, "source": item.source, "made": "",
    }  # fmt: skip


def draw(number: int, out: Path) -> None:
    """Measure the drawing of this number."""
    rng = np.random.default_rng([7, number])
    kind = list(DRAWINGS)[number % len(DRAWINGS)]
    width, height = SIZES[rng.integers(len(SIZES))]
    clip = DRAWINGS[kind](int(rng.integers(8, LONGEST + 9)), height, width, rng)
    about = {
        "name": f"drawn#{number}", "label": "good", "kind": f"drawn_{kind}", "family": "good",
        "domain": "graphic", "source": f"drawn {kind}", "made": "yes",
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        keep(out, about, as_played(clip, Path(folder), rng))


def spoil(
    item: Item, coders: list[Autoencoder], counts: tuple[int, int, int], turn: int, out: Path
) -> None:
    """Measure what is made from one good clip in this round."""
    seed = zlib.crc32(item.path.name.encode())
    done = out / f"done_{turn}_{seed:08x}"
    if done.exists():
        return
    rng = np.random.default_rng([turn, seed])
    try:
        for number, made in enumerate(made_from(item, coders, counts, rng)):
            label, kind, family, clip = made
            about = about_item(item) | {
                "name": f"{item.path.name}#{turn}.{number}.{kind}", "label": label, "kind": kind,
                "family": family, "made": "yes",
            }  # fmt: skip
            with tempfile.TemporaryDirectory() as folder:
                keep(out, about, as_played(clip, Path(folder), rng))
    except (CompatError, ValueError) as error:
        print(f"left out {item.path.name}: {error}", flush=True)
    done.touch()


def main() -> None:
    """Measure the corpus, the further clips, and what is made from the good ones."""
    arguments = _parser().parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    items = corpus_items(arguments.corpus)
    items += collected_items(arguments.more) if arguments.more else []
    part, parts = map(int, arguments.part.split("/"))
    for number in range(part, arguments.drawings, parts):
        draw(number, arguments.out)
    mine = items[part::parts]
    for item in mine:
        keep(arguments.out, about_item(item), islice(open_clip(item.path), MOST_FRAMES))
    coders = autoencoders(arguments.autoencoders) if arguments.autoencoders else []
    negatives, pixel, latent = map(int, arguments.make.split(","))
    for turn in range(arguments.first_round, arguments.first_round + arguments.rounds):
        for item in mine:
            if item.label == "good" and not item.kind.startswith("derived"):
                spoil(item, coders, (negatives, pixel, latent), turn, arguments.out)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add = parser.add_argument
    add("corpus", type=Path)
    add("out", type=Path)
    add("--more", type=Path, help="folder of further good clips with list.csv")
    add("--autoencoders", type=Path, help="folder that autoencoders.py describes")
    add("--part", default="0/1", help="this share of the work, for several processes")
    add("--make", default="2,2,2", help="negatives, pixel and latent faults per clip")
    add("--drawings", type=int, default=0, help="so many good clips drawn from nothing")
    add("--first-round", type=int, default=0)
    add("--rounds", type=int, default=1, help="how often each good clip is used")
    return parser


if __name__ == "__main__":
    main()
