"""AMD cards and their driver, from the kernel's files; rocm-smi need not be installed."""

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from compat.backends.machine.model import Card, Driver

_NODES = "sys/class/kfd/kfd/topology/nodes"
_KFD = "dev/kfd"


def amd(root: Path = Path("/")) -> tuple[tuple[Card, ...], Driver | None]:
    """Every card that ROCm's kernel part knows; no driver where the kernel has none for AMD."""
    cards = tuple(_cards(root))
    if not cards:
        return (), None
    driver = Driver(
        vendor="amd",
        version=_line(root / "sys/module/amdgpu/version") or "amdgpu of the kernel",
        runtime=_line(root / "opt/rocm/.info/version"),
        problem=_problem(root / _KFD),
    )
    return cards, driver


def gfx_name(version: int) -> str:
    """The name of a chip from gfx_target_version, such as gfx90a from 90010 (ROCm's libhsakmt)."""
    major, minor, step = version // 10000, version // 100 % 100, version % 100
    return f"gfx{major}{minor:x}{step:x}"


def _cards(root: Path) -> Iterator[Card]:
    folder = root / _NODES
    nodes = sorted(folder.iterdir(), key=lambda node: node.name) if folder.is_dir() else []
    for node in nodes[:64]:
        facts = _properties(node / "properties")
        # Processors are nodes too; they have no SIMD units.
        if facts.get("simd_count", 0) and facts.get("gfx_target_version", 0):
            gfx = gfx_name(facts["gfx_target_version"])
            yield Card(
                vendor="amd",
                name=_product(root, facts) or _line(node / "name") or gfx,
                memory_bytes=_memory(node),
                capability=gfx,
            )


def _product(root: Path, facts: Mapping[str, int]) -> str:
    render = facts.get("drm_render_minor", 0)
    return _line(root / f"sys/class/drm/renderD{render}/device/product_name")


def _memory(node: Path) -> int:
    return sum(
        facts.get("size_in_bytes", 0)
        for bank in sorted(node.glob("mem_banks/*/properties"))[:16]
        if (facts := _properties(bank))
    )


def _problem(device: Path) -> str:
    if not device.exists():
        return f"/{_KFD} is not there, so ROCm cannot reach the card"
    if not os.access(device, os.R_OK | os.W_OK):
        return f"/{_KFD} cannot be opened by this user, so ROCm cannot reach the card"
    return ""


def _properties(path: Path) -> dict[str, int]:
    with contextlib.suppress(OSError):
        pairs = re.findall(r"^(\w+) (\d+)$", path.read_text("ascii", "replace"), re.MULTILINE)
        return {name: int(value) for name, value in pairs}
    return {}


def _line(path: Path) -> str:
    with contextlib.suppress(OSError, IndexError):
        return path.read_text("utf-8", "replace").split("\n")[0].strip()[:80]
    return ""
