"""``framegate doctor``: what this machine has, what that allows, and what is lacking."""

import argparse
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compat.cli.command import Command
from compat.cli.output import Result, exit_for, print_findings, print_json
from compat.cli.shared_arguments import add_fail_on, add_format, add_python, require_interpreter
from compat.core.codec import from_data, to_data
from compat.core.errors import ExitCode
from compat.core.model import Device, Environment, Finding, ProbeResult, Severity

if TYPE_CHECKING:
    from compat.backends.abilities import Able
    from compat.identify.room import Weights
    from runners.checkup import Checkup

_ALWAYS = "verify, identify, fit, plan, judge, explain, report, runs"


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_python(parser)
    parser.add_argument("--verbose", action="store_true", help="every package, path and source")
    add_format(parser)
    parser.add_argument(
        "--json",
        dest="format",
        action="store_const",
        const="json",
        help="the same as --format json: to attach to a bug report",
    )
    add_fail_on(parser)


def _run(arguments: argparse.Namespace) -> ExitCode:
    from compat.cli.doctor_findings import lacks
    from compat.cli.doctor_text import screen
    from compat.cli.privacy import discreet
    from runners.checkup import Checkup, check_up

    require_interpreter(arguments.python)
    user = _home()
    seen = check_up(
        python=arguments.python,
        variables=os.environ,
        home=user,
        folder=Path.cwd(),
        places=places(os.environ, user),
    )
    # Before anything is made of it, so that no way out can forget to.
    checkup = from_data(Checkup, discreet(os.environ, user).data(to_data(seen)))
    able, weights, works = _abilities(checkup), _weights(checkup), what_works(checkup)
    findings = list(lacks(checkup))
    if arguments.format == "json":
        facts = _facts(checkup, able, weights, works)
        print_json("doctor", [_result(findings, facts)])
    else:
        for line in screen(checkup, able, weights, works, verbose=arguments.verbose):
            print(line)
        print_findings(findings)
    return exit_for(findings, Severity(arguments.fail_on))


def _result(findings: list[Finding], facts: Mapping[str, Any]) -> Result:
    verdict = "lacking" if findings else "ok"
    return Result(subject="environment", verdict=verdict, findings=findings, measures=facts)


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        # A user without a home folder, as some containers have.
        return Path(tempfile.gettempdir())


def places(variables: Mapping[str, str], user: Path) -> Mapping[str, Path]:
    """The folders a render writes to or reads models from, by what they are for."""
    from compat.core.home import home

    cache = Path(variables.get("XDG_CACHE_HOME") or user / ".cache") / "huggingface"
    hub = variables.get("HF_HUB_CACHE") or variables.get("HF_HOME")
    return {
        "this folder": Path.cwd(),
        "evidence": home(),
        "models": Path(hub).expanduser() if hub else cache,
        "temporary": Path(tempfile.gettempdir()),
    }


def what_works(checkup: "Checkup") -> Mapping[str, str]:
    """Groups of commands, each with the devices it works on here or with what it lacks."""
    packages = checkup.asked.environment.packages
    usable = [d.kind for d in checkup.asked.environment.devices if not d.unavailable]
    torch = "torch" in packages and not checkup.asked.torch_problem and not checkup.asked.problem
    kinds = [kind for kind in dict.fromkeys(usable) if kind == "mlx" or torch]
    probing = ", ".join(kinds) or "files and codecs only, lacks torch or mlx that loads"
    if checkup.named:
        return {f"probe --python {checkup.asked.executable}": probing}
    missing = [name for name in ("diffusers", "transformers", "accelerate") if name not in packages]
    missing = missing if torch else ["torch that loads", *missing]
    lacking = f"lacks {', '.join(missing)}"
    rendering = ", ".join(kind for kind in kinds if kind != "mlx")
    return {
        "files, plans and clips": _ALWAYS,
        "probe, matrix": probing,
        "preflight, render, parity": lacking if missing else rendering,
        "predict": lacking if missing else "any device, also one that is not here",
    }


def _abilities(checkup: "Checkup") -> "Mapping[str, Mapping[str, Able]]":
    from compat.backends.abilities import abilities

    environment = checkup.asked.environment
    results = _evidence(environment)
    return {
        _name(device): abilities(device, environment, results)
        for device in _usable(environment.devices)
        if device.kind == "mlx" or "torch" in environment.packages
    }


def _evidence(environment: Environment) -> Sequence[ProbeResult]:
    """What was probed here before; nothing where the store is not there or cannot be read."""
    from compat.core.errors import CompatError
    from compat.store.store import Store, default_path

    if not default_path().is_file():
        return ()
    try:
        with Store.open() as store:
            return store.results(environment.fingerprint)
    except (CompatError, OSError):
        return ()


def _weights(checkup: "Checkup") -> "Mapping[str, Sequence[Weights]]":
    """By device with a memory of its own; those that share main memory count as one."""
    from compat.identify.room import weights_in

    memory, main = {}, []
    for device in _usable(checkup.asked.environment.devices):
        if device.memory_bytes and device.kind in ("cuda", "rocm", "mps"):
            memory[_name(device)] = device.memory_bytes
        else:
            main.append(device.kind)
    if main:
        memory[", ".join(main)] = checkup.memory.usable_bytes
    return {name: weights_in(size) for name, size in memory.items()}


def _usable(devices: Iterable[Device]) -> list[Device]:
    return [device for device in devices if not device.unavailable]


def _name(device: Device) -> str:
    return f"{device.kind}:{device.index}" if device.index else device.kind


def _facts(
    checkup: "Checkup",
    able: "Mapping[str, Mapping[str, Able]]",
    weights: "Mapping[str, Sequence[Weights]]",
    works: Mapping[str, str],
) -> Mapping[str, Any]:
    asked = checkup.asked
    environment: Environment = asked.environment
    return {
        "environment": environment,
        "interpreter": {
            "executable": asked.executable,
            "prefix": asked.prefix,
            "torch": asked.torch,
            "torch_problem": asked.torch_problem,
            "chips": asked.chips,
            "problem": asked.problem,
        },
        "other_interpreters": checkup.others,
        "hardware": checkup.hardware,
        "memory": checkup.memory,
        "disks": checkup.disks,
        "video": {"pyav": asked.codecs, "ffmpeg": checkup.ffmpeg},
        "dtypes": able,
        "weights": weights,
        "works": works,
    }


COMMAND = Command(
    name="doctor",
    summary="show what this machine has, what that allows, and what is lacking",
    add_arguments=_add_arguments,
    run=_run,
)
