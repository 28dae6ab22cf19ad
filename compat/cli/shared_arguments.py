"""Arguments that several commands take in the same form."""

import argparse
import os
from collections.abc import Iterable
from pathlib import Path

from compat.core.errors import UsageError
from compat.core.model import Severity


def add_format(parser: argparse.ArgumentParser, *, sarif: bool = False) -> None:
    """Add ``--format``: text for people, json for machines, sarif where findings are the answer."""
    choices = ("text", "json", *(("sarif",) if sarif else ()))
    parser.add_argument("--format", choices=choices, default="text")


def add_python(parser: argparse.ArgumentParser) -> None:
    """Add ``--python``, another interpreter to ask instead of this one."""
    parser.add_argument(
        "--python",
        type=Path,
        metavar="PATH",
        help="interpreter that will render (of a ComfyUI, say); it needs nothing of framegate's",
    )


def require_interpreter(python: Path | None) -> None:
    """``UsageError`` where ``--python`` names nothing that could be started."""
    if python is None:
        return
    remedy = "name the interpreter itself, such as venv/bin/python or python_embeded/python.exe"
    if not python.is_file():
        raise UsageError(f"--python {python} is not a file", remedy)
    if not os.access(python, os.X_OK):
        raise UsageError(f"--python {python} is not a program", remedy)


def add_fail_on(parser: argparse.ArgumentParser) -> None:
    """Add ``--fail-on``, the severity from which findings make the exit code 1."""
    parser.add_argument(
        "--fail-on",
        choices=[severity.value for severity in Severity],
        default=Severity.MEDIUM.value,
        help="exit 1 from this severity up (default: medium)",
    )


def add_store(parser: argparse.ArgumentParser) -> None:
    """Add ``--store``, the file of the evidence store."""
    parser.add_argument(
        "--store", type=Path, metavar="FILE", help="evidence store (default: in FRAMEGATE_HOME)"
    )


def add_comfyui(parser: argparse._ActionsContainer, text: str) -> None:
    """Add ``--comfyui``, the folder of a real ComfyUI; ``text`` is the help."""
    parser.add_argument("--comfyui", type=Path, metavar="DIR", help=text)


def comfyui_from(arguments: argparse.Namespace) -> Path | None:
    """The folder given as ``--comfyui``; ``UsageError`` where it is no ComfyUI."""
    folder: Path | None = arguments.comfyui
    if folder is not None and not (folder / "main.py").is_file():
        raise UsageError(
            f"{folder} is no ComfyUI folder",
            "name the folder that holds ComfyUI's main.py and comfy/",
        )
    return folder


def material_from(arguments: argparse.Namespace) -> dict[str, object]:
    """What goes with a question about a cell: the absolute path of the ComfyUI, where one is named.

    ``UsageError`` where the folder is no ComfyUI.
    """
    folder = comfyui_from(arguments)
    return {} if folder is None else {"comfyui": str(folder.absolute())}


def add_paths(parser: argparse.ArgumentParser, text: str = "file or folder") -> None:
    """Add one or more files or folders; ``text`` is the help."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help=text)


def require_existing(paths: Iterable[Path]) -> None:
    """``UsageError`` for the first path that is not there."""
    for path in paths:
        if not path.exists():
            raise UsageError(f"there is no {path}", "name an existing file or folder")
