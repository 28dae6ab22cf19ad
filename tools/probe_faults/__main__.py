"""``python -m tools.probe_faults``: writes docs/probe-faults.md."""

from pathlib import Path

from compat.core.collect import collect
from compat.core.model import Probe
from tools.probe_faults.endings import endings
from tools.probe_faults.every_fault import DEVICES
from tools.probe_faults.libraries import LIBRARIES
from tools.probe_faults.loaders import loads
from tools.probe_faults.page import page
from tools.probe_faults.table import made

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "probe-faults.md"


def main() -> None:
    """Ask everything that needs no diffusers, and write the page."""
    every = {name: p for name, p in collect("probes", Probe).items() if not p.needs.subject}
    # Neither renders, which need diffusers in their cells: they are proven by their own tests.
    probes = {
        name: probe
        for name, probe in every.items()
        if "diffusers" not in probe.needs.modules and not probe.cells
    }
    table = made(probes, (*DEVICES, *LIBRARIES))
    text = page(table, loads(probes), endings(), len(every) - len(probes))
    _PAGE.write_text(text, "utf-8")
    caught = sum(bool(table.red(name)) for name in table.faults)
    print(f"{caught} of {len(table.faults)} faults turn a probe red; {len(table.alarms)} alarms")


if __name__ == "__main__":
    main()
