"""``framegate predict``: what a device that is not at hand would do with a plan."""

import argparse
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compat.cli.command import Command
from compat.cli.plan_arguments import add_plan_arguments, given_plan, plan_from
from compat.cli.shared_arguments import add_fail_on, add_format
from compat.core.errors import ExitCode, UsageError
from compat.core.model import Severity

if TYPE_CHECKING:
    from compat.plan.model import RenderPlan
    from compat.predict.model import Asked, Prediction
    from runners.prediction.ask import Wanted

GIB = 1 << 30
KINDS = ("mps", "cuda", "rocm", "mlx")
OFFLOADS = ("none", "model", "sequential")
LOCAL = r"(\+[a-z0-9.]{1,20})?"
STORAGES = {"fp8_e4m3": "F8_E4M3", "fp8_e5m2": "F8_E5M2"}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_plan_arguments(parser, texts={
        "device": "mps, cuda:sm_89 (a compute capability), rocm:gfx1100 (a card), or mlx",
        "model": "diffusers folder, model file, or the id of a published model (wan-t2v-14b)",
    })  # fmt: skip
    group = parser.add_argument_group("the device that is asked about")
    group.add_argument(
        "--torch",
        metavar="VERSION",
        help="its torch, as 2.13 or 2.13.0+cu126 (default: the one here)",
    )
    group.add_argument("--macos", metavar="VERSION", help="its macOS, as 15.2")
    group.add_argument("--chip", metavar="NAME", help="its chip, as M2")
    group.add_argument("--memory", type=float, metavar="GB", help="its memory for this job, in GiB")
    group.add_argument("--offload", choices=OFFLOADS, help="of the plan (model.offload)")
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
    from compat.cli.legal_plan import refuse_illegal
    from compat.cli.output import exit_for
    from runners.prediction.ask import SIZE_KEYS, Wanted, ask

    given = given_plan(arguments)
    plan = _with_offload(plan_from(arguments), arguments.offload)
    refuse_illegal(plan)
    if arguments.timeout <= 0:
        raise UsageError(f"--timeout {arguments.timeout:g} is no time", "name seconds, as 300")
    wanted = Wanted(
        plan=plan,
        asked=asked_device(plan.model.device, arguments, plan.model.offload),
        storage=STORAGES.get(arguments.weights or "", ""),
        unsaid=frozenset() if given.file else frozenset(SIZE_KEYS) - given.overridden,
        seconds=arguments.timeout,
        python=_interpreter(arguments.python),
    )
    prediction, wanted = ask(wanted)
    subject = str(arguments.plan or arguments.plan_model or plan.model.path)
    if arguments.format == "json":
        _print_json(subject, prediction, wanted)
    else:
        from compat.cli.predict_text import print_prediction

        print_prediction(subject, prediction, wanted)
    code = exit_for(prediction.findings, Severity(arguments.fail_on))
    # What could not be run to its end is never a pass.
    return ExitCode.NOTHING_CHECKED if code is ExitCode.OK and prediction.cut_short else code


def _with_offload(plan: "RenderPlan", offload: str | None) -> "RenderPlan":
    return replace(plan, model=replace(plan.model, offload=offload)) if offload else plan


def asked_device(name: str, arguments: argparse.Namespace, offload: str = "none") -> "Asked":
    """The device on the command line or in the plan; ``UsageError`` for one not to be predicted."""
    from compat.predict.model import Asked

    kind, _, rest = name.lower().partition(":")
    if kind not in KINDS:
        raise UsageError(
            f"device {name} cannot be predicted",
            "name --device mps, cuda:sm_89, rocm:gfx1100 or mlx; framegate preflight and framegate "
            "parity ask this machine's own",
        )
    if kind in ("mps", "mlx") and rest not in ("", "0"):
        raise UsageError(f"{name} names no kind of Mac", f"name --device {kind} --chip M2")
    memory = arguments.memory
    if memory is not None and not (memory > 0 and math.isfinite(memory)):
        raise UsageError(f"--memory {memory:g} is no size", "name gigabytes, as in --memory 24")
    torch, _, build = _version("--torch", arguments.torch).partition("+")
    return Asked(
        kind=kind,
        capability=_capability(rest) if kind == "cuda" else None,
        arch=_arch(rest) if kind == "rocm" else "",
        torch=torch,
        build=build,
        macos=_version("--macos", arguments.macos),
        chip=(arguments.chip or "").removeprefix("Apple ").strip(),
        memory_bytes=None if memory is None else round(memory * GIB),
        offload=offload,
    )


def _arch(text: str) -> str:
    """ "gfx1100"; "" for a card's number, which says nothing of its kind."""
    if not text or re.fullmatch(r"\d{1,2}", text):
        return ""
    if not re.fullmatch(r"gfx\d{2,3}[0-9a-f]", text):
        raise UsageError(f"{text} is no AMD card", "name it as in --device rocm:gfx1100 (rocminfo)")
    return text


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
    if not re.fullmatch(r"\d+(\.\d+){0,3}" + (LOCAL if flag == "--torch" else ""), text):
        raise UsageError(f"{flag} {text} is no version", f"name it as in {flag} 2.13")
    return text


def _interpreter(path: Path | None) -> Path | None:
    if path is not None and not path.is_file():
        raise UsageError(f"there is no interpreter {path}", "name a python executable")
    return path


def _print_json(subject: str, prediction: "Prediction", wanted: "Wanted") -> None:
    from compat.cli.output import Result, print_json
    from compat.core.codec import to_data

    measures: dict[str, Any] = {
        "device": to_data(wanted.asked),
        "width": wanted.plan.video.width,
        "height": wanted.plan.video.height,
        "frames": wanted.plan.window.frames,
        "cut_short": prediction.cut_short,
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
