"""``python -m tools.fault_table``: run every variation of the demo and write docs/faults.md.

Each fault runs three times: as a user's render would (the gate's own time and sentence), with every
check going on whatever failed before (which checks see it on their own), and with the embedded
model's references switched on. The references are off in the first two: users have none.
"""

import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from compat.core.job import GateDecision, GateState, Preflight
from compat.core.model import Environment, Outcome
from compat.store.store import Store
from runners.demo.faults import VARIATIONS, Variation
from runners.demo.job import demo_session
from runners.environment import this_environment
from runners.preflight.start import Options, start_preflight

DOCS = Path(__file__).resolve().parents[2] / "docs"
SECONDS = 4.0
"""Length of the planned video; the preflight does not depend on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One variation: what stopped it and when, who else saw it, and what the references add."""

    variation: Variation
    state: GateState
    seconds: float
    stopped_by: str
    sentence: str
    seen_by: tuple[str, ...]
    with_references: tuple[str, ...]


def main() -> None:
    """Run everything and write the page and its data."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with Store.open(folder / "evidence.sqlite3") as store:
            environment = this_environment()
            # The device probes are on record after this first run, as on any machine in use.
            _preflight(folder, store, environment, None)
            rows = [_row(folder, store, environment, item) for item in VARIATIONS]
    (DOCS / "faults.md").write_text(page(rows), "utf-8")
    print(page(rows))


def _row(folder: Path, store: Store, environment: Environment, item: Variation) -> Row:
    started = time.perf_counter()
    found, decision = _preflight(folder, store, environment, item)
    seconds = time.perf_counter() - started
    everything, _ = _preflight(folder, store, environment, item, keep_going=True)
    compared, _ = _preflight(folder, store, environment, item, keep_going=True, references=True)
    print(f"{item.id:<22}{decision.state}  {seconds:5.1f} s  {decision.blocking[:1]}")
    return Row(
        variation=item,
        state=decision.state,
        seconds=seconds,
        stopped_by=_first_bad(found),
        sentence=decision.blocking[0] if decision.blocking else "",
        seen_by=_bad_rules(everything),
        with_references=_bad_rules(compared, only="reference"),
    )


def _preflight(
    folder: Path,
    store: Store,
    environment: Environment,
    item: Variation | None,
    *,
    keep_going: bool = False,
    references: bool = False,
) -> tuple[Preflight, GateDecision]:
    session = demo_session(folder, environment, SECONDS, item)
    with session.engine:
        options = Options(
            scratch=folder / "preflight", keep_going=keep_going, references=references
        )
        return start_preflight(session, store, options)


def _first_bad(found: Preflight) -> str:
    bad = [check for check in found.checks if check.outcome in (Outcome.FAIL, Outcome.ERROR)]
    return bad[0].id if bad else ""


def _bad_rules(found: Preflight, only: str = "") -> tuple[str, ...]:
    """``check: rules`` of every check that says no by itself."""
    return tuple(
        f"{check.id} ({', '.join(sorted({f.rule for f in check.findings}))})"
        for check in found.checks
        if check.outcome in (Outcome.FAIL, Outcome.ERROR) and (not only or check.id == only)
    )


def page(rows: list[Row]) -> str:
    """The Markdown page."""
    faults = [row for row in rows if not row.variation.benign]
    benign = [row for row in rows if row.variation.benign]
    lines = [
        "# Injected faults and what stops them",
        "",
        "Made by `python -m tools.fault_table`. Each fault is injected into the embedded model's",
        "demo (`framegate demo --break FAULT`). The references (file hashes, a recorded clip) are",
        "off in every column but the last: users' models have none.",
        "",
        "| fault | gate | stopped by | seconds | sentence | all checks that see it | references |",
        "|---|---|---|---|---|---|---|",
        *(_line(row) for row in faults),
        "",
        "## Benign changes (must pass)",
        "",
        "| change | gate | seconds | said | references |",
        "|---|---|---|---|---|",
        *(
            f"| {row.variation.id}: {row.variation.title} | {row.state} | {row.seconds:.1f} | "
            f"{_cell(row.sentence)} | {_cell('; '.join(row.with_references) or 'pass')} |"
            for row in benign
        ),
        "",
    ]
    return "\n".join(lines)


def _line(row: Row) -> str:
    cells = (
        f"{row.variation.id}: {row.variation.title}",
        str(row.state),
        row.stopped_by or "nothing",
        f"{row.seconds:.1f}",
        _cell(row.sentence),
        _cell("; ".join(row.seen_by)),
        _cell("; ".join(row.with_references) or "pass"),
    )
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1].replace("|", "\\|")


if __name__ == "__main__":
    main()
