"""Asks the loaders themselves about model files, in workers, from headers and configs alone."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from compat.core.collect import collect
from compat.core.errors import UsageError
from compat.core.model import Device, Finding, Outcome, Probe, ProbeResult
from compat.formats.model import TensorInfo
from compat.identify.model import UNKNOWN, Identification
from runners.batch import Question, ask_all
from runners.parts import Part, Unreadable, parts_of
from runners.process import Worker

COMFYUI = ("comfyui-knows-file", "comfyui-dry-load", "comfyui-gguf-knows-file")
"""Probes that are asked in ComfyUI's interpreter, all others in the one with diffusers."""

QUIET: Mapping[str, str] = {
    # Nothing is fetched: a config that is not here is a config that could not be checked.
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "DIFFUSERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    # A card may be in the middle of a render, and headers need none.
    "CUDA_VISIBLE_DEVICES": "-1",
    "HIP_VISIBLE_DEVICES": "-1",
}
"""Environment variables of the workers that open loaders."""

INTERPRETERS = (
    "venv/bin/python", ".venv/bin/python", "venv/Scripts/python.exe", ".venv/Scripts/python.exe",
    "../python_embeded/python.exe",
)  # fmt: skip
"""Where a ComfyUI keeps its own interpreter, from its folder (manual install, Windows portable)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which answers are wanted; ``python`` is the interpreter that has the loader.

    With ``comfyui`` the interpreter is ComfyUI's, and the other loaders are asked in this one.
    """

    opinion: bool = False
    dry_load: bool = False
    comfyui: Path | None = None
    python: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What one loader said of the answer at position ``about``, or of one part of that folder.

    ``probe`` is empty where nothing could be asked; ``reason`` says why then. ``last_words`` are
    those of a worker that died.
    """

    about: int
    part: str
    probe: str
    outcome: Outcome
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    measures: Mapping[str, object] = field(default_factory=dict)
    seconds: float = 0.0
    last_words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """Questions for one worker; ``python`` None is this interpreter."""

    python: Path | None
    asked: list[tuple[int, Part, Question]] = field(default_factory=list)


def opinions(answers: Iterable[tuple[Path, Identification]], wanted: Wanted) -> Iterator[Opinion]:
    """Yield every loader's answer about every file, and what could not be asked about.

    Nothing is loaded: the workers see names, shapes, dtypes and configs. A crash or a hang costs
    its own question. ``UsageError`` where the interpreter does not start.
    """
    probes = collect("probes", Probe)
    mine = _Round(python=None if wanted.comfyui else wanted.python)
    theirs = _Round(python=comfyui_python(wanted))
    for number, (path, answer) in enumerate(answers):
        for part in parts_of(path, answer):
            if isinstance(part, Unreadable):
                yield Opinion(
                    about=number, part=part.part, probe="", outcome=Outcome.SKIP,
                    reason=part.reason,
                )  # fmt: skip
                continue
            for name in _names(part, wanted):
                chosen = theirs if name in COMFYUI else mine
                chosen.asked.append((number, part, _question(probes[name], part, wanted)))
    for chosen in (mine, theirs):
        yield from _asked(chosen)


def comfyui_python(wanted: Wanted) -> Path | None:
    """The interpreter for ComfyUI: the one named, else the one its folder holds, else this one."""
    if wanted.python is not None or wanted.comfyui is None:
        return wanted.python
    found = (wanted.comfyui / place for place in INTERPRETERS)
    return next((path for path in found if path.is_file()), None)


def _names(part: Part, wanted: Wanted) -> Iterator[str]:
    """The probes that fit a part: a folder's component names its library itself."""
    library = part.component["library"] if part.component else ""
    if wanted.opinion and not part.inside:
        if library == "transformers":
            yield "transformers-knows-config"
        elif not library:
            yield "diffusers-knows-file"
    if wanted.dry_load:
        yield "transformers-dry-load" if part.by_transformers else "diffusers-dry-load"
    if wanted.comfyui is not None and not library and not part.inside:
        yield "comfyui-knows-file"
        if part.format == "gguf":
            yield "comfyui-gguf-knows-file"
        if wanted.dry_load:
            yield "comfyui-dry-load"


def _question(probe: Probe, part: Part, wanted: Wanted) -> Question:
    options = {"comfyui": str(wanted.comfyui.absolute())} if wanted.comfyui else {}
    return Question(
        probe=probe,
        device=Device(kind="cpu"),
        model=str(part.path),
        material=_material(part, options),
    )


def _material(part: Part, options: Mapping[str, str]) -> dict[str, object]:
    answer = part.answer
    return {
        "path": str(part.path),
        "format": part.format,
        "tensors": {name: _wire(tensor) for name, tensor in part.tensors.items()},
        "metadata": dict(part.metadata),
        "id": answer.id,
        "family": answer.family,
        "role": answer.role.value,
        "mine": _kin(answer),
        "placed": _placed(answer),
        "component": dict(part.component) if part.component else None,
        "options": dict(options),
    }


def _wire(tensor: TensorInfo) -> tuple[str, tuple[int, ...]]:
    return tensor.dtype, tensor.shape


def _kin(answer: Identification) -> list[str]:
    """The id, or those of which the file is a broken specimen, nearest first."""
    if answer.id != UNKNOWN:
        return [answer.id]
    return [miss.id for miss in answer.near_misses if miss.mine]


def _placed(answer: Identification) -> dict[str, bool] | None:
    place = answer.placement
    if not (place.comfyui_loader or place.diffusers_class):
        return None
    return {"ComfyUI": bool(place.comfyui_loader), "diffusers": bool(place.diffusers_class)}


def _asked(chosen: _Round) -> Iterator[Opinion]:
    def start(log: Path) -> Worker:
        try:
            return Worker("probing", log=log, python=chosen.python, environment=QUIET)
        except OSError as error:
            raise UsageError(f"{chosen.python} does not start: {error.strerror}") from error

    results = ask_all((question for _, _, question in chosen.asked), None, start=start)
    with contextlib.closing(results):
        for (number, part, _), result in zip(chosen.asked, results, strict=True):
            yield _opinion(number, part, result)


def _opinion(number: int, part: Part, result: ProbeResult) -> Opinion:
    tail = result.crash.log_tail.strip().splitlines()[-1:] if result.crash else []
    return Opinion(
        about=number,
        part=part.name,
        probe=result.probe,
        outcome=result.outcome,
        reason=result.reason,
        findings=result.findings,
        measures=result.measures,
        seconds=result.seconds,
        last_words="".join(tail)[:300],
    )
