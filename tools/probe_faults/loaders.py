"""What the loaders of this interpreter do with damaged files, out of their probes' measures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compat.core.model import Probe, Target
from runners.child.probing import run_probe
from tools.probe_faults.asking import device_of, scratch_folder

_PROBES = {
    "safetensors (torch)": ("safetensors-torch-refuses-damage",),
    "safetensors (numpy)": ("safetensors-numpy-refuses-damage",),
    "MLX": ("mlx-safetensors-refuses-damage",),
    "torch.load": ("torch-load-refuses-damage",),
    "gguf": ("gguf-refuses-truncation", "gguf-refuses-corruption"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loads:
    """A row for each damage, with a word for each loader that was handed it."""

    loaders: tuple[str, ...]
    rows: Mapping[str, Mapping[str, str]]


def loads(probes: Mapping[str, Probe]) -> Loads:
    """Ask the loaders."""
    rows: dict[str, dict[str, str]] = {}
    for loader, names in _PROBES.items():
        for name in names:
            for damage, said in _measured(probes[name]).items():
                word = "**opens**" if said == "opened" else "refuses"
                rows.setdefault(damage, {})[loader] = word
    return Loads(loaders=tuple(_PROBES), rows=rows)


def _measured(probe: Probe) -> Mapping[str, str]:
    said: list[dict[str, Any]] = []
    with scratch_folder() as scratch:
        run_probe(probe, Target(device=device_of(probe)), scratch, said.append)
    return {message["measure"]: message["value"] for message in said if "measure" in message}
