"""Measures how often the judge is right on a labelled folder of clips that it never saw.

    python tools/judge_figures/judge_figures.py CORPUS [--half held-out|fitting|all] [--misses]

CORPUS holds a ``manifest.csv`` with the columns file, label (good, border, garbage), kind, family
and group. Figures mean something only for clips that the score was not trained on; those of
docs/judge.md are out of fold and come from ``tools.judge_training.fit``. Halves are for limits of
rules: groups (a source, a kind of garbage) never stand on both sides, within each label and family
they are ordered by the SHA-256 of their name and dealt out in turn. No clip is copied.
"""

import argparse
import csv
import hashlib
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from compat.core.errors import CompatError
from compat.frames.expectation import Expectation
from compat.frames.judge import judge_file

VERDICTS = ("garbage", "suspect", "good", "undecided")
# In these kinds every picture is right and only motion is missing: found where motion is ordered.
STILL_KINDS = frozenset({"frozen", "frozen_tail", "lat_frozen"})

Row = Mapping[str, str]


def halves(rows: Iterable[Row]) -> dict[tuple[str, str, str], str]:
    """Return "fitting" or "held-out" for each (label, family, group)."""
    groups: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        groups[row["label"], row["family"]].add(row["group"])
    return {
        (*key, group): ("fitting", "held-out")[place % 2]
        for key, names in groups.items()
        for place, group in enumerate(sorted(names, key=_digest))
    }


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def selected(corpus: Path, half: str) -> Iterator[Row]:
    """Yield the manifest's rows of one half, or all."""
    with (corpus / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    side = halves(rows)
    for row in rows:
        if half in {"all", side[row["label"], row["family"], row["group"]]}:
            yield row


def verdict_on(corpus: Path, row: Row) -> tuple[str, str]:
    """Return the verdict and the sentences behind it; a refusal counts as undecided."""
    expectation = Expectation(motion=True if row["kind"] in STILL_KINDS else None)
    try:
        judgement = judge_file(corpus / row["file"], expectation)
    except CompatError as error:
        return "undecided", str(error)
    return str(judgement.verdict), "; ".join(f"{f.rule}: {f.message}" for f in judgement.findings)


def name_of(row: Row) -> str:
    """Return the line of the table a clip counts for."""
    if row["label"] == "garbage":
        return f"garbage, {row['family']}"
    return f"{row['label']}, {row['domain']}"


def table(counts: Mapping[str, Counter[str]]) -> Iterator[str]:
    """Yield the lines of a Markdown table of verdicts per kind of clip."""
    yield "| clips | number | " + " | ".join(VERDICTS) + " | garbage | garbage or suspect |"
    yield "|---|---|" + "---|" * (len(VERDICTS) + 2)
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for name, count in sorted(counts.items()):
        totals[f"all {name.partition(',')[0]}"] += count
        yield _line(name, count)
    for name, count in totals.items():
        yield _line(f"**{name}**", count)


def _line(name: str, count: Counter[str]) -> str:
    number = count.total()
    rates = (count["garbage"] / number, (count["garbage"] + count["suspect"]) / number)
    cells = [str(count[verdict]) for verdict in VERDICTS]
    return f"| {name} | {number} | {' | '.join(cells)} | {rates[0]:.0%} | {rates[1]:.0%} |"


def main() -> None:
    """Judge the corpus and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--half", choices=("held-out", "fitting", "all"), default="all")
    parser.add_argument("--misses", action="store_true", help="name every clip judged wrongly")
    arguments = parser.parse_args()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in selected(arguments.corpus, arguments.half):
        verdict, why = verdict_on(arguments.corpus, row)
        counts[name_of(row)][verdict] += 1
        right = verdict == row["label"] or row["label"] == "border"
        if arguments.misses and not right:
            print(f"{verdict}: {row['kind']} {row['file']} {why}", file=sys.stderr)
    print("\n".join(table(counts)))


if __name__ == "__main__":
    main()
