"""Labelled clips: where they lie, what they are, and their frames at the size wanted."""

import csv
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compat.frames.decode import open_clip

Clip = NDArray[np.uint8]
MOST_FRAMES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One labelled clip. ``source`` is the repository its pictures come from, "" for none."""

    path: Path
    label: str
    kind: str
    family: str
    domain: str
    source: str


def corpus_items(corpus: Path) -> list[Item]:
    """Return the clips of a folder with the manifest that docs/judge.md describes."""
    with (corpus / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sources = {
        Path(row["file"]).name: row["source"].partition(":")[0]
        for row in rows
        if row["label"] == "good"
    }
    return [
        Item(
            path=corpus / row["file"], label=row["label"], kind=row["kind"], family=row["family"],
            domain=row["domain"], source=_source(row, sources),
        )
        for row in rows
    ]  # fmt: skip


def _source(row: dict[str, str], sources: dict[str, str]) -> str:
    if row["base"]:
        # Names of base clips begin with the repository's name.
        return sources.get(row["base"], row["base"].partition("__")[0])
    return row["source"].partition(":")[0] if row["label"] != "garbage" else ""


def collected_items(folder: Path) -> list[Item]:
    """Return good clips of a folder whose ``list.csv`` has the columns file, repo and domain."""
    with (folder / "list.csv").open(encoding="utf-8", newline="") as file:
        return [
            Item(
                path=folder / row["file"], label="good", kind="collected", family="good",
                domain=row["domain"], source=row["repo"].replace("+", "/"),
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip


def frames_of(path: Path, most: int, start: int = 0) -> Clip:
    """Return up to ``most`` frames of the same size from frame ``start`` on, [T, H, W, 3]."""
    kept: list[Clip] = []
    for frame in islice(open_clip(path), start, start + most):
        if not kept or frame.shape == kept[0].shape:
            kept.append(frame)
    return np.stack(kept) if kept else np.empty((0, 0, 0, 3), np.uint8)


def fitted(clip: Clip, width: int, height: int) -> Clip:
    """Cut the middle of a clip to the shape asked for and scale it to that size."""
    scale = max(width / clip.shape[2], height / clip.shape[1])
    size = (max(width, round(clip.shape[2] * scale)), max(height, round(clip.shape[1] * scale)))
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    how = Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.LANCZOS
    cut = (left, top, left + width, top + height)
    return np.stack(
        [np.asarray(Image.fromarray(frame).resize(size, how).crop(cut)) for frame in clip]
    )


def corpus_and_collected(corpus: Path, more: Path | None) -> list[Item]:
    """Return the clips of the corpus and of the further folder, if there is one."""
    return corpus_items(corpus) + (collected_items(more) if more else [])


def about_item(item: Item) -> dict[str, str]:
    """Return what is kept of an item beside its measures."""
    return {
        "name": item.path.name, "label": item.label, "kind": item.kind, "family": item.family,
        "domain": item.domain, "source": item.source, "made": "",
    }  # fmt: skip


def written(clip: Clip, stem: Path, codec: str, quality: int) -> Path:
    """Write frames as they are (no ``codec``) or encoded lossily, and return the file."""
    if not codec:
        np.save(stem.with_suffix(".npy"), clip)
        return stem.with_suffix(".npy")
    path = stem.with_suffix(".mp4" if codec == "libx264" else ".webm")
    _encode(clip, path, codec, quality)
    return path


def _encode(clip: Clip, path: Path, codec: str, quality: int) -> None:
    import av

    even = clip[:, : clip.shape[1] // 2 * 2, : clip.shape[2] // 2 * 2]
    with av.open(str(path), "w") as container:
        options = {"crf": str(quality)} | (
            {"b": "0", "deadline": "realtime", "cpu-used": "8"}
            if codec == "libvpx-vp9"
            else {"preset": "veryfast"}
        )
        stream = container.add_stream(codec, rate=16, options=options)
        stream.height, stream.width, stream.pix_fmt = even.shape[1], even.shape[2], "yuv420p"
        for frame in even:
            container.mux(
                stream.encode(
                    av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
                )
            )
        container.mux(stream.encode())
