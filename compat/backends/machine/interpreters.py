"""Finds the other interpreters a user renders with, by where the usual tools put them."""

import contextlib
import itertools
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from compat.backends.machine.installed import described, text_of
from compat.backends.machine.model import Interpreter

# A screen is meant to tell, not to list a build server: more are left out and counted as such.
MOST = 60
_MOST_IN_ONE_PLACE = 40

# Where programs keep environments, below the home folder: (what keeps them, pattern).
_BELOW_HOME = (
    ("conda", "{anaconda3,miniconda3,miniforge3,mambaforge,micromamba,.conda,.miniconda3}"),
    ("conda", "{anaconda3,miniconda3,miniforge3,mambaforge,micromamba,.conda,.miniconda3}/envs/*"),
    ("pyenv", ".pyenv/versions/*"),
    ("pyenv", ".pyenv/pyenv-win/versions/*"),
    ("uv", ".local/share/uv/{tools,python}/*"),
    ("uv", "AppData/Roaming/uv/{tools,python}/*"),
    ("pipx", ".local/share/pipx/venvs/*"),
    ("pipx", ".local/pipx/venvs/*"),
    ("pipx", "pipx/venvs/*"),
    ("venv", "{.virtualenvs,.venvs,venvs}/*"),
    ("venv", ".cache/pypoetry/virtualenvs/*"),
    ("comfyui", "{,AppData/Roaming/}StabilityMatrix/{,Data/}Packages/*/venv"),
    ("comfyui", "pinokio/api/*/{,app/}env"),
    ("comfyui", "SwarmUI/dlbackend/{ComfyUI,comfy/ComfyUI}/{venv,.venv}"),
    ("comfyui", "SwarmUI/dlbackend/comfy/python_embeded"),
)
# Variables that name a folder of environments, and what keeps them.
_VARIABLES = (
    ("active", "VIRTUAL_ENV", ""),
    ("active", "CONDA_PREFIX", ""),
    ("conda", "MAMBA_ROOT_PREFIX", "{,envs/*}"),
    ("pyenv", "PYENV_ROOT", "versions/*"),
    ("uv", "UV_TOOL_DIR", "*"),
    ("uv", "UV_PYTHON_INSTALL_DIR", "*"),
    ("pipx", "PIPX_HOME", "venvs/*"),
    ("venv", "WORKON_HOME", "*"),
)
_OWN_FOLDERS = (".venv", "venv", "env")
# ComfyUI's desktop app says in its config.json where the user put it.
_DESKTOP_CONFIGS = (
    "Library/Application Support/ComfyUI/config.json",
    "AppData/Roaming/ComfyUI/config.json",
    ".config/ComfyUI/config.json",
)
_COMFYUI = (
    "", "ComfyUI", "comfy/ComfyUI", "comfyui",
    "ComfyUI_windows_portable/ComfyUI",
    "ComfyUI_windows_portable_nvidia/ComfyUI_windows_portable/ComfyUI",
)  # fmt: skip
_COMFYUI_VARIABLES = ("COMFYUI_PATH", "COMFYUI_DIR")
_COMFYUI_PYTHONS = (".venv", "venv", "env", "../python_embeded", "../.venv", "../venv", "../env")
_CONDAS = (
    "/opt/conda", "/opt/miniconda3", "/opt/miniforge3", "/opt/homebrew/Caskroom/miniconda/base",
    "/opt/homebrew/Caskroom/miniforge/base",
    "C:/ProgramData/miniconda3", "C:/ProgramData/anaconda3",
)  # fmt: skip
# Where images of rented machines and portable archives stand.
_ROOTS = ("/workspace", "/opt", "/app", "/root", "/notebooks", "C:/", "D:/", "E:/")


