"""``framegate render``: the long windowed render, if the gate is open for it."""

import argparse
from typing import TYPE_CHECKING

from compat.cli.command import Command
from compat.cli.live import Live
from compat.cli.plan_arguments import add_plan_arguments
from compat.cli.preflight_arguments import session_from
from compat.cli.shared_arguments import add_store
from compat.core.errors import CompatError, ExitCode

if TYPE_CHECKING:
    from compat.store.store import Store
    from runners.render import Finished
    from runners.session import Session


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_plan_arguments(parser)
    parser.add_argument(
        "--resume", action="store_true", help="go on with the run that was interrupted"
    )
    add_store(parser)


def _run(arguments: argparse.Namespace) -> ExitCode:
    from compat.store.store import Store

    with Live() as live, Store.open(arguments.store) as store:
        session = session_from(arguments)
        with session.engine:
            return render_and_tell(session, store, live, resume=arguments.resume)


def render_and_tell(session: "Session", store: "Store", live: Live, *, resume: bool) -> ExitCode:
    """Render, and turn each way it can end into a sentence and an exit code."""
    from runners.loop import RunStoppedError
    from runners.process import RemoteError, WorkerDiedError
    from runners.render import InterruptedRunError, RenderJob, render

    job = RenderJob(
        plan=session.plan,
        folder=session.folder,
        output=session.output,
        environment=session.environment,
        resume=resume,
        on_event=live.event,
        progress=live.loop,
    )
    try:
        finished = render(job, session.engine, store)
    except InterruptedRunError:
        live.say("  go on with: framegate render --resume and the same plan")
        return ExitCode.INTERRUPTED
    except RunStoppedError as stop:
        for sentence in stop.sentences:
            live.say(f"    {sentence}", "red")
        return ExitCode.FINDINGS
    except WorkerDiedError as death:
        raise CompatError(
            f"the render worker died: {death.crash.detail}",
            "everything up to the last whole window is kept; framegate render --resume goes on",
        ) from death
    except RemoteError as error:
        raise CompatError(
            f"the render stopped with {error.kind}: {error.message}",
            "framegate explain knows many such texts",
        ) from error
    return _tell(finished, live)


def _tell(finished: "Finished", live: Live) -> ExitCode:
    verdict = finished.judgement.verdict.value
    live.say(f"the video is {verdict}", "bold green" if verdict == "good" else "bold yellow")
    for finding in finished.judgement.findings:
        live.say(f"  {finding.severity.value}: {finding.message}")
    live.rest()
    print(finished.output)
    print(f"  {finished.frames} frames in {finished.windows} windows, {finished.seconds:.1f} s")
    print(f"  contact sheet {finished.folder.sheet}")
    print(f"  timeline      {finished.folder.timeline}")
    return ExitCode.FINDINGS if verdict == "garbage" else ExitCode.OK


COMMAND = Command(
    name="render",
    summary="run the long windowed render, if the gate is open for it",
    add_arguments=_add_arguments,
    run=_run,
)
