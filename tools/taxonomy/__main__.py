"""``python -m tools.taxonomy``: measure every kind, make the pictures, write docs/taxonomy.md.

    python -m tools.taxonomy                      everything, about two minutes on one core
    python -m tools.taxonomy --only black green   these kinds again, and the page
    python -m tools.taxonomy make OUT --count 500 --seed 1 --size 256x160 [--frames 16]

The last writes a labelled set that ``python -m tools.judge_training.extract OUT MEASURED`` reads.
"""

import argparse
from pathlib import Path

from PIL import Image

from tools.taxonomy.cases import base_clip, cases_of
from tools.taxonomy.entries import Entry, entries
from tools.taxonomy.kinds import KINDS, Kind, Label
from tools.taxonomy.labelled_set import Order, make
from tools.taxonomy.page import PAGE, PICTURES, page
from tools.taxonomy.real_codecs import real_codecs
from tools.taxonomy.sheet import packed, sheet
from tools.taxonomy.verdicts import record, recorded, verdicts_of, watched

# Some faults move tiles of 64 px.
SMALLEST = 96


def main() -> None:
    """Write the page and its pictures, or a labelled set."""
    arguments = _parser().parse_args()
    if arguments.command == "make":
        width, height = map(int, arguments.size.lower().split("x"))
        if min(width, height) < SMALLEST:
            _parser().error(
                f"--size {arguments.size} is too small, expected sides of {SMALLEST} on"
            )
        coders = real_codecs(arguments.autoencoders) if arguments.autoencoders else []
        order = Order(
            count=arguments.count, seed=arguments.seed, width=width, height=height,
            frames=arguments.frames, generated=arguments.generated,
        )  # fmt: skip
        print(f"{make(arguments.out, order, coders)} clips and manifest.csv in {arguments.out}")
        return
    write_page(arguments.only)


def write_page(only: list[str]) -> None:
    """Measure and picture every kind, or those named ``only``, and write the page."""
    texts = entries()
    measured = dict(recorded()) if only else {}
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, entry in texts.items():
        if only and name not in only:
            continue
        measured[name] = verdicts_of(KINDS[name], entry.expect)
        (PICTURES / f"{name}.webp").write_bytes(packed(picture_of(KINDS[name], entry)))
        print(f"{name:<28}{' '.join(one.verdict for one in measured[name])}", flush=True)
    for old in {path.stem for path in PICTURES.iterdir()} - set(texts):
        (PICTURES / f"{old}.webp").unlink()
    kept = {name: measured[name] for name in texts if name in measured}
    record(kept)
    PAGE.write_text(page({name: texts[name] for name in kept}, kept), "utf-8")
    for name in sorted(set(KINDS) - set(texts)):
        print(f"no entry yet for {name}: write one in entries/{KINDS[name].family}.toml")


def picture_of(kind: Kind, entry: Entry) -> Image.Image:
    """Return the picture of a kind's entry."""
    case = cases_of(kind)[entry.picture]
    return sheet(
        base_clip(case.base, case.seed), watched(kind, case),
        in_time=entry.in_time, good=kind.label is Label.GOOD,
    )  # fmt: skip


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.taxonomy", description=__doc__)
    parser.add_argument("--only", nargs="+", default=[], metavar="KIND", help="leave the others")
    commands = parser.add_subparsers(dest="command")
    made = commands.add_parser("make", help="write a labelled set")
    add = made.add_argument
    add("out", type=Path)
    add("--count", type=int, default=200)
    add("--seed", type=int, default=0)
    add("--size", default="256x160", help="widthxheight, sides of 96 on")
    add("--frames", type=int, default=16)
    add("--autoencoders", type=Path, help="folder of real ones, see judge_training/autoencoders.py")
    add("--generated", action="store_true", help="every tenth base from the embedded model")
    return parser


if __name__ == "__main__":
    main()