def other_interpreters(
    *, variables: Mapping[str, str], home: Path, folder: Path, known: Iterable[Path] = ()
) -> tuple[Interpreter, ...]:
    """At most :data:`MOST` interpreters, likeliest first; ``known`` prefixes are left out.

    ``variables`` are the environment's, ``folder`` is the current one. Only files are read: whose
    interpreter these are, and what starting one would run, nobody knows. Their owner may name one.
    """
    seen = {_real(prefix) for prefix in known}
    found: list[Interpreter] = []
    for kind, prefix in _candidates(variables, home, folder):
        if len(found) == MOST:
            break
        if (real := _real(prefix)) in seen:
            continue
        seen.add(real)
        # A name that no file can have, or a folder that may not be looked into, is no interpreter.
        with contextlib.suppress(OSError, ValueError):
            if interpreter := described(kind, prefix):
                found.append(interpreter)
    return tuple(found)


def _candidates(
    variables: Mapping[str, str], home: Path, folder: Path
) -> Iterator[tuple[str, Path]]:
    for kind, name, pattern in _VARIABLES[:2]:
        yield from ((kind, path) for path in _named(variables, name, pattern))
    for comfyui in _comfyui_folders(variables, home, folder):
        yield from (("comfyui", _joined(comfyui, name)) for name in _COMFYUI_PYTHONS)
    yield from (("venv", folder / name) for name in _OWN_FOLDERS)
    for kind, pattern in _BELOW_HOME:
        yield from ((kind, path) for path in _matches(home, pattern))
    for kind, name, pattern in _VARIABLES[2:]:
        yield from ((kind, path) for path in _named(variables, name, pattern))
    yield from (("conda", path) for path in _conda(variables, home))


def _comfyui_folders(variables: Mapping[str, str], home: Path, folder: Path) -> Iterator[Path]:
    yield from (Path(variables[name]) for name in _COMFYUI_VARIABLES if variables.get(name))
    # The desktop app keeps its environment apart from ComfyUI's own files.
    yield from _desktop(home)
    below_home = (home / name for name in ("", "Documents", "Desktop", "Downloads"))
    roots = (Path(root) for root in _ROOTS if Path(root).is_absolute())
    for place in (folder, folder.parent, *below_home, *roots):
        for name in _COMFYUI:
            with contextlib.suppress(OSError):
                if (place / name / "comfy").is_dir():
                    yield place / name


def _desktop(home: Path) -> Iterator[Path]:
    for name in _DESKTOP_CONFIGS:
        with contextlib.suppress(ValueError, RecursionError):
            data = json.loads(text_of(home / name))
            if isinstance(data, dict) and isinstance(data.get("basePath"), str):
                yield Path(data["basePath"])


def _conda(variables: Mapping[str, str], home: Path) -> Iterator[Path]:
    """Every environment that conda has written down, and those beside its own program."""
    lines = text_of(home / ".conda" / "environments.txt").splitlines()[:_MOST_IN_ONE_PLACE]
    yield from (Path(line) for line in lines if line.strip())
    bases = [Path(variables["CONDA_EXE"]).parent.parent] if variables.get("CONDA_EXE") else []
    for base in (*bases, *(Path(place) for place in _CONDAS if Path(place).is_absolute())):
        yield base
        yield from _matches(base, "envs/*")


def _named(variables: Mapping[str, str], name: str, pattern: str) -> Iterator[Path]:
    value = variables.get(name, "")
    if value and Path(value).is_absolute():
        yield from _matches(Path(value), pattern)


def _matches(base: Path, pattern: str) -> Iterator[Path]:
    for simple in _alternatives(pattern):
        with contextlib.suppress(OSError, ValueError):
            matches = base.glob(simple) if "*" in simple else iter([base / simple])
            yield from sorted(itertools.islice(matches, _MOST_IN_ONE_PLACE))


def _alternatives(pattern: str) -> Iterator[str]:
    """Write ``a/{b,c}`` out as ``a/b`` and ``a/c``."""
    before, brace, rest = pattern.partition("{")
    if not brace:
        yield pattern
        return
    inside, _, after = rest.partition("}")
    for word in inside.split(","):
        yield from _alternatives(f"{before}{word}{after}")


def _joined(folder: Path, name: str) -> Path:
    return folder.parent / name[3:] if name.startswith("../") else folder / name


def _real(path: Path) -> str:
    with contextlib.suppress(OSError, ValueError):
        return os.path.normcase(os.path.realpath(path))
    return str(path)
