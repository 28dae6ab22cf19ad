"""``python -m tools.kill_test [--kills 10]``: kill -9 at random moments, resume, compare frames.

One uninterrupted render gives the reference. Each further render of the same plan is killed at a
moment drawn uniformly over the loop (from its first stored event to its last), resumed, and
compared frame by frame.
"""

import argparse
import hashlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from compat.core.job import Event
from compat.frames.encode import read_frames
from compat.store.store import Store

PLAN = """
[model]
path = "embedded"
device = "cpu"
[video]
width = 64
height = 64
fps = 25
seconds = {seconds}
[window]
frames = 33
overlap = 9
[[prompts]]
at = 0.0
text = "red circle moving right on blue background"
[[prompts]]
at = 6.0
text = "red circle moving down on blue background"
[output]
path = "video.mp4"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """One killed and resumed render."""

    after_seconds: float
    windows_before: int
    windows_again: int
    identical: bool


def main() -> None:
    """Render once in peace, then kill and resume, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=20.0, help="length of the video")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "plan.toml").write_text(PLAN.format(seconds=arguments.seconds), "utf-8")
        _run(folder, "run")
        duration = _loop_seconds(folder)
        wanted = _frames_digest(folder)
        print(f"uninterrupted: {duration:.1f} s of loop, frames {wanted[:12]}")
        for _ in range(arguments.kills):
            _start_over(folder)
            kill = _kill_and_resume(folder, chance.uniform(0, duration), wanted)
            print(
                f"killed after {kill.after_seconds:5.1f} s, {kill.windows_before} windows whole, "
                f"{kill.windows_again} denoised again, identical: {kill.identical}"
            )


def _command(folder: Path, name: str) -> list[str]:
    store = str(folder / "evidence.sqlite3")
    return [
        sys.executable, "-m", "compat.cli.main", name, str(folder / "plan.toml"), "--store", store
    ]  # fmt: skip


def _run(folder: Path, name: str, *more: str) -> None:
    subprocess.run([*_command(folder, name), *more], check=True, capture_output=True)


def _start_over(folder: Path) -> None:
    shutil.rmtree(folder / "video.framegate", ignore_errors=True)
    (folder / "video.mp4").unlink(missing_ok=True)


def _kill_and_resume(folder: Path, after: float, wanted: str) -> Kill:
    child = subprocess.Popen(
        _command(folder, "render"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while child.poll() is None and _events(folder) == []:
        time.sleep(0.05)
    try:
        child.wait(after)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    before, denoised = _progress(folder)
    if not (folder / "video.mp4").exists():
        resumable = (folder / "video.framegate" / "run-id").exists() and denoised >= 0
        _run(folder, "render", *(["--resume"] if resumable else []))
    _, after_all = _progress(folder)
    total = len(list((folder / "video.framegate" / "segments").glob("*.mkv")))
    return Kill(
        after_seconds=after,
        windows_before=max(before, 0),
        windows_again=after_all - total,
        identical=_frames_digest(folder) == wanted,
    )


def _progress(folder: Path) -> tuple[int, int]:
    """Windows that are whole, and how often one was denoised; (-1, -1) before the run began."""
    kinds = [event.kind for event in _events(folder)]
    if not kinds:
        return -1, -1
    return kinds.count("window-decoded"), kinds.count("window-denoised")


def _events(folder: Path) -> list[Event]:
    note = folder / "video.framegate" / "run-id"
    if not note.exists():
        return []
    with Store.open(folder / "evidence.sqlite3") as store:
        return list(store.events(note.read_text("ascii")))


def _loop_seconds(folder: Path) -> float:
    first, *_, last = (datetime.fromisoformat(event.at) for event in _events(folder))
    return (last - first).total_seconds()


def _frames_digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for frame in read_frames(folder / "video.mp4"):
        digest.update(frame.tobytes())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
