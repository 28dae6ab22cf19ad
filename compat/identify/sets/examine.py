"""Examines sets of files for one loader and one device: each file, and all of them together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from compat.core.errors import CompatError
from compat.core.model import Finding
from compat.formats.model import Header
from compat.formats.quantisation import quantisation_findings, quantisation_of
from compat.formats.wording import quoted
from compat.identify.model import UNKNOWN
from compat.identify.pairing.model import Asked, Identified
from compat.identify.pairing.pair import pair
from compat.identify.pairing.read import header_of, identified
from compat.identify.quantisation.device import device_findings
from compat.identify.quantisation.lint import quantisation_lint
from compat.identify.quantisation.target import Where
from compat.identify.sets.comfy_folder import folder_findings
from compat.identify.sets.model import FileSet, Member

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What came of it: the files in order, every finding, and sentences on what was not checked.

    ``checked`` is False where nothing at all is known of any file.
    """

    files: tuple[Identified, ...]
    findings: tuple[Finding, ...]
    unchecked: tuple[str, ...]

    @property
    def checked(self) -> bool:
        """Whether at least one file is known."""
        return any(file.identification.family != UNKNOWN for file in self.files)


def examine(
    sets: Sequence[FileSet],
    *,
    loader: str = "",
    where: Where | None = None,
    asked: Asked | None = None,
) -> Examined:
    """Look at every file of ``sets``, and hold them against each other, ``loader`` and ``where``.

    ``loader`` goes before what a set says of its own loader; ``asked`` before what descriptions
    ask, field by field.
    """
    files: list[Identified] = []
    findings: list[Finding] = []
    unchecked: list[str] = []
    seen: set[Path] = set()
    for one in sets:
        findings.extend(one.findings)
        for member in one.members:
            if member.path in seen:
                continue
            seen.add(member.path)
            _member(one, member, loader, where or Where(), files, findings, unchecked)
    unchecked.extend(
        f"{quoted(file.path.name)} is unknown: it takes part in no pairing"
        for file in files
        if file.identification.family == UNKNOWN
    )
    findings.extend(_paired(files, _libraries(sets), _asked(sets, asked or Asked())))
    return Examined(files=tuple(files), findings=tuple(findings), unchecked=tuple(unchecked))


def _member(
    one: FileSet, member: Member, loader: str, where: Where,
    files: list[Identified], findings: list[Finding], unchecked: list[str],
) -> None:  # fmt: skip
    try:
        if not member.component:
            file = identified(member.path, slot=member.slot)
            files.append(file)
            findings.extend(file.identification.findings)
            if one.kind == "comfyui-models":
                findings.extend(folder_findings(file))
        header = header_of(member.path)
    except CompatError as error:
        unchecked.append(f"{quoted(member.path.name)}: {error}")
        return
    if header is not None:
        findings.extend(_lint(header, one, loader or one.loader, where))
    elif not member.path.is_dir():
        unchecked.append(f"{quoted(member.path.name)} has no header that can be read")


def _lint(header: Header, one: FileSet, loader: str, where: Where) -> Iterator[Finding]:
    if header.path in one.configured:
        yield from quantisation_findings(header, loader="configured")
        return
    if loader:
        yield from quantisation_lint(header, loader=_for(header, loader), where=where)
        return
    yield from quantisation_findings(header)
    if where.kind:
        yield from device_findings(header, quantisation_of(header), where, loader="")


def _for(header: Header, loader: str) -> str:
    """ComfyUI loads gguf through nodes of their own, diffusers with a config of its own."""
    if header.format == "gguf" and loader == "comfyui":
        return "comfyui-gguf"
    if header.format == "gguf" and loader == "diffusers-single-file":
        return "diffusers-gguf"
    return loader


def _libraries(sets: Sequence[FileSet]) -> "set[Path]":
    """Files of ComfyUI's models folder: nobody said that they are for one render."""
    return {member.path for one in sets if one.kind == "comfyui-models" for member in one.members}


def _paired(files: Sequence[Identified], libraries: "set[Path]", asked: Asked) -> Iterator[Finding]:
    together = [file for file in files if file.path not in libraries]
    stored = [file for file in files if file.path in libraries]
    yield from pair(together, asked)
    yield from pair(stored, replace(asked, library=True, complete=False))


def _asked(sets: Sequence[FileSet], given: Asked) -> Asked:
    """What was given, and where it is silent what the first description asks."""
    described = next((one.asked for one in sets if one.asked.source), Asked())
    return replace(
        described,
        frames=given.frames or described.frames,
        steps=given.steps or described.steps,
        timesteps=given.timesteps or described.timesteps,
        variant=given.variant or described.variant,
        complete=given.complete or described.complete,
    )
