"""Writes frame numbers the way a person says them."""

from collections.abc import Iterable

SHOWN = 4


def frame_ranges(numbers: Iterable[int]) -> str:
    """Return ``frame 3``, ``frames 40-81`` or ``frames 1-3, 7, 9-12 and 20 more``."""
    runs = runs_of(numbers)
    total = sum(last - first + 1 for first, last in runs)
    words = [str(first) if first == last else f"{first}-{last}" for first, last in runs[:SHOWN]]
    hidden = sum(last - first + 1 for first, last in runs[SHOWN:])
    text = ", ".join(words) + (f" and {hidden} more" if hidden else "")
    return f"frame {text}" if total == 1 else f"frames {text}"


def runs_of(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return (first, last) of each unbroken run of frame numbers, in order."""
    runs: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
