"""Measures labelled clips into a folder of small files.

    python -m tools.judge_training.extract CORPUS MEASURED [--more FOLDER] [--made CLIPS]
        [--part 0/2]

Every clip becomes one ``.npz``: per-frame measures, clip-wide measures, and what the clip is. CLIPS
is what ``tools.judge_training.make`` wrote.
"""

import argparse
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from compat.core.errors import CompatError
from compat.frames.decode import open_clip
from compat.frames.measures import measure_clip
from tools.judge_training.material import MOST_FRAMES, Clip, about_item, corpus_and_collected


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


def keep(out: Path, about: Mapping[str, str], path: Path) -> None:
    """Measure the clip at ``path``, unless it was measured before; broken clips are named."""
    target = out / f"{zlib.crc32(about['name'].encode()):08x}.npz"
    if target.exists():
        return
    try:
        arrays = measured(islice(open_clip(path), MOST_FRAMES))
    except (CompatError, ValueError) as error:
        print(f"left out {about['name']}: {error}", flush=True)
        return
    if arrays["per_frame"].ndim == 2 and len(arrays["per_frame"]) > 1:
        np.savez(target, about=json.dumps(dict(about)), **arrays)


def made_clips(folder: Path) -> Iterator[tuple[dict[str, str], Path]]:
    """Yield what each made clip is, and its file."""
    for path in sorted(folder.glob("*.json")):
        about = json.loads(path.read_text(encoding="utf-8"))
        yield about, folder / about.pop("file")


def main() -> None:
    """Measure the corpus, the further clips, and what was made from the good ones."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--more", type=Path, help="folder of further good clips with list.csv")
    parser.add_argument("--made", type=Path, help="folder of clips that make.py wrote")
    parser.add_argument("--part", default="0/1", help="this share of the work")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    part, parts = map(int, arguments.part.split("/"))
    items = corpus_and_collected(arguments.corpus, arguments.more)
    work = [(about_item(item), item.path) for item in items]
    work += made_clips(arguments.made) if arguments.made else []
    for about, path in work[part::parts]:
        keep(arguments.out, about, path)


if __name__ == "__main__":
    main()
