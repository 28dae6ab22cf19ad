"""Asks a small program of the system, such as nvidia-smi, within a time limit."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# nvidia-smi takes 2 to 3 s where the driver is not kept loaded; a hung driver never answers.
SECONDS = 8.0
_LONGEST = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a program wrote; ``failure`` is empty, or one sentence that says why not to trust it."""

    text: str
    failure: str = ""


def on_path(name: str, variables: Mapping[str, str]) -> Path | None:
    """Where PATH has the program ``name``; None where it has not.

    Only absolute entries count: Windows would take a program out of the current folder first, and
    a folder of downloaded models must not be able to bring its own nvidia-smi.
    """
    file = f"{name}.exe" if sys.platform == "win32" else name
    for entry in variables.get("PATH", "").split(os.pathsep):
        place = Path(entry.strip('"'))
        if place.is_absolute() and os.access(place / file, os.X_OK) and (place / file).is_file():
            return place / file
    return None


def ask(command: Sequence[str | Path], *, seconds: float = SECONDS) -> Said:
    """Run ``command`` with nothing on its stdin and return what it wrote to stdout."""
    words = [str(word) for word in command]
    name = Path(words[0]).name
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=seconds,
            # No console window may flash up on Windows; elsewhere the number is 0.
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            env={**os.environ, "LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired:
        return Said(text="", failure=f"{name} gave no answer within {seconds:g} s")
    except OSError as exc:
        return Said(text="", failure=f"{name} cannot be run: {exc.strerror or exc}")
    text = done.stdout[:_LONGEST].decode("utf-8", "replace")
    if done.returncode == 0:
        return Said(text=text)
    words_of_it = (text + done.stderr[:_LONGEST].decode("utf-8", "replace")).split("\n")
    first = next((line.strip() for line in words_of_it if line.strip()), "")
    return Said(text=text, failure=f"{name} ended with {done.returncode}: {first}"[:300])
