"""torch on the processor: the reference for every other device."""

import platform
from collections.abc import Mapping
from pathlib import Path

from compat.backends.backend import import_framework
from compat.core.model import Device


class TorchCpu:
    """The processor; always there, with or without torch."""

    id = "torch-cpu"

    def available(self) -> str:
        """Empty where torch can be imported."""
        return import_framework("torch")[1]

    def devices(self) -> tuple[Device, ...]:
        """The one processor; ``capability`` is the vector unit that torch's kernels use."""
        torch, _ = import_framework("torch")
        capability = torch.backends.cpu.get_cpu_capability() if torch else ""
        return (
            Device(
                kind="cpu",
                name=_processor_name(),
                memory_bytes=_total_memory(),
                capability=str(capability),
            ),
        )

    def versions(self) -> Mapping[str, str]:
        """Nothing below the packages."""
        return {}


def _processor_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _total_memory() -> int:
    # A foreign interpreter need not have psutil; the size is shown, never relied on.
    psutil, _ = import_framework("psutil")
    return int(psutil.virtual_memory().total) if psutil else 0
