"""``framegate runs``: every run in the evidence store, oldest first."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from compat.cli.command import Command
from compat.cli.shared_arguments import add_format, add_store
from compat.core.errors import ExitCode, NothingCheckedError

if TYPE_CHECKING:
    from reports.evidence import RunStory


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    add_format(parser)


def _run(arguments: argparse.Namespace) -> ExitCode:
    stories = _stories(arguments.store)
    if arguments.format == "json":
        _print_json(stories)
    elif stories:
        for story in stories:
            print(_line(story))
    else:
        print("no run so far; framegate render and framegate run make one")
    return ExitCode.OK if stories else ExitCode.NOTHING_CHECKED


def _stories(path: Path | None) -> tuple["RunStory", ...]:
    from compat.store.store import Store, default_path
    from reports.evidence import read_evidence

    wanted = path or default_path()
    if not wanted.exists():
        raise NothingCheckedError(
            f"there is no evidence store at {wanted}, so there is no run",
            "framegate render and framegate run make one",
        )
    with Store.open(wanted) as store:
        return read_evidence(store).runs


def _line(story: "RunStory") -> str:
    from reports.run_story import stop_sentences
    from reports.wording import say_time, visible

    why = "; ".join(stop_sentences(story)[:1])
    parts = [
        f"{visible(story.run.run)}  {story.run.state:<11}  {_windows(story):>9} windows",
        f"  last {visible(story.run.last_kind)} at {say_time(story.run.last_at)}",
        f"\n    output {visible(_output(story))}",
        f"\n    because {visible(why)}" if why else "",
    ]
    return "".join(parts)


def _windows(story: "RunStory") -> str:
    from reports.run_story import window_rows, windows_planned

    done = sum(bool(row.verdict) for row in window_rows(story))
    return f"{done} of {windows_planned(story) or '?'}"


def _output(story: "RunStory") -> str:
    named = story.data("run-finished").get("output") or story.data("run-started").get("output")
    return str(named or "not recorded")


def _print_json(stories: tuple["RunStory", ...]) -> None:
    from compat.cli.output import Result, print_json
    from reports.run_story import stop_sentences, window_rows, windows_planned

    results = [
        Result(
            subject=story.run.run,
            verdict=story.run.state,
            measures={
                "windows": sum(bool(row.verdict) for row in window_rows(story)),
                "windows_planned": windows_planned(story),
                "events": story.run.events,
                "last_event": story.run.last_kind,
                "started_at": story.run.started_at,
                "last_at": story.run.last_at,
                "output": _output(story),
                "fingerprint": story.fingerprint,
                "sentences": stop_sentences(story),
            },
        )
        for story in stories
    ]
    print_json("runs", results)


COMMAND = Command(
    name="runs",
    summary="list the runs in the evidence store",
    add_arguments=_add_arguments,
    run=_run,
)
