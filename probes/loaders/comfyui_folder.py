"""Opens the user's own ComfyUI without starting it: on the processor, and left as it was found."""

import contextlib
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from compat.core.model import Session
from compat.core.probe import SkipProbeError
from probes.answers import attempt
from probes.loaders.file_question import FileQuestion

ENTRY = "main.py"
PACKAGE = "comfy"
_VERSION_FILES = ("comfyui_version.py", "pyproject.toml", "comfy/__init__.py")
_VERSION = re.compile(r"^(?:__version__|version) = ['\"]([\w.+-]{1,40})['\"]", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComfyUI:
    """A ComfyUI that has been imported: version and modules; those it lacks are None."""

    version: str
    detection: Any
    sd: Any
    utils: Any


def comfyui_folder(session: Session, question: FileQuestion) -> Path:
    """The folder that the question names; ends the probe as SKIP where it is no ComfyUI."""
    named = question.options.get("comfyui", "")
    if not named:
        session.skip("no ComfyUI was named: --comfyui DIR names the folder with its main.py")
    folder = Path(named)
    if not (folder / ENTRY).is_file() or not (folder / PACKAGE).is_dir():
        session.skip(f"{folder} is no ComfyUI folder: it lacks {ENTRY} or {PACKAGE}/")
    return folder


def version_of(folder: Path) -> str:
    """The version as the folder's files state it; "of unknown version" where none does."""
    for name in _VERSION_FILES:
        path = folder / name
        if path.is_file():
            with path.open("rb") as handle:
                text = handle.read(65536).decode("utf-8", "replace")
            if hit := _VERSION.search(text):
                return hit[1]
    return "of unknown version"


@contextlib.contextmanager
def at_hand(folder: Path, *, cpu: bool = True) -> Iterator[ComfyUI]:
    """``comfy`` imported from ``folder``, and everything else as it was when this ends.

    ComfyUI parses ``sys.argv`` and looks for devices when it is imported, so both are held still:
    no arguments, and with ``cpu`` the processor only, because a card may be busy with a render.
    ``SkipProbeError`` where it cannot be imported, or another ComfyUI has been already.
    """
    with _kept():
        sys.path.insert(0, str(folder))
        sys.argv[:] = [str(folder / ENTRY)]
        detection, words = attempt(partial(_imported, cpu=cpu))
        if detection is None:
            raise SkipProbeError(
                f"the ComfyUI in {folder} cannot be imported by {sys.executable}: {words[:300]}; "
                "--python PATH names its own interpreter"
            )
        if not Path(detection.__file__).is_relative_to(folder):
            raise SkipProbeError(f"the ComfyUI in {detection.__file__} is already in this process")
        yield ComfyUI(
            version=version_of(folder),
            detection=detection,
            sd=sys.modules.get("comfy.sd"),
            utils=sys.modules.get("comfy.utils"),
        )


@contextlib.contextmanager
def _kept() -> Iterator[None]:
    """Put back what ComfyUI's modules change in the process they are imported into."""
    import torch

    path, arguments, variables = list(sys.path), list(sys.argv), dict(os.environ)
    precision = torch.get_float32_matmul_precision()
    try:
        yield
    finally:
        sys.path[:], sys.argv[:] = path, arguments
        os.environ.clear()
        os.environ.update(variables)
        torch.set_float32_matmul_precision(precision)


def _imported(*, cpu: bool) -> Any:
    import importlib

    arguments = importlib.import_module("comfy.cli_args").args
    arguments.cpu = cpu
    detection = importlib.import_module("comfy.model_detection")
    # Text encoders and VAEs are detected there; without it the diffusion models still are.
    attempt(lambda: importlib.import_module("comfy.sd"))
    return detection
