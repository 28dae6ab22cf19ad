"""``framegate predict``: what a device that is not at hand would do with a plan."""

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compat.cli.command import Command
from compat.cli.plan_arguments import add_plan_arguments, plan_from
from compat.cli.shared_arguments import add_fail_on, add_format
from compat.core.errors import ExitCode, UsageError
from compat.core.model import Severity

if TYPE_CHECKING:
    from compat.predict.model import Asked, Prediction

GIB = 1 << 30

STORAGES = {"fp8_e4m3": "F8_E4M3", "fp8_e5m2": "F8_E5M2"}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_plan_arguments(parser, texts={
        "device": "mps, cuda, or cuda:sm_89 with a compute capability",
        "model": "diffusers folder, model file, or the id of a published model (wan-t2v-14b)",
    })  # fmt: skip
    group = parser.add_argument_group("the device that is asked about")
    group.add_argument("--torch", metavar="VERSION", help="its torch (default: the one here)")
    group.add_argument("--macos", metavar="VERSION", help="its macOS, as 15.2")
    group.add_argument("--chip", metavar="NAME", help="its chip, as M2")
    group.add_argument("--memory", type=float, metavar="GB", help="its memory for this job, in GiB")
    group.add_argument(
        "--weights", choices=sorted(STORAGES), help="keep the weights in this dtype, cast per layer"
    )
    parser.add_argument(
        "--python", type=Path, metavar="PATH", help="interpreter whose diffusers is asked about"
    )
    parser.add_argument(
        "--timeout", type=float, default=300.0, metavar="SECONDS", help="limit of each pass"
    )
    add_format(parser)
    add_fail_on(parser)


def _run(arguments: argparse.Namespace) -> ExitCode:
    from compat.cli.output import exit_for
    from runners.prediction.ask import Wanted, ask

    plan = plan_from(arguments)
    wanted = Wanted(
        plan=plan,
        asked=asked_device(plan.model.device, arguments),
        storage=STORAGES.get(arguments.weights or "", ""),
        seconds=arguments.timeout,
        python=_interpreter(arguments.python),
    )
    prediction, asked = ask(wanted)
    subject = str(arguments.plan or plan.model.path)
    if arguments.format == "json":
        _print_json(subject, prediction, asked)
    else:
        from compat.cli.predict_text import print_prediction

        print_prediction(subject, prediction, asked)
    return exit_for(prediction.findings, Severity(arguments.fail_on))


def asked_device(name: str, arguments: argparse.Namespace) -> "Asked":
    """The device on the command line or in the plan; ``UsageError`` for one not to be predicted."""
    from compat.predict.model import Asked

    kind, _, rest = name.partition(":")
    if kind not in ("mps", "cuda"):
        raise UsageError(
            f"device {name} cannot be predicted",
            "name --device mps, cuda or cuda:sm_89; framegate preflight asks this machine's own",
        )
    memory = arguments.memory
    if memory is not None and memory <= 0:
        raise UsageError(f"--memory {memory:g} is no size", "name gigabytes, as in --memory 24")
    return Asked(
        kind=kind,
        capability=_capability(rest) if kind == "cuda" else None,
        torch=_version("--torch", arguments.torch),
        macos=_version("--macos", arguments.macos),
        chip=arguments.chip or "",
        memory_bytes=None if memory is None else round(memory * GIB),
    )


def _capability(text: str) -> float | None:
    """8.9 of "sm_89" or "8.9"; None for a card's number, which says nothing of its kind."""
    if not text or re.fullmatch(r"\d+", text):
        return None
    sm = re.fullmatch(r"sm_(\d{1,2})(\d)[a-z]?", text)
    dotted = re.fullmatch(r"(\d{1,2})\.(\d)", text)
    match = sm or dotted
    if match is None:
        raise UsageError(f"{text} is no compute capability", "name it as in --device cuda:sm_89")
    return int(match[1]) + int(match[2]) / 10


def _version(flag: str, text: str | None) -> str:
    if text is None:
        return ""
    if not re.fullmatch(r"\d+(\.\d+){0,3}", text):
        raise UsageError(f"{flag} {text} is no version", f"name it as in {flag} 2.13")
    return text


def _interpreter(path: Path | None) -> Path | None:
    if path is not None and not path.is_file():
        raise UsageError(f"there is no interpreter {path}", "name a python executable")
    return path


def _print_json(subject: str, prediction: "Prediction", asked: "Asked") -> None:
    from compat.cli.output import Result, print_json
    from compat.core.codec import to_data

    measures: dict[str, Any] = {
        "device": to_data(asked),
        "unknown": list(prediction.unknown),
        "passes": to_data(prediction.measures),
    }
    result = Result(
        subject=subject,
        verdict=prediction.expected.value,
        findings=prediction.findings,
        measures=measures,
    )
    print_json("predict", [result])


COMMAND = Command(
    name="predict",
    summary="say what a device that is not at hand would do with a plan",
    add_arguments=_add_arguments,
    run=_run,
)
