"""Writes a labelled set of clips that needs nobody's corpus."""

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tools.judge_training.pictures import Clip, Rng
from tools.taxonomy.cases import EMBEDDED
from tools.taxonomy.codec import Codec
from tools.taxonomy.encoding import FPS, lossless
from tools.taxonomy.kinds import KINDS, Kind, Label, Via
from tools.taxonomy.linear_codec import linear_codec
from tools.taxonomy.scenes import GRAPHIC, NATURAL, SCENES

COLUMNS = ("file", "label", "kind", "family", "domain", "source", "license", "group", "base",
           "reencoded", "width", "height", "frames", "fps", "codec", "bytes", "sha256")  # fmt: skip
"""As docs/judge.md describes a corpus; ``group`` must never stand on both sides of a split."""
# A third of the clips are right ones, a sixth only look wrong, the others are faults.
RIGHT, LOOKALIKE = 1 / 3, 1 / 6
# Nothing can be seen of a fault that changes less than this, in mean grey levels: frames in random
# order of a scene that hardly moves.
LEAST_CHANGE, TRIES = 1.5, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a set shall be; ``generated`` mixes in clips that the embedded model renders."""

    count: int
    seed: int
    width: int
    height: int
    frames: int
    generated: bool


def make(out: Path, order: Order, coders: Sequence[Codec] = ()) -> int:
    """Write clips and ``manifest.csv`` below ``out``; return how many. The same order, the same.

    Latents are those of our own small autoencoder and of ``coders`` by turns: anything with
    ``encode`` and ``decode`` as :class:`Codec` has them.
    """
    out.mkdir(parents=True, exist_ok=True)
    with (out / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for number in range(order.count):
            rng = np.random.default_rng([order.seed, number])
            writer.writerow(_one(out, order, number, [linear_codec(), *coders], rng))
    return order.count


def _one(out: Path, order: Order, number: int, coders: Sequence[Codec], rng: Rng) -> dict[str, Any]:
    base, clip = _base(order, rng)
    chance = rng.random()
    if chance < RIGHT:
        return _written(out, order, (number, base, None), clip)
    label = Label.GOOD if chance < RIGHT + LOOKALIKE else Label.GARBAGE
    pool = [kind for kind in KINDS.values() if kind.label is label and not kind.needs_network]
    for _ in range(TRIES):
        kind = pool[int(rng.integers(len(pool)))]
        made = _spoilt(kind, clip, coders[int(rng.integers(len(coders)))], rng)
        if label is Label.GOOD or _differs(clip, made):
            break
    return _written(out, order, (number, base, kind), made)


def _differs(clip: Clip, made: Clip | bytes) -> bool:
    if isinstance(made, bytes) or made.shape != clip.shape:
        return True
    return float(np.abs(made.astype(np.int16) - clip).mean()) > LEAST_CHANGE


def _base(order: Order, rng: Rng) -> tuple[str, Clip]:
    if order.generated and rng.random() < 0.1:
        from tools.taxonomy.embedded_model import generated

        return EMBEDDED, generated(rng)
    names = list(SCENES)
    name = names[int(rng.integers(len(names)))]
    return name, SCENES[name](order.frames, order.height, order.width, rng)


def _spoilt(kind: Kind, clip: Clip, codec: Codec, rng: Rng) -> Clip | bytes:
    made: Clip | bytes = (
        kind.make(clip, rng, codec) if kind.via is Via.LATENTS else kind.make(clip, rng)
    )
    return made


def _written(
    out: Path, order: Order, what: tuple[int, str, Kind | None], made: Clip | bytes
) -> dict[str, Any]:
    number, base, kind = what
    label = kind.label.value if kind else "good"
    as_file = isinstance(made, bytes)
    folder = out / label
    folder.mkdir(exist_ok=True)
    path = folder / f"{base}__{order.seed}-{number:05d}.mp4"
    path.write_bytes(made if isinstance(made, bytes) else lossless(made))
    garbage = label != Label.GOOD.value
    size = (order.height, order.width) if isinstance(made, bytes) else made.shape[1:3]
    return {
        "file": path.relative_to(out).as_posix(),
        "label": label,
        "kind": kind.name if kind else "scene",
        "family": kind.family if kind and garbage else "good",
        "domain": "natural" if base in NATURAL else "graphic" if base in GRAPHIC else "",
        "source": f"pixel generator {kind.name}" if kind and garbage else f"{base}:{number}",
        "license": "Apache-2.0",
        "group": kind.name if kind and garbage else base,
        # What spoils a scene belongs to that scene; the name begins with it.
        "base": f"{base}__" if kind and garbage else "",
        "reencoded": "y" if as_file else "n",
        "width": size[1],
        "height": size[0],
        "frames": order.frames if isinstance(made, bytes) else len(made),
        "fps": FPS,
        "codec": "h264" if as_file else "h264 rgb lossless",
        "bytes": path.stat().st_size,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest()[:16],
    }
