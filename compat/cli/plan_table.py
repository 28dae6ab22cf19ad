"""Shows a schedule: a rich table on a terminal, plain columns elsewhere, measures for machines."""

import sys
from collections.abc import Iterator

from compat.core.codec import to_data
from compat.plan.digest import plan_digest
from compat.plan.estimate import disk_bytes, latent_disk_bytes
from compat.plan.model import RenderPlan
from compat.plan.schedule import Boundary, Schedule, Window

COLUMNS = ("window", "seconds", "frames", "latents", "new", "prompt")
PLAIN_PROMPT_WIDTH = 60
MIB = 1 << 20


def measures_of(plan: RenderPlan, schedule: Schedule) -> dict[str, object]:
    """Everything ``framegate plan`` shows, as JSON-ready data; seconds, frames, bytes."""
    data: dict[str, object] = to_data(schedule)
    return data | {
        "trim_frames": schedule.trim_frames,
        "window_tokens": schedule.window_tokens,
        "latent_bytes": latent_disk_bytes(schedule),
        "disk_bytes": disk_bytes(schedule, plan),
        "digest": plan_digest(plan),
        "plan": to_data(plan),
    }


def print_schedule(plan: RenderPlan, schedule: Schedule) -> None:
    """Print the windows, what became of the prompts, and the totals."""
    rows = [_row(window, schedule) for window in schedule.windows]
    if sys.stdout.isatty():
        _print_rich(rows)
    else:
        _print_plain(rows)
    for boundary in schedule.boundaries:
        print(f"  {_sentence(boundary)}")
    for line in _totals(plan, schedule):
        print(f"  {line}")


def _row(window: Window, schedule: Schedule) -> tuple[str, ...]:
    last = min(window.end_frame, schedule.target_frames)
    return (
        str(window.index),
        f"{window.first_frame / schedule.fps:.2f}-{last / schedule.fps:.2f}",
        f"{window.first_frame}-{last - 1}",
        f"{window.first_latent}-{window.first_latent + window.latents - 1}",
        str(window.new_latents),
        " ".join(window.prompt.split()),
    )


def _print_rich(rows: list[tuple[str, ...]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    table = Table(box=box.SIMPLE_HEAD)
    widths = _widths((COLUMNS, *rows))
    for name, width in zip(COLUMNS[:-1], widths[:-1], strict=True):
        table.add_column(name, justify="right", min_width=width)
    table.add_column(COLUMNS[-1], no_wrap=True)
    # Three blanks to a column: a narrow terminal may cut the prompt but never a number.
    room = max(8, console.width - sum(widths[:-1]) - 3 * len(COLUMNS) - 2)
    for *numbers, prompt in rows:
        # Text, because a prompt may hold [brackets] that rich would take for markup.
        shown = Text(prompt)
        shown.truncate(room, overflow="ellipsis")
        table.add_row(*(Text(cell) for cell in numbers), shown)
    console.print(table)


def _widths(rows: tuple[tuple[str, ...], ...]) -> list[int]:
    return [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]


def _print_plain(rows: list[tuple[str, ...]]) -> None:
    shown = [(*row[:-1], _shortened(row[-1])) for row in (COLUMNS, *rows)]
    widths = _widths(tuple(shown))
    for row in shown:
        numbers = (cell.rjust(width) for cell, width in zip(row[:-1], widths[:-1], strict=True))
        print(f"  {'  '.join(numbers)}  {row[-1]}")


def _shortened(text: str) -> str:
    return text if len(text) <= PLAIN_PROMPT_WIDTH else f"{text[: PLAIN_PROMPT_WIDTH - 3]}..."


def _sentence(boundary: Boundary) -> str:
    asked = f"prompt {boundary.prompt} at {boundary.asked_seconds:.2f} s"
    if not boundary.used:
        return f"{asked} is never seen: a later one takes window {boundary.window}"
    shift = boundary.shift_seconds
    moved = f" ({shift:+.2f} s)" if abs(shift) >= 0.005 else ""
    return (
        f"{asked} begins with window {boundary.window} at {boundary.snapped_seconds:.2f} s{moved}, "
        f"in the picture from {boundary.visible_seconds:.2f} s"
    )


def _totals(plan: RenderPlan, schedule: Schedule) -> Iterator[str]:
    windows = len(schedule.windows)
    first = schedule.windows[0]
    yield (
        f"{windows} window{'s' if windows > 1 else ''} of {first.frames} frames "
        f"({first.latents} latents, {schedule.window_tokens} tokens), one every "
        f"{schedule.stride_frames} frames ({schedule.stride_seconds:.2f} s)"
    )
    yield (
        f"{schedule.total_latents} latents decode to {schedule.total_frames} frames, "
        f"{schedule.trim_frames} trimmed: {schedule.target_frames} frames "
        f"({schedule.target_frames / schedule.fps:.2f} s at {schedule.fps:g} fps), "
        f"{schedule.width} x {schedule.height}"
    )
    yield (
        f"disk: {_mib(latent_disk_bytes(schedule))} of latents (128 channels), "
        f"{_mib(disk_bytes(schedule, plan))} in all with lossless segments and the MP4"
    )


def _mib(count: int) -> str:
    return f"{count / MIB:.1f} MiB" if count < 10_000 * MIB else f"{count / MIB / 1024:.1f} GiB"
