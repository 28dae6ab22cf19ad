"""``framegate doctor``: the environment, its devices and what each lacks."""

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

from compat.cli.command import Command
from compat.cli.output import Result, exit_for, print_findings, print_json
from compat.cli.shared_arguments import add_fail_on, add_format
from compat.core.errors import ExitCode
from compat.core.model import Device, Environment, Finding, Place, Severity

_GIB = 1 << 30
# A minute of 720p costs about 0.3 GiB of lossless segments and latents; below this a render of a
# few minutes may stop for want of space.
_LOW_DISK_BYTES = 5 * _GIB
# Importing torch and diffusers alone takes about 1 GiB.
_LOW_MEMORY_BYTES = 2 * _GIB


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_format(parser)
    add_fail_on(parser)


def _run(arguments: argparse.Namespace) -> ExitCode:
    from compat.backends.encoders import encoders
    from compat.core.home import home
    from compat.core.system import free_memory_bytes
    from runners.environment import this_environment

    environment, found = this_environment(), encoders()
    room = {"disk": free_disk_bytes(home()), "memory": free_memory_bytes()}
    findings = list(lacks(environment, found, room))
    if arguments.format == "json":
        print_json("doctor", _results(environment, found, room, findings))
    else:
        _print(environment, found, room)
        print_findings(findings)
    return exit_for(findings, Severity(arguments.fail_on))


def lacks(
    environment: Environment, found: Mapping[str, str], room: Mapping[str, int]
) -> Iterator[Finding]:
    """What keeps framegate from its work here; absent graphics cards are no fault."""
    from compat.backends.encoders import NEEDED

    for name in ("torch", "diffusers"):
        if name not in environment.packages:
            text = f"{name} is not installed, so nothing can be rendered in this environment"
            remedy = 'pip install "framegate[diffusers]", or use the environment that has it'
            yield _finding("package-missing", Severity.LOW, text, "package", name, remedy)
    for name in NEEDED:
        if not found.get(name):
            text = f"this PyAV has no encoder {name}, which every render is written with"
            remedy = "reinstall av from PyPI, whose wheels bring it"
            yield _finding("encoder-missing", Severity.HIGH, text, "package", "av", remedy)
    for what, limit in (("disk", _LOW_DISK_BYTES), ("memory", _LOW_MEMORY_BYTES)):
        if room[what] < limit:
            text = f"{_gib(room[what])} of {what} are free, at least {_gib(limit)} are expected"
            yield _finding(f"{what}-low", Severity.MEDIUM, text, "device", what, "make room")


def free_disk_bytes(folder: Path) -> int:
    """Free space where ``folder`` is or would be."""
    import shutil

    existing = next(p for p in (folder, *folder.absolute().parents) if p.exists())
    return shutil.disk_usage(existing).free


def _finding(
    rule: str, severity: Severity, message: str, kind: str, path: str, remedy: str
) -> Finding:
    place = Place(kind=kind, path=path)
    return Finding(rule=rule, severity=severity, message=message, place=place, remedy=remedy)


def _print(environment: Environment, found: Mapping[str, str], room: Mapping[str, int]) -> None:
    print(f"{environment.os}, {environment.machine}, Python {environment.python}")
    print(f"fingerprint {environment.fingerprint[:16]}")
    print("\ndevices")
    for device in environment.devices:
        print(f"  {device.kind:<5} {_describe(device)}")
    print("\npackages and drivers")
    for name, version in environment.packages.items():
        print(f"  {name:<17} {version}")
    for name, value in environment.settings.items():
        print(f"  {name}={value}")
    print("\nencoders")
    for name, title in found.items():
        print(f"  {name:<11} {title or 'not in this PyAV'}")
    print(f"\nfree: {_gib(room['disk'])} disk, {_gib(room['memory'])} memory")


def _describe(device: Device) -> str:
    if device.unavailable:
        return f"not here: {device.unavailable}"
    memory = _gib(device.memory_bytes) if device.memory_bytes else ""
    return ", ".join(filter(None, [device.name, device.capability, memory])) or "here"


def _results(
    environment: Environment,
    found: Mapping[str, str],
    room: Mapping[str, int],
    findings: list[Finding],
) -> list[Result]:
    facts = {
        "environment": environment,
        "encoders": {name: bool(title) for name, title in found.items()},
        "free_disk_bytes": room["disk"],
        "free_memory_bytes": room["memory"],
    }
    verdict = "lacking" if findings else "ok"
    return [Result(subject="environment", verdict=verdict, findings=findings, measures=facts)]


def _gib(size: int) -> str:
    return f"{size / _GIB:.1f} GiB"


COMMAND = Command(
    name="doctor",
    summary="show the environment, its devices and what each lacks",
    add_arguments=_add_arguments,
    run=_run,
)
