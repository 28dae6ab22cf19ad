"""What an interpreter has installed, read from the names of its files; nothing of it is run."""

import contextlib
import itertools
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from compat.backends.environment import PACKAGES
from compat.backends.machine.model import Interpreter, TorchBuild

# A full ComfyUI environment has about 400 packages and a system Python 2000 entries.
_MOST_ENTRIES = 10_000
_LONGEST_FILE = 65_536
_SITES = (
    "lib/python3*/site-packages", "lib64/python3*/site-packages", "Lib/site-packages",
    "lib/python3/dist-packages", "local/lib/python3*/dist-packages",
)  # fmt: skip
_EXECUTABLES = ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe")
_METADATA = re.compile(r"([\w.]+)-(\d[\w.+!]*?)(?:-py3[\w.]*)?\.(?:dist|egg)-info", re.ASCII)
_BUILD = re.compile(r"^(__version__|cuda|hip|xpu)\b[^=\n]*= *'([^'\n]{1,60})'", re.MULTILINE)
_RELEASE = re.compile(r"(?<![\d.])(3\.\d+(?:\.\d+)?)")


def described(kind: str, prefix: Path) -> Interpreter | None:
    """The interpreter whose folder is ``prefix``; None where there is none."""
    executable = next((prefix / name for name in _EXECUTABLES if (prefix / name).is_file()), None)
    if executable is None:
        return None
    folders = _site_folders(prefix)
    return Interpreter(
        kind=kind,
        prefix=str(prefix),
        executable=str(executable),
        python=_python_version(prefix),
        packages=packages_in(folders),
        torch=next(filter(None, map(torch_build, folders)), None),
    )


def prefix_of(executable: Path) -> Path:
    """The folder that an interpreter named by its file belongs to."""
    folder = executable.absolute().parent
    return folder.parent if folder.name.lower() in ("bin", "scripts") else folder


def packages_in(folders: tuple[Path, ...]) -> Mapping[str, str]:
    """Versions of what matters to a render; of a package found twice, the first."""
    found: dict[str, str] = {}
    for name in itertools.chain.from_iterable(map(_entries, folders)):
        if hit := _METADATA.fullmatch(name):
            found.setdefault(re.sub(r"[-_.]+", "-", hit[1]).lower(), hit[2])
    return {name: found[name] for name in PACKAGES if name in found}


def torch_build(site: Path) -> TorchBuild | None:
    """What the torch in ``site`` says it was built for; None where there is none to read."""
    facts = dict(_BUILD.findall(text_of(site / "torch" / "version.py")))
    if "__version__" not in facts:
        return None
    return TorchBuild(
        version=facts["__version__"],
        cuda=facts.get("cuda", ""),
        rocm=facts.get("hip", ""),
        xpu=facts.get("xpu", ""),
    )


def _site_folders(prefix: Path) -> tuple[Path, ...]:
    own = tuple(folder for name in _SITES for folder in sorted(_matches(prefix, name)))
    settings = _settings(prefix)
    home = settings.get("home", "")
    # Images for rented cards bring torch in the system's Python and a venv that looks through.
    if settings.get("include-system-site-packages", "").lower() == "true" and home:
        below = prefix_of(Path(home) / "python")
        return (*own, *(f for name in _SITES for f in sorted(_matches(below, name))))
    return own


def _matches(prefix: Path, pattern: str) -> list[Path]:
    with contextlib.suppress(OSError, ValueError):
        return [folder for folder in prefix.glob(pattern) if folder.is_dir()]
    return []


def _python_version(prefix: Path) -> str:
    settings = _settings(prefix)
    told = settings.get("version_info") or settings.get("version") or ""
    conda = _matches_file(prefix / "conda-meta", "python-3*.json")
    library = [folder.parent.name for folder in _matches(prefix, "lib/python3*/site-packages")]
    zipped = _matches_file(prefix, "python3*._pth")
    for words in (told, *conda, *library, prefix.name):
        if hit := _RELEASE.search(words):
            return hit[1]
    # Windows' embeddable Python: python313._pth stands beside python.exe.
    hit = re.match(r"python3(\d+)", zipped[0]) if zipped else None
    return f"3.{hit[1]}" if hit else ""


def _matches_file(folder: Path, pattern: str) -> list[str]:
    with contextlib.suppress(OSError):
        return [path.name for path in itertools.islice(folder.glob(pattern), 4)]
    return []


def _settings(prefix: Path) -> Mapping[str, str]:
    pairs = (line.partition("=") for line in text_of(prefix / "pyvenv.cfg").splitlines())
    return {name.strip().lower(): value.strip() for name, _, value in pairs if value}


def _entries(folder: Path) -> Iterator[str]:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in itertools.islice(entries, _MOST_ENTRIES):
            yield entry.name


def text_of(path: Path) -> str:
    """The beginning of a small file; "" where there is none, a pipe that would block included."""
    with contextlib.suppress(OSError, ValueError):
        if path.is_file():
            with path.open("rb") as handle:
                return handle.read(_LONGEST_FILE).decode("utf-8", "replace")
    return ""
