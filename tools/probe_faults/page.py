"""Writes the table as docs/probe-faults.md."""

from collections.abc import Iterator

from tools.probe_faults.asking import Seen
from tools.probe_faults.endings import Ending
from tools.probe_faults.loaders import Loads
from tools.probe_faults.table import Table

_HEAD = """# What the probes see

Made by `python -m tools.probe_faults` on a processor that is broken on purpose: each fault of
`tools/device_faults` (bugs of devices, most after a report) and `tools/probe_faults` (libraries) is
put under each probe that meets its operation, and what the probe says is compared with what it says
without. *Red* is a finding that was not there before. A fault that acts beyond a size or for a
layout only, does so here too. None of this was run on the devices that the faults imitate.
"""


def page(table: Table, loads: Loads, endings: tuple[Ending, ...], left_out: int) -> str:
    """The Markdown page."""
    lines = [_HEAD, *_summary(table, left_out), *_faults(table), *_probes(table)]
    lines += [*_uncaught(table), *_loaders(loads), *_ends(endings)]
    return "\n".join([*lines, ""])


def _summary(table: Table, left_out: int) -> Iterator[str]:
    caught = [name for name in table.faults if table.red(name)]
    told = [name for name in table.faults if not table.red(name) and table.told(name)]
    proven = [name for name in table.probes if table.reasons(name)]
    yield "| what | number |"
    yield "|---|---|"
    yield f"| faults | {len(table.faults)} |"
    yield f"| turn at least one probe red | {_share(len(caught), len(table.faults))} |"
    yield f"| end a probe with the reason instead | {_share(len(told), len(table.faults))} |"
    yield f"| probes | {len(table.probes)} |"
    yield f"| turned red by at least one fault | {_share(len(proven), len(table.probes))} |"
    yield f"| alarms without a fault | {len(table.alarms)} |"
    yield ""
    yield (
        f"{left_out} probes are left out here: those that need diffusers, for their time, and "
        "those that compute nothing or need a package that is not installed. They are proven by "
        "their tests, like those without a fault below "
        "(tests/catalogue/test_every_probe_is_proven.py)."
    )
    yield ""


def _share(count: int, total: int) -> str:
    return f"{count} of {total} ({100 * count / total:.0f} %)"


def _faults(table: Table) -> Iterator[str]:
    yield "## Fault by fault"
    yield ""
    yield "The first probe named is the one that the fewest other faults turn red: it names the"
    yield "fault best. *Met* counts the probes that do the broken operation at all."
    for group in dict.fromkeys(fault.group for fault in table.faults.values()):
        yield ""
        yield f"### {group[0].upper()}{group[1:]}"
        yield ""
        yield "| fault | imitates | met | red in | acted unseen in |"
        yield "|---|---|---|---|---|"
        for name, fault in table.faults.items():
            if fault.group == group:
                red = _named(table.red(name)) or _instead(table, name)
                missed = _named(table.missed(name), most=3)
                met = len(table.seen[name])
                yield f"| {name} | {fault.imitates} | {met} | {red} | {missed} |"
    yield ""


def _instead(table: Table, name: str) -> str:
    told = table.told(name)
    return f"none; {len(told)} end with the reason" if told else "**none**"


def _named(probes: tuple[str, ...], most: int = 4) -> str:
    more = f" and {len(probes) - most} more" if len(probes) > most else ""
    return ", ".join(probes[:most]) + more


def _probes(table: Table) -> Iterator[str]:
    yield "## Probe by probe"
    yield ""
    yield "| probe | without a fault | faults that turn it red | for one |"
    yield "|---|---|---|---|"
    for name in table.probes:
        reasons = sorted(table.reasons(name), key=lambda fault: len(table.red(fault)))
        first = reasons[0] if reasons else "**none**, see its test"
        yield f"| {name} | {table.sound[name].outcome} | {len(reasons)} | {first} |"
    yield ""


def _uncaught(table: Table) -> Iterator[str]:
    nobody = [name for name in table.faults if not table.red(name) and not table.told(name)]
    yield "## What nobody sees"
    yield ""
    for name in nobody:
        acted = Seen.MISSED in table.seen[name].values()
        why = (
            "it acted, and every result stayed within the limits" if acted else "no probe meets it"
        )
        yield f"- {name}: {why}"
    yield "" if nobody else "Every fault of the list is seen.\n"


def _loaders(loads: Loads) -> Iterator[str]:
    yield "## Damaged files"
    yield ""
    yield "What each loader does with each damage: it *refuses*, or **opens** it without an error."
    yield ""
    yield f"| damage | {' | '.join(loads.loaders)} |"
    yield "|---" * (len(loads.loaders) + 1) + "|"
    for damage, row in loads.rows.items():
        cells = (row.get(loader, "") for loader in loads.loaders)
        yield f"| {damage} | {' | '.join(cells)} |"
    yield ""


def _ends(endings: tuple[Ending, ...]) -> Iterator[str]:
    yield "## What ends a process"
    yield ""
    yield "Each is done by a probe in a real worker; the probe behind it runs in a fresh one."
    yield ""
    yield "| what | how it is told | the next probe |"
    yield "|---|---|---|"
    for ending in endings:
        yield f"| {ending.what} | {ending.told} | {ending.after} |"
