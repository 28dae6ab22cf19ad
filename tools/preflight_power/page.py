"""Writes docs/preflight-power.md from the records of one split."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tools.preflight_power.faults.table import FAULTS, STAGES
from tools.preflight_power.tally import Trial, read, share, share_of
from tools.preflight_power.text_of_page import HEAD

Trials = list[Trial]
RANDOM = "random weights"


def write_page(records: list[dict[str, Any]], split: str, page: Path) -> None:
    """Write the page; records of other splits are left out."""
    stages = {fault.id: fault.stage for fault in FAULTS}
    own = [record for record in records if record["split"] == split]
    trials = [read(record, stages) for record in own if "checks" in record]
    broken = len(own) - len(trials)
    lines = [*HEAD, *_counts(trials, broken, split), *_power(trials), *_false_stops(trials)]
    lines += [*_by(trials), *_rules(trials), *_missed(trials), *_table(trials)]
    page.write_text("\n".join(lines) + "\n", "utf-8")


def _of(trials: Trials, kind: str, group: str | None = None) -> Trials:
    return [t for t in trials if t.kind == kind and group in (None, t.group)]


def _groups(trials: Trials) -> list[str]:
    present = {trial.group for trial in trials}
    return [g for g in ("embedded", "tiny trained", RANDOM) if g in present]


def _counts(trials: Trials, broken: int, split: str) -> Iterator[str]:
    kinds = Counter(trial.kind for trial in trials)
    models = len({trial.model for trial in trials if not trial.fault})
    yield from (
        "## What was run",
        "",
        f"Split `{split}`: {kinds['benign']} healthy preflights of {models} model builds; "
        f"{sum(kinds.values()) - kinds['benign']} preflights with one of "
        f"{len({t.fault for t in trials if t.fault})} faults, of which {kinds['silent']} silent "
        f"and harmful (these count), {kinds['harmless']} harmless and {kinds['loud']} that raise "
        "an error by themselves."
        + (f" {broken} cases failed in the harness and are left out." if broken else ""),
        "",
    )


def _power(trials: Trials) -> Iterator[str]:
    yield from (
        "## Share of silent, harmful faults that is stopped",
        "",
        "| models | questions alone | pixels alone | questions and pixels |",
        "|---|---|---|---|",
    )
    for group in _groups(trials):
        silent = _of(trials, "silent", group)
        if silent:
            yield _row(group, *_three(silent, pixels=group != RANDOM))
    silent = [t for t in _of(trials, "silent") if t.group != RANDOM]
    if silent:
        yield _row("**all that draw pictures**", *_three(silent, pixels=True))
    yield ""


def _three(trials: Trials, *, pixels: bool) -> tuple[str, str, str]:
    return (
        share(trials, lambda t: bool(t.questions)),
        share(trials, lambda t: bool(t.pixels)) if pixels else "no picture",
        share(trials, lambda t: t.stopped),
    )


def _false_stops(trials: Trials) -> Iterator[str]:
    yield from (
        "## False stops",
        "",
        "| healthy models | by questions | by pixels | stopped, by preflight | stopped, by build |",
        "|---|---|---|---|---|",
    )
    benign = _of(trials, "benign")
    for group in _groups(benign):
        mine = [t for t in benign if t.group == group]
        families = sorted({t.family for t in mine})
        for family in families if len(families) > 1 else ():
            yield _stops(f"{group}, {family}", [t for t in mine if t.family == family])
        yield _stops(f"**{group}**", mine)
    yield _stops("**all**", benign)
    for dtype in sorted({t.dtype for t in benign}):
        yield _stops(f"all, {dtype}", [t for t in benign if t.dtype == dtype])
    yield ""


def _stops(name: str, trials: Trials) -> str:
    builds: dict[str, bool] = defaultdict(bool)
    for trial in trials:
        builds[trial.model] |= trial.stopped
    return _row(
        name,
        str(sum(bool(t.questions or t.raised) for t in trials)),
        str(sum(bool(t.pixels) for t in trials)),
        share(trials, lambda t: t.stopped),
        share_of(sum(builds.values()), len(builds)),
    )


def _by(trials: Trials) -> Iterator[str]:
    silent = _of(trials, "silent")
    keys: tuple[tuple[str, Callable[[Trial], str], tuple[str, ...]], ...] = (
        ("stage", lambda t: t.stage, STAGES),
        ("family", lambda t: t.family, tuple(sorted({t.family for t in silent}))),
        ("dtype", lambda t: t.dtype, tuple(sorted({t.dtype for t in silent}))),
    )
    for name, key, values in keys:
        yield from (
            f"## By {name}",
            "",
            "The first three columns are models that draw pictures, the last one random weights.",
            "",
            f"| {name} | questions alone | pixels alone | both | random: questions |",
            "|---|---|---|---|---|",
        )
        for value in values:
            mine = [t for t in silent if key(t) == value]
            drawing = [t for t in mine if t.group != RANDOM]
            yield _row(
                value,
                *_three(drawing, pixels=True),
                share([t for t in mine if t.group == RANDOM], lambda t: bool(t.questions)),
            )
        yield ""


def _rules(trials: Trials) -> Iterator[str]:
    silent, benign = _of(trials, "silent"), _of(trials, "benign")
    names = sorted({rule for t in (*silent, *benign) for rule in (*t.questions, *t.pixels)})
    yield from (
        "## By check",
        "",
        "Faults that the check stops, those that it alone stops, and healthy models it stops.",
        "",
        "| check: rule | faults | it alone | false alarms |",
        "|---|---|---|---|",
    )
    for name in names:
        caught = [t for t in silent if name in (*t.questions, *t.pixels)]
        alone = sum(len({*t.questions, *t.pixels}) == 1 for t in caught)
        wrong = [t for t in benign if name in (*t.questions, *t.pixels)]
        yield _row(
            name, share_of(len(caught), len(silent)), str(alone), share_of(len(wrong), len(benign))
        )
    yield ""


def _missed(trials: Trials) -> Iterator[str]:
    silent = [t for t in _of(trials, "silent") if t.group != RANDOM]
    titles = {fault.id: fault.title for fault in FAULTS}
    counts = {
        name: (sum(not t.stopped for t in silent if t.fault == name),
               sum(t.fault == name for t in silent))
        for name in {t.fault for t in silent}
    }  # fmt: skip
    worst = sorted(counts.items(), key=lambda one: (-one[1][0] / one[1][1], one[0]))
    yield from (
        "## The hardest faults",
        "",
        "Missed most often; the change is the median over the runs, in units of another seed's.",
        "",
        "| fault | missed | change |",
        "|---|---|---|",
    )
    for name, (missed, number) in worst:
        if missed:
            changes = sorted(t.change or 0.0 for t in silent if t.fault == name)
            middle = changes[len(changes) // 2]
            yield _row(f"{name}: {titles[name]}", f"{missed} of {number}", f"{middle:.2f}")
    yield ""


def _table(trials: Trials) -> Iterator[str]:
    faulty = [t for t in trials if t.fault]
    columns = sorted({(t.source, t.family) for t in faulty}, key=lambda c: (c[0] == "drawn", c))
    names = [f"{family} (random)" if source == "drawn" else family for source, family in columns]
    yield from (
        "## Every fault",
        "",
        "Which rules stop it in each family; where a fault ran more than once, all of them.",
        "",
        "| stage | fault | " + " | ".join(names) + " |",
        "|---|---|" + "---|" * len(columns),
    )
    for fault in FAULTS:
        cells = [
            _cell([t for t in faulty if (t.source, t.family, t.fault) == (*column, fault.id)])
            for column in columns
        ]
        if any(cells):
            yield _row(fault.stage, f"{fault.id}: {fault.title}", *cells)


def _cell(trials: Trials) -> str:
    words: list[str] = []
    for trial in trials:
        if trial.kind == "loud":
            words.append("raises")
        elif trial.kind == "harmless":
            words.append("harmless")
        elif not trial.stopped:
            words.append("**missed**")
        else:
            rules = (*trial.questions, *trial.pixels)
            words += [rule.partition(": ")[2] for rule in rules[:3]]
    return ", ".join(dict.fromkeys(words))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
