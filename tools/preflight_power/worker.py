"""One process of a run: its share of the cases, one after the other."""

import os
import shutil
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path

from compat.store.store import Store
from runners.environment import this_environment
from tools.preflight_power.builds.build import build
from tools.preflight_power.cases import Case
from tools.preflight_power.journal import Journal, records
from tools.preflight_power.trial import Trials


def work(
    cases: Iterable[Case],
    out: Path,
    name: str,
    *,
    trained: Path | None,
    nice: int = 0,
    only: tuple[str, ...] = (),
) -> int:
    """Run what has no record yet and append it to ``out``/records-``name``.jsonl; how many ran.

    ``only`` names the checks to run; all of them where it is empty.
    """
    import diffusers
    import torch
    import transformers

    # Windows has no such thing; mypy knows the platform by this comparison.
    if sys.platform != "win32":
        os.nice(nice)
    torch.set_num_threads(1)
    diffusers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    done = {record["key"] for record in records(out)}
    scratch = out / f"work-{name}"
    scratch.mkdir(parents=True, exist_ok=True)
    journal = Journal(out / f"records-{name}.jsonl")
    count = 0
    (scratch / "evidence.sqlite3").unlink(missing_ok=True)
    with Store.open(scratch / "evidence.sqlite3") as store:
        trials = Trials(scratch, this_environment(), store, only)
        for case in cases:
            if case.key not in done:
                journal.add(_record(trials, case, scratch, trained))
                count += 1
    journal.close()
    shutil.rmtree(scratch, ignore_errors=True)
    return count


def _record(trials: Trials, case: Case, scratch: Path, trained: Path | None) -> dict[str, object]:
    try:
        return trials.run(case, _folder(case, scratch, trained))
    except Exception as error:  # noqa: BLE001 - the harness must go on and say what it met
        return {
            "key": case.key, "split": case.split, "source": case.source, "family": case.family,
            "model": case.model, "dtype": case.dtype, "fault": case.fault,
            "harness_error": f"{type(error).__name__}: {error}",
            "trace": traceback.format_exc()[-1500:],
        }  # fmt: skip


def _folder(case: Case, scratch: Path, trained: Path | None) -> Path:
    """The build's folder; the one before it is removed."""
    builds = scratch / "builds"
    folder = builds / case.model.replace("/", "-")
    if not folder.exists():
        shutil.rmtree(builds, ignore_errors=True)
    return build(case.source, case.family, case.build, folder, trained)
