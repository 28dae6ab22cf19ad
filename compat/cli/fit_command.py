"""``framegate fit``: do these files fit each other, this loader and this device?"""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from compat.cli.command import Command
from compat.cli.output import Result, exit_for, print_findings, print_json
from compat.cli.shared_arguments import add_fail_on, add_format, require_existing
from compat.core.codec import to_data
from compat.core.errors import ExitCode, UsageError
from compat.core.model import Finding, Severity

if TYPE_CHECKING:
    from compat.identify.pairing.model import Identified
    from compat.identify.sets.examine import Examined
    from compat.identify.sets.model import FileSet

HELP = """PATH is a model file, a folder (diffusers, ComfyUI's models, or any with model files),
WanGP defaults or settings (.json), an LTX-Video config (.yaml) or a plan (.toml), mixed at will."""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = HELP
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="see below")
    parser.add_argument("--loader", metavar="NAME", default="", help="what loads them, or 'list'")
    parser.add_argument(
        "--device", metavar="D", default="", help="cpu, cuda, cuda:sm_89, rocm, mps or mlx"
    )
    parser.add_argument(
        "--torch", metavar="VERSION", default="", help="torch meant (default: the one installed)"
    )
    parser.add_argument(
        "--models",
        metavar="DIR",
        type=Path,
        action="append",
        default=[],
        help="folder in which the files that a JSON or YAML names are looked for; repeatable",
    )
    parser.add_argument("--frames", type=int, metavar="N", help="frames that are to be rendered")
    parser.add_argument("--steps", type=int, metavar="N", help="steps of the sampler")
    add_format(parser, sarif=True)
    add_fail_on(parser)


def _run(arguments: argparse.Namespace) -> ExitCode:
    from compat.cli.globs import expand
    from compat.identify.pairing.model import Asked
    from compat.identify.quantisation.target import Where, device_named
    from compat.identify.sets.examine import examine

    _check_loader(arguments.loader)
    require_existing(arguments.models)
    sets = [_set_of(path, tuple(arguments.models)) for path in expand(arguments.paths)]
    device = arguments.device or next((one.device for one in sets if one.device), "")
    where = device_named(device, _versions(arguments.torch)) if device else Where()
    asked = Asked(frames=arguments.frames, steps=arguments.steps)
    examined = examine(sets, loader=arguments.loader, where=where, asked=asked)
    if arguments.format == "json":
        print_json("fit", _results(sets, examined))
    elif arguments.format == "sarif":
        from compat.cli.sarif import print_sarif

        print_sarif("fit", _results(sets, examined))
    else:
        _print(sets, examined)
    return _exit(examined, Severity(arguments.fail_on))


def _check_loader(name: str) -> None:
    from compat.formats.quantised.outcomes import LOADERS

    if name and name not in LOADERS:
        listing = "".join(f"\n  {known:<30}{text}" for known, text in LOADERS.items())
        raise UsageError(f"{name!r} is no loader that is known", f"name one of{listing}")


def _versions(torch: str) -> dict[str, str]:
    from compat.backends.environment import package_versions

    return {**package_versions(), **({"torch": torch} if torch else {})}


def _set_of(path: Path, models: tuple[Path, ...]) -> "FileSet":
    from compat.identify.sets.gather import gather_set

    return _of_plan(path) if path.suffix.lower() == ".toml" else gather_set(path, models)


def _of_plan(path: Path) -> "FileSet":
    """The model folder of a plan, with the plan's device, frames and steps."""
    from dataclasses import replace

    from compat.cli.plan_arguments import absolute
    from compat.identify.pairing.model import Asked
    from compat.identify.sets.gather import diffusers_set
    from compat.plan.model import EMBEDDED
    from compat.plan.toml_plan import load_plan
    from runners.embedded import embedded_model

    plan = absolute(load_plan(path), path.absolute().parent)
    folder = embedded_model() if plan.model.path == EMBEDDED else Path(plan.model.path)
    if not folder.is_dir():
        raise UsageError(f"the plan's model {folder} is no folder", "mend model.path in the plan")
    device = "" if plan.model.device == "auto" else plan.model.device
    asked = Asked(frames=plan.window.frames, steps=plan.sampling.steps, source=str(path))
    return replace(diffusers_set(folder), source=path, kind="plan", device=device, asked=asked)


def _exit(examined: "Examined", fail_on: Severity) -> ExitCode:
    code = exit_for(examined.findings, fail_on)
    if code is ExitCode.OK and not examined.checked:
        return ExitCode.NOTHING_CHECKED
    return code


def _results(sets: "list[FileSet]", examined: "Examined") -> list[Result]:
    """One result per file, then one per description that is no file of the set itself."""
    files = {str(file.path): file for file in examined.files}
    rest = [finding for finding in examined.findings if finding.place.path not in files]
    results = [
        Result(
            subject=path,
            verdict=_verdict(file, found := _about(path, examined.findings)),
            findings=found,
            measures=_measures(file),
        )
        for path, file in files.items()
    ]
    whole = Result(
        subject=", ".join(str(one.source) for one in sets),
        verdict=_verdict_of(examined),
        findings=rest,
        measures={"files": len(files), "unchecked": list(examined.unchecked)},
    )
    return [whole, *results]


def _about(path: str, findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.place.path == path]


def _verdict(file: "Identified", findings: Iterable[Finding]) -> str:
    if _bad(findings):
        return "misfits"
    return "unknown" if file.identification.family == "unknown" else "fits"


def _verdict_of(examined: "Examined") -> str:
    if _bad(examined.findings):
        return "misfits"
    return "fits" if examined.checked and not examined.unchecked else "unknown"


def _bad(findings: Iterable[Finding]) -> bool:
    return any(finding.severity.rank >= Severity.MEDIUM.rank for finding in findings)


def _measures(file: "Identified") -> dict[str, object]:
    found = file.identification
    return {
        "id": found.id,
        "family": found.family,
        "role": found.role.value,
        "generation": found.generation,
        "slot": file.slot,
        "dims": to_data(found.dims),
        "needs": to_data(found.needs),
    }


def _print(sets: "list[FileSet]", examined: "Examined") -> None:
    for one in sets:
        if one.kind != "file":
            loaded = f", loaded by {one.loader}" if one.loader else ""
            print(f"{one.kind} {one.source}: {len(one.members)} file(s){loaded}")
    for file in examined.files:
        found = file.identification
        role = found.role.value or "unknown"
        slot = f"  [{file.slot}]" if file.slot else ""
        print(f"  {role:<17}{found.id:<24}{file.path}{slot}")
    print_findings(examined.findings, indent="")
    for sentence in examined.unchecked:
        print(f"not checked: {sentence}")
    print(_last_word(examined))


def _last_word(examined: "Examined") -> str:
    if not examined.checked:
        return "nothing could be checked: no file here is known"
    if _bad(examined.findings):
        return "these files do not fit as they stand"
    if examined.unchecked:
        return "what could be checked fits; the rest is unknown"
    return "these files fit"


COMMAND = Command(
    name="fit",
    summary="say whether files fit each other, a loader and a device",
    add_arguments=_add_arguments,
    run=_run,
)
