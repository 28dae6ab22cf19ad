"""``python -m tools.preflight_power``: run the cases, then write docs/preflight-power.md."""

import argparse
import subprocess
import sys
import time
from pathlib import Path

from tools.preflight_power.cases import DTYPES, Case
from tools.preflight_power.draw import FIRST_SEED, benign_cases, fault_cases, shares
from tools.preflight_power.faults.fault import ALL
from tools.preflight_power.faults.table import fault_named
from tools.preflight_power.journal import records
from tools.preflight_power.page import write_page
from tools.preflight_power.worker import work

FAMILIES = (*ALL, "embedded")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "preflight-power.md"


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.preflight_power", description=__doc__)
    parser.add_argument("action", choices=("run", "report"))
    parser.add_argument("--out", type=Path, required=True, help="folder of the records")
    parser.add_argument("--split", choices=tuple(FIRST_SEED), default="development")
    parser.add_argument("--family", action="append", choices=FAMILIES, help="default: all")
    parser.add_argument("--dtype", action="append", choices=DTYPES, help="default: all")
    parser.add_argument(
        "--only", action="append", help="these fault ids or stages, or benign, or faults"
    )
    parser.add_argument("--check", action="append", help="run these checks alone; default: all")
    parser.add_argument("--benign", type=int, default=150, help="healthy preflights per family")
    parser.add_argument("--rounds", type=int, default=1, help="times every fault per family")
    parser.add_argument("--trained", type=Path, help="folder of trained pipelines, one per family")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--nice", type=int, default=10, help="how far each process steps back")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    parser.add_argument("--page", type=Path, default=PAGE, help="where the report goes")
    return parser


def main() -> None:
    """Run or report."""
    asked = arguments().parse_args()
    if asked.action == "report":
        write_page(list(records(asked.out)), asked.split, asked.page)
        print(asked.page.read_text("utf-8"))
        return
    cases = list(wanted(asked))
    if asked.part:
        part, parts = (int(number) for number in asked.part.split("/"))
        work(
            shares(cases, part, parts),
            asked.out,
            str(part),
            trained=asked.trained,
            nice=asked.nice,
            only=tuple(asked.check or ()),
        )
    else:
        _run_jobs(asked, cases)


def wanted(asked: argparse.Namespace) -> list[Case]:
    """The cases that the command line names, benign and faulty builds in turn."""
    every: list[Case] = []
    for family in asked.family or FAMILIES:
        for source in _sources(family, asked.trained):
            every += benign_cases(asked.split, source, family, asked.benign)
            every += fault_cases(asked.split, source, family, asked.rounds)
    chosen = [case for case in every if case.dtype in (asked.dtype or DTYPES)]
    if asked.only:
        chosen = [case for case in chosen if _named(case, asked.only)]
    return chosen


def _sources(family: str, trained: Path | None) -> tuple[str, ...]:
    if family == "embedded":
        return ("embedded",)
    if trained is not None and (trained / family / "model_index.json").exists():
        return ("trained", "drawn")
    return ("drawn",)


def _named(case: Case, only: list[str]) -> bool:
    if not case.fault:
        return "benign" in only
    return bool({"faults", case.fault, fault_named(case.fault).stage} & set(only))


def _run_jobs(asked: argparse.Namespace, cases: list[Case]) -> None:
    """Start the processes and show how far they are; stopping this one stops them."""
    from rich.progress import Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    keys = {case.key for case in cases}
    command = [sys.executable, "-m", "tools.preflight_power", *sys.argv[1:]]
    started = [
        subprocess.Popen([*command, "--part", f"{number}/{asked.jobs}"])
        for number in range(asked.jobs)
    ]
    columns = (*Progress.get_default_columns(), TextColumn("{task.completed}/{task.total}"),
               TimeElapsedColumn(), TimeRemainingColumn())  # fmt: skip
    try:
        with Progress(*columns) as bar:
            task = bar.add_task("preflights", total=len(keys))
            while any(process.poll() is None for process in started):
                done = {record["key"] for record in records(asked.out)}
                bar.update(task, completed=len(keys & done))
                time.sleep(5)
    finally:
        for process in started:
            process.terminate()
    bad = [process.returncode for process in started if process.returncode]
    if bad:
        raise SystemExit(f"{len(bad)} process(es) ended early; run it again to go on")


if __name__ == "__main__":
    main()
