"""Which cases make up a run: benign ones, and every fault in every family; disjoint by split."""

from collections.abc import Iterable, Iterator

import numpy as np

from tools.preflight_power.cases import DTYPES, Case
from tools.preflight_power.faults.fault import ALL
from tools.preflight_power.faults.table import FAULTS

FIRST_SEED = {
    "development": 1_000_000,
    "report": 4_000_000,
    "own-picture": 5_000_000,
    "decode-path": 6_000_000,
    "test": 3_000_000,
}
"""Builds and plans count up from here, so that no two splits share a model or a plan."""

PREFLIGHTS_PER_BUILD = 2
FAULTS_PER_BUILD = 16
FAULT_SEEDS = 500_000
"""The builds that faults are injected into are none of the benign ones."""


def benign_cases(split: str, source: str, family: str, count: int) -> Iterator[Case]:
    """``count`` healthy preflights; the two of one build have different plans and dtypes."""
    first = FIRST_SEED[split]
    for number in range(count):
        yield Case(
            split=split,
            source=source,
            family=family,
            build=first + number // PREFLIGHTS_PER_BUILD,
            plan=first + number,
            dtype=DTYPES[number % len(DTYPES)],
        )


def fault_cases(split: str, source: str, family: str, rounds: int) -> Iterator[Case]:
    """Every fault of the family, once a round, in random order, some to each build and plan."""
    first = FIRST_SEED[split] + FAULT_SEEDS
    kind = "ltx" if family == "embedded" else family
    names = [fault.id for fault in FAULTS if kind in fault.families]
    rng = np.random.default_rng([first, ALL.index(kind), source == "drawn"])
    number = 0
    for _ in range(rounds):
        for name in rng.permutation(names):
            group = number // FAULTS_PER_BUILD
            number += 1
            yield Case(
                split=split,
                source=source,
                family=family,
                build=first + group,
                plan=first + group,
                dtype=DTYPES[group % len(DTYPES)],
                fault=str(name),
            )


def shares(cases: Iterable[Case], part: int, parts: int) -> list[Case]:
    """The cases of one process: whole builds, so that no build is written twice.

    Builds come in random order, the same each time: what was run when somebody stops it is a fair
    sample of all.
    """
    builds: dict[str, list[Case]] = {}
    for case in cases:
        builds.setdefault(case.model, []).append(case)
    order = np.random.default_rng(len(builds)).permutation(sorted(builds))
    return [case for name in order[part::parts] for case in builds[str(name)]]
