"""The embedded model's files and frames are the ones that were shipped.

Users' models have no such reference, so no other check leans on it and the gate never needs it; it
tells what the other checks are worth (``framegate demo --references``).
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from compat.core.model import Finding, Place, Severity
from runners.embedded import embedded_model
from runners.engines.messages import ClipRequest
from runners.preflight.clip_request import clip_request
from runners.preflight.context import Answer, Context, Step, UndecidedError
from runners.run_folder import digest

if TYPE_CHECKING:
    Frames = np.ndarray[Any, np.dtype[np.uint8]]

LOWEST_PSNR = 30.0
"""dB. Two versions of torch or another CPU stay above 40; bfloat16 and fp8 weights near 30."""

MANIFEST = "reference.json"
FRAMES = "reference.png"


def check_reference(context: Context) -> Answer:
    """Every file has the recorded sha256 and the recorded clip comes out again."""
    place = embedded_model().parent
    if not (place / MANIFEST).is_file():
        raise UndecidedError(f"{place / MANIFEST} is missing, so there is nothing to compare with")
    manifest = json.loads((place / MANIFEST).read_text("utf-8"))
    findings = changed_files(context.job.folder, manifest["files"])
    request = reference_request(context, manifest["clip"])
    context.engine.clip(request, lambda step: context.progress("reference", step))
    decibels = psnr(np.load(request.frames_path), read_strip(place / FRAMES, request.frames))
    if decibels < LOWEST_PSNR:
        findings.append(_other_frames(decibels))
    return Answer(findings=tuple(findings), measures={"psnr_db": decibels})


def reference_request(context: Context, clip: dict[str, Any]) -> ClipRequest:
    """The recorded clip: the same prompt, size, seed, steps and guidance."""
    blank = clip_request(context, "reference", steps=clip["steps"])
    return replace(blank, **clip)


def changed_files(folder: Path, recorded: dict[str, str]) -> list[Finding]:
    """One finding per file whose bytes are not the recorded ones."""
    return [
        Finding(
            rule="file-changed",
            severity=Severity.HIGH,
            message="the file's sha256 is not the recorded one",
            place=Place(kind="file", path=str(folder / name)),
            remedy="install framegate again",
        )
        for name, wanted in recorded.items()
        if not (folder / name).is_file() or digest(folder / name) != wanted
    ]


def read_strip(path: Path, frames: int) -> "Frames":
    """Frames [T, H, W, 3] from one picture that holds them above each other."""
    from PIL import Image

    with Image.open(path) as picture:
        strip = np.asarray(picture.convert("RGB"))
    return strip.reshape(frames, -1, *strip.shape[1:])


def psnr(first: "Frames", second: "Frames") -> float:
    """Peak signal-to-noise ratio in dB; infinity for equal frames, 0 for other shapes."""
    if first.shape != second.shape:
        return 0.0
    error = float(np.mean((first.astype(np.float64) - second.astype(np.float64)) ** 2))
    return float("inf") if error == 0 else 10 * float(np.log10(255**2 / error))


def _other_frames(decibels: float) -> Finding:
    return Finding(
        rule="reference-frames-differ",
        severity=Severity.HIGH,
        message=f"the recorded clip came out {decibels:.1f} dB away from the record, expected at "
        f"least {LOWEST_PSNR}",
        place=Place(kind="frame", path="reference clip"),
        remedy="the weights, their loading or the arithmetic changed",
    )


STEP = Step(
    id="reference", title="same as recorded", run=check_reference, needs=("load", "save-path")
)
