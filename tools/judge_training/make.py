"""Makes labelled clips from good ones: faults, hard negatives, drawings, each into a file.

    python -m tools.judge_training.make CORPUS CLIPS [--more FOLDER] [--autoencoders FOLDER]
        [--make 2,2,2] [--drawings 420] [--part 0/2]

Every clip is a file as a user would have it (mp4, webm) or an array as a preflight sees it, with a
``.json`` that says what it is; ``tools.judge_training.extract --made CLIPS`` measures them, as
often as the measures change. What is made follows from a seed of the good clip's name and the
number of the round, so a second run makes the same.
"""

import argparse
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

from compat.core.errors import CompatError
from tools.judge_training.autoencoders import Autoencoder, autoencoders
from tools.judge_training.drawings import DRAWINGS
from tools.judge_training.faults import PIXEL_FAULTS
from tools.judge_training.hard_negatives import NEGATIVES
from tools.judge_training.latent_faults import LATENT_FAULTS, undecoded
from tools.judge_training.material import (
    Clip,
    Item,
    about_item,
    corpus_and_collected,
    fitted,
    frames_of,
    written,
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
ORDER_KINDS = frozenset(
    {"shuffled", "order_lost", "time_read_as_space", "groups_shuffled", "frames_mixed"}
)


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


def keep(out: Path, about: Mapping[str, str], clip: Clip, rng: Rng) -> None:
    """Write a clip and what it is: raw, or encoded as files usually are."""
    stem = out / f"{zlib.crc32(about['name'].encode()):08x}"
    chance, quality = rng.random(), int(rng.integers(16, 31))
    codec = "" if chance < RAW else "libx264" if chance < 0.9 else "libvpx-vp9"
    path = written(clip, stem, codec, quality)
    stem.with_suffix(".json").write_text(json.dumps({**about, "file": path.name}), encoding="utf-8")


def draw(number: int, out: Path) -> None:
    """Write the drawing of this number."""
    rng = np.random.default_rng([7, number])
    kind = list(DRAWINGS)[number % len(DRAWINGS)]
    width, height = SIZES[rng.integers(len(SIZES))]
    clip = DRAWINGS[kind](int(rng.integers(8, LONGEST + 9)), height, width, rng)
    about = {
        "name": f"drawn#{number}", "label": "good", "kind": f"drawn_{kind}", "family": "good",
        "domain": "graphic", "source": f"drawn {kind}", "made": "yes",
    }  # fmt: skip
    keep(out, about, clip, rng)


def spoil(
    item: Item, coders: list[Autoencoder], counts: tuple[int, int, int], turn: int, out: Path
) -> None:
    """Write what is made from one good clip in this round, unless it was made before."""
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
            keep(out, about, clip, rng)
    except (CompatError, ValueError) as error:
        print(f"left out {item.path.name}: {error}", flush=True)
    done.touch()


def main() -> None:
    """Make drawings, and so many faults and negatives from each good clip."""
    arguments = _parser().parse_args()
    arguments.clips.mkdir(parents=True, exist_ok=True)
    part, parts = map(int, arguments.part.split("/"))
    for number in range(part, arguments.drawings, parts):
        draw(number, arguments.clips)
    items = corpus_and_collected(arguments.corpus, arguments.more)[part::parts]
    coders = autoencoders(arguments.autoencoders) if arguments.autoencoders else []
    negatives, pixel, latent = map(int, arguments.make.split(","))
    for turn in range(arguments.first_round, arguments.first_round + arguments.rounds):
        for item in items:
            if item.label == "good" and not item.kind.startswith("derived"):
                spoil(item, coders, (negatives, pixel, latent), turn, arguments.clips)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add = parser.add_argument
    add("corpus", type=Path)
    add("clips", type=Path)
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
