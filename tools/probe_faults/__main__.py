"""``python -m tools.probe_faults``: writes docs/probe-faults.md."""

from pathlib import Path

from compat.backends.backend import missing
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
    """Ask everything that these faults can reach, and write the page."""
    every = {name: p for name, p in collect("probes", Probe).items() if not p.needs.subject}
    probes = {name: probe for name, probe in every.items() if _is_asked(probe)}
    table = made(probes, (*DEVICES, *LIBRARIES))
    text = page(table, loads(probes), endings(), len(every) - len(probes))
    _PAGE.write_text(text, "utf-8")
    caught = sum(bool(table.red(name)) for name in table.faults)
    print(f"{caught} of {len(table.faults)} faults turn a probe red; {len(table.alarms)} alarms")


def _is_asked(probe: Probe) -> bool:
    """Whether it computes something, with what is installed here and without diffusers' time."""
    modules = probe.needs.modules
    slow = "diffusers" in modules or bool(probe.cells)
    return (
        bool(modules) and not slow and not any(missing(name.partition(".")[0]) for name in modules)
    )


if __name__ == "__main__":
    main()
