"""Turns the events of a run into one row per window and the pictures it left."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from compat.core.job import Event
from reports.evidence import RunStory


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRow:
    """What is known of one window; None and empty where it did not get that far."""

    index: int
    prompt: str = ""
    seed: str = ""
    denoise_seconds: float | None = None
    decode_seconds: float | None = None
    frames: int | None = None
    verdict: str = ""
    sentences: tuple[str, ...] = ()
    retries: int = 0


def window_rows(story: RunStory) -> tuple[WindowRow, ...]:
    """Return one row per window that was begun, in order; a repeated window shows its last try."""
    rows: dict[int, WindowRow] = {}
    for event in story.events:
        index = event.data.get("window")
        if event.kind.startswith("window-") and isinstance(index, int):
            rows[index] = _with(rows.get(index, WindowRow(index=index)), event)
    return tuple(rows[index] for index in sorted(rows))


def _with(row: WindowRow, event: Event) -> WindowRow:
    data = event.data
    if event.kind == "window-denoised":
        return replace(
            row,
            prompt=str(data.get("prompt", "")),
            seed=str(data.get("seed", "")),
            denoise_seconds=_number(data, "seconds"),
        )
    if event.kind == "window-decoded":
        frames = data.get("frames")
        return replace(
            row,
            decode_seconds=row.decode_seconds or _number(data, "seconds"),
            frames=frames if isinstance(frames, int) else row.frames,
        )
    if event.kind == "window-judged":
        return replace(
            row,
            verdict=str(data.get("verdict", "")),
            sentences=_texts(data.get("sentences")),
            decode_seconds=_number(data, "decode_seconds") or row.decode_seconds,
        )
    return replace(row, retries=row.retries + 1)


def stop_sentences(story: RunStory) -> tuple[str, ...]:
    """Why a run stopped or was interrupted, word for word; empty where it did neither."""
    if story.run.state == "stopped":
        data = story.data("run-stopped")
        return (str(data.get("reason", "")), *_texts(data.get("sentences")))
    if story.run.state == "interrupted":
        return (str(story.data("run-interrupted").get("why", "")),)
    return ()


def windows_planned(story: RunStory) -> int:
    """How many windows the run was to have; 0 where it was not recorded."""
    planned = story.data("run-started").get("windows")
    if isinstance(planned, list):
        return len(planned)
    return planned if isinstance(planned, int) else 0


def pictures_of(story: RunStory) -> tuple[Path, ...]:
    """The contact sheet and the timeline: as the end names them, else where one stands already."""
    end = story.data("run-finished")
    named = [Path(str(end[key])) for key in ("sheet", "timeline") if end.get(key)]
    folder = str(story.data("run-started").get("folder", ""))
    standing = [Path(folder) / f"{key}.png" for key in ("sheet", "timeline")] if folder else []
    return tuple(named or [path for path in standing if path.is_file()])


def _number(data: Mapping[str, object], key: str) -> float | None:
    value = data.get(key)
    return float(value) if isinstance(value, int | float) else None


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()
