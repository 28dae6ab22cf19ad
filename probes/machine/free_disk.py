"""The space that is left where a render writes."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from compat.core.home import home
from compat.core.model import Finding, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import fault
from probes.machine.in_memory import in_memory

_MIB = 1 << 20
# A round of probes at the standard level held 3 MiB in the temporary folder at most (looked at
# twice a second, 2026-11); twenty times that leaves room for a tiny render beside it.
_PROBES_MIB = 64
# A minute of 720p takes about 0.3 GiB of lossless segments and latents (compat.plan.estimate), and
# a render of a few minutes must not stop for want of space; the same figure as in ``doctor``.
_RENDER_MIB = 5 * 1024


@probe("free-disk", family="machine", needs=Needs())
def free_disk(session: Session) -> Iterator[Finding]:
    """There is space enough for a render where framegate and the frameworks write.

    A full disk ends a render at its last step, and what was being written is lost. Asked about are
    framegate's own folder, the temporary folder and the current one. A temporary folder that lies
    in memory (tmpfs) is told: what is written there is taken from the memory of the render.
    """
    for name, folder in _folders(session).items():
        free = shutil.disk_usage(folder).free
        session.measure(f"free MiB in {name}", free // _MIB)
        memory = in_memory(folder)
        session.measure(f"{name} lies in memory", "not known" if memory is None else memory)
        if memory:
            text = f"{name} lies in memory (tmpfs), {free // _MIB} MiB of it are free"
            remedy = "set TMPDIR to a folder on a disk where large files are written there"
            yield fault(session, "temp-in-memory", text, severity=Severity.INFO, remedy=remedy)
        yield from _too_little(session, name, free)


def _folders(session: Session) -> Mapping[str, Path]:
    asked = {
        "framegate's folder": home(),
        "the temporary folder": Path(session.scratch),
        "the current folder": Path.cwd(),
    }
    return {name: _existing(folder) for name, folder in asked.items()}


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _too_little(session: Session, name: str, free: int) -> Iterator[Finding]:
    wanted = _PROBES_MIB if name == "the temporary folder" else _RENDER_MIB
    for mebibytes, severity in ((_PROBES_MIB, Severity.HIGH), (wanted, Severity.MEDIUM)):
        if free < mebibytes * _MIB:
            yield fault(
                session,
                "disk-low",
                f"{free // _MIB} MiB are free in {name}, at least {mebibytes} are expected",
                severity=severity,
                remedy="make room, or name an output on another disk",
                evidence={"free_bytes": free},
            )
            return
