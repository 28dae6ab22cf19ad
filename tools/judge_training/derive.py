"""Makes legitimate but hard clips from good ones with the filters of libavfilter.

    python -m tools.judge_training.derive CLIPS OUT [--each 3]

CLIPS has a ``list.csv`` as ``collect.py`` writes it; OUT gets the clips and such a list with the
column kind. They are for measuring false stops: their effects are another program's than those of
``hard_negatives.py``, which the score learns from.
"""

import argparse
import csv
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

from compat.core.errors import CompatError
from tools.judge_training.material import (
    Clip,
    Item,
    collected_items,
    fitted,
    frames_of,
    written,
)

FRAMES, FEWEST = 24, 12
LONGEST_SIDE = 384
LEAST_CONTRAST = 14.0
QUALITY = 20
"""x264's constant rate factor."""

Chain = tuple[tuple[str, str], ...]
EFFECTS: Mapping[str, Chain] = {
    "grain": (("noise", "alls=26:allf=t"),),
    "old_film": (
        ("hue", "s=0:b=0.5*sin(n*1.7)+0.4*sin(n*5.1)"),
        ("noise", "alls=16:allf=t"),
        ("vignette", ""),
    ),
    "fades": (("fade", "t=in:s=0:n=8"), ("fade", "t=out:s=16:n=8")),
    "from_white": (("fade", "t=in:s=0:n=10:c=white"),),
    "night": (("lutrgb", "r=val*0.25:g=val*0.25:b=val*0.35"), ("noise", "alls=8:allf=t")),
    "out_of_focus": (("gblur", "sigma=7"),),
    "posterised": (("lutrgb", "r=trunc(val/64)*64:g=trunc(val/64)*64:b=trunc(val/64)*64"),),
    "large_pixels": (("pixelize", "w=7:h=7"),),
    "zooming": (("zoompan", "z=1+0.012*on:d=1:x=iw/2-iw/zoom/2:y=ih/2-ih/zoom/2:s={w}x{h}"),),
    "light_trails": (("lagfun", "decay=0.95"),),
    "long_exposure": (("tmix", "frames=5"),),
    "edges": (("edgedetect", "low=0.1:high=0.2"),),
    "drawn_edges": (("edgedetect", "mode=colormix:high=0.1:low=0.02"),),
    "negative": (("negate", ""),),
    "strobe": (("hue", "b=if(lt(mod(n\\,6)\\,2)\\,2.5\\,-1)"),),
    "colour_fringes": (("rgbashift", "rh=9:bh=-9:gv=4"), ("noise", "alls=10:allf=t")),
    "turning": (("rotate", "0.04*n"),),
    "shaken": (("crop", "iw-28:ih-28:14+12*sin(n*2):14+10*cos(n*3)"),),
    "fast": (("framestep", "3"),),
    "two_tones": (
        ("hue", "s=0"),
        ("colorchannelmixer", "rr=1.1:rg=0:rb=0:gr=0.2:gg=0.5:bb=0.25:br=0.5"),
    ),
    "gaudy": (("hue", "s=3"), ("lutrgb", "r=(val-40)*1.5:g=(val-40)*1.5:b=(val-40)*1.5")),
    "letterbox": (("drawbox", "x=0:y=0:w=iw:h=ih*0.18:color=black:t=fill"),
                  ("drawbox", "x=0:y=ih*0.82:w=iw:h=ih*0.18:color=black:t=fill")),
    "colours_turning": (("hue", "h=12*n"),),
    "flat_light": (("lutrgb", "r=val*0.3+130:g=val*0.3+130:b=val*0.3+130"),),
}  # fmt: skip


def filtered(clip: Clip, chain: Chain) -> Clip:
    """Return the clip as libavfilter's filters leave it, one after the other."""
    import av
    from av.filter import Graph

    height, width = clip.shape[1:3]
    graph = Graph()
    source = graph.add_buffer(width=width, height=height, format="rgb24", time_base="1/16")
    steps = [graph.add(name, options.format(w=width, h=height)) for name, options in chain]
    last = graph.add("format", "pix_fmts=rgb24")
    graph.link_nodes(source, *steps, last, graph.add("buffersink")).configure()
    for number, values in enumerate(clip):
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(values), format="rgb24")
        frame.pts = number
        graph.push(frame)
    graph.push(None)
    return np.stack(list(_pulled(graph)))


def _pulled(graph: object) -> Iterator[Clip]:
    import av

    while True:
        try:
            yield graph.pull().to_ndarray(format="rgb24")  # type: ignore[attr-defined]
        except (av.error.BlockingIOError, av.error.EOFError):
            return


def bases(items: list[Item]) -> Iterator[tuple[Item, Clip]]:
    """Yield clips to work on, one of every source and then the next of every source."""
    by_source: dict[str, list[Item]] = {}
    for item in sorted(items, key=lambda item: zlib.crc32(item.path.name.encode())):
        by_source.setdefault(item.source, []).append(item)
    for turn in range(max(map(len, by_source.values()), default=0)):
        for source in sorted(by_source):
            for item in by_source[source][turn : turn + 1]:
                yield from _usable(item)


def _usable(item: Item) -> Iterator[tuple[Item, Clip]]:
    try:
        clip = frames_of(item.path, FRAMES)
    except CompatError:
        return
    if len(clip) < FEWEST or float(clip[:, ::4, ::4].std(axis=(1, 2)).max()) < LEAST_CONTRAST:
        return
    scale = min(1.0, LONGEST_SIDE / max(clip.shape[1:3]))
    height, width = (max(64, int(side * scale) // 2 * 2) for side in clip.shape[1:3])
    yield item, fitted(clip, width, height)


def derive(items: list[Item], each: int, out: Path) -> Iterable[dict[str, str]]:
    """Write so many clips of every effect and yield the rows of their list."""
    wanted = [effect for _ in range(each) for effect in EFFECTS]
    for effect, (item, clip) in zip(wanted, bases(items), strict=False):
        made = filtered(clip, EFFECTS[effect])
        stem = out / f"derived_{effect}__{zlib.crc32(item.path.name.encode()):08x}"
        path = written(made, stem, "libx264", QUALITY)
        yield {
            "file": path.name, "repo": item.source.replace("/", "+"), "path": item.path.name,
            "domain": item.domain, "kind": f"derived_{effect}",
        }  # fmt: skip


def main() -> None:
    """Make the clips and their list."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clips", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--each", type=int, default=3)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with (arguments.out / "list.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, ("file", "repo", "path", "domain", "kind"))
        rows.writeheader()
        rows.writerows(derive(collected_items(arguments.clips), arguments.each, arguments.out))


if __name__ == "__main__":
    main()
