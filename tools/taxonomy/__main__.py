"""``python -m tools.taxonomy``: measure every kind, make the pictures, write docs/taxonomy.md.

    python -m tools.taxonomy                      everything, about two minutes on one core
    python -m tools.taxonomy make OUT --count 500 --seed 1 --size 256x160 [--frames 16]

The second writes a labelled set that ``python -m tools.judge_training.extract OUT MEASURED`` reads.
"""

import argparse
from pathlib import Path

from tools.taxonomy.cases import base_clip, cases_of
from tools.taxonomy.entries import Entry, entries
from tools.taxonomy.kinds import KINDS, Kind, Label
from tools.taxonomy.labelled_set import Order, make
from tools.taxonomy.page import PAGE, PICTURES, page
from tools.taxonomy.sheet import packed, sheet
from tools.taxonomy.verdicts import record, verdicts_of, watched


def main() -> None:
    """Write the page and its pictures, or a labelled set."""
    arguments = _parser().parse_args()
    if arguments.command == "make":
        width, height = map(int, arguments.size.lower().split("x"))
        order = Order(
            count=arguments.count, seed=arguments.seed, width=width, height=height,
            frames=arguments.frames, generated=arguments.generated,
        )  # fmt: skip
        print(f"{make(arguments.out, order)} clips and manifest.csv in {arguments.out}")
        return
    texts = entries()
    measured = {}
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.webp"):
        old.unlink()
    for name, entry in texts.items():
        measured[name] = verdicts_of(KINDS[name], entry.expect)
        (PICTURES / f"{name}.webp").write_bytes(packed(picture_of(KINDS[name], entry)))
        print(f"{name:<28}{' '.join(one.verdict for one in measured[name])}", flush=True)
    record(measured)
    PAGE.write_text(page(texts, measured), "utf-8")


def picture_of(kind: Kind, entry: Entry) -> "Image.Image":
    """Return the picture of a kind's entry."""
    case = cases_of(kind)[entry.picture]
    return sheet(
        base_clip(case.base, case.seed), watched(kind, case),
        in_time=entry.in_time, good=kind.label is Label.GOOD,
    )  # fmt: skip


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.taxonomy", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    made = commands.add_parser("make", help="write a labelled set")
    add = made.add_argument
    add("out", type=Path)
    add("--count", type=int, default=200)
    add("--seed", type=int, default=0)
    add("--size", default="256x160", help="widthxheight, multiples of 16")
    add("--frames", type=int, default=16)
    add("--generated", action="store_true", help="every tenth base from the embedded model")
    return parser


if __name__ == "__main__":
    main()
