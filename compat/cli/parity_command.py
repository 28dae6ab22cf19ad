"""``framegate parity``: which operation of this model does this device compute wrongly?"""

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from compat.cli.command import Command
from compat.cli.live import Live
from compat.cli.output import Result, print_findings, print_json
from compat.cli.plan_arguments import add_plan_arguments, plan_from
from compat.cli.shared_arguments import add_format, add_store
from compat.core.errors import ExitCode, NothingCheckedError, UsageError
from compat.core.model import Outcome, ProbeResult

if TYPE_CHECKING:
    from runners.session import Session

INDEX = "model_index.json"
WORST = 4
"""So many operations are named with their largest error where nothing is wrong."""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_plan_arguments(parser)
    add_store(parser)
    add_format(parser)


def _run(arguments: argparse.Namespace) -> ExitCode:
    from compat.cli.legal_plan import refuse_illegal
    from compat.store.store import Store
    from runners.parity import DTYPES, parity

    dtypes = (arguments.plan_dtype,) if arguments.plan_dtype else DTYPES
    results = []
    refuse_illegal(plan_from(arguments))
    with Live() as live, Store.open(arguments.store) as store:
        session = _session(arguments)
        store.record_environment(session.environment)

        def progress(dtype: str, count: int) -> None:
            live.doing(f"{dtype}: {count} operations compared")

        for result in parity(session, dtypes, progress):
            store.record_result(result)
            results.append(result)
        live.rest()
    if arguments.format == "json":
        print_json("parity", [_as_result(result) for result in results])
    else:
        for result in results:
            _print(result)
    return exit_code(results)


def _session(arguments: argparse.Namespace) -> "Session":
    """The session; ``NothingCheckedError`` where the device is not there: that is no pass."""
    from compat.cli.preflight_arguments import session_from
    from runners.session import AbsentDeviceError

    try:
        session = session_from(arguments)
    except AbsentDeviceError as error:
        raise NothingCheckedError(str(error), error.remedy) from error
    if not (session.folder / INDEX).is_file():
        raise UsageError(
            f"{session.folder} has no {INDEX}, so that it is no pipeline of diffusers",
            "name the folder that holds it",
        )
    return session


def exit_code(results: Sequence[ProbeResult]) -> ExitCode:
    """FINDINGS for any divergence, NOTHING_CHECKED where a dtype could not be compared."""
    outcomes = {result.outcome for result in results}
    if Outcome.FAIL in outcomes:
        return ExitCode.FINDINGS
    return ExitCode.OK if outcomes == {Outcome.PASS} else ExitCode.NOTHING_CHECKED


def _print(result: ProbeResult) -> None:
    title = f"{result.target.dtype} on {result.target.device}"
    if result.outcome is Outcome.ERROR:
        print(f"??  {title}: could not be compared: {result.reason}")
        return
    compared, found = result.measures["compared"], result.measures["found"]
    mark = "ok" if result.outcome is Outcome.PASS else "NO"
    print(f"{mark}  {title}: {compared} operations compared, {found} off ({result.seconds:.1f} s)")
    if result.outcome is Outcome.PASS:
        print(f"    largest errors: {_worst(result.measures['worst_eps'])}")
    if unknown := _counts(result.measures["not_compared"]):
        print(f"    without a reference on the processor: {unknown}")
    if result.findings:
        print("    the first one is the guilty one; the others may follow from it or be its like")
        print_findings(result.findings, indent="    ")


def _worst(errors: Any) -> str:
    worst = sorted(errors.items(), key=lambda item: -item[1])[:WORST]
    return ", ".join(f"{name} {eps:.2g} eps" for name, eps in worst)


def _counts(counts: Any) -> str:
    named: Mapping[str, int] = counts
    return ", ".join(f"{name} ({count})" for name, count in named.items())


def _as_result(result: ProbeResult) -> Result:
    extra = {"reason": result.reason, "seconds": round(result.seconds, 3)}
    return Result(
        subject=f"{result.target.model}@{result.target.device}:{result.target.dtype}",
        verdict=result.outcome.value,
        findings=result.findings,
        measures={**result.measures, **extra},
    )


COMMAND = Command(
    name="parity",
    summary="find the operation of a model that a device computes wrongly",
    add_arguments=_add_arguments,
    run=_run,
)
