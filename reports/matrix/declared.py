"""Which cells the matrix has: those that the declared probes ask, in a fixed order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from compat.core.model import Cell, Probe
from reports.matrix.model import Question, Wanted, Way

RENDERS = "renders"
"""The family of the probes whose cells are the matrix."""

FAMILIES = (
    "ltx", "ltx-2", "wan-2.1", "wan-2.2", "hunyuan-video", "cogvideox", "mochi", "animatediff",
)  # fmt: skip
"""The order of the columns; a family that is not among them follows, by name."""

LOADERS = (
    "diffusers-folder", "diffusers-single-file", "safetensors-torch", "safetensors-numpy",
    "safetensors-mlx", "gguf", "quanto", "fp8-layerwise", "comfyui", "comfyui-gguf",
)  # fmt: skip
"""The order of the rows; a loader that is not among them follows, by name."""

DTYPES = ("float32", "bfloat16", "float16")
"""The order inside a cell, after the weights that are not quantised."""

ALONE: Mapping[str, tuple[str, ...]] = {
    "diffusers-folder": ("diffusers-folder-refuses-damage",),
    "diffusers-single-file": ("diffusers-single-file-refuses-damage",),
    "safetensors-torch": ("safetensors-torch-dtypes", "safetensors-torch-refuses-damage"),
    "safetensors-numpy": ("safetensors-numpy-dtypes", "safetensors-numpy-refuses-damage"),
    "safetensors-mlx": (
        "mlx-safetensors-dtypes", "mlx-safetensors-float8", "mlx-safetensors-refuses-damage",
    ),
    "gguf": ("gguf-dequantises", "gguf-refuses-corruption", "gguf-refuses-truncation"),
    "fp8-layerwise": ("fp8-storage",),
}  # fmt: skip
"""The probes that ask a loader alone, without a model: every dtype, every quantisation, damage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """Every question that stands behind the matrix, sorted as it is shown."""

    renders: tuple[Question, ...]
    mlx: tuple[Question, ...]
    loaders: Mapping[str, tuple[Question, ...]]

    @property
    def all(self) -> tuple[Question, ...]:
        """Every question once."""
        alone = [question for asked in self.loaders.values() for question in asked]
        every = {question.way: question for question in (*self.renders, *self.mlx, *alone)}
        return tuple(every.values())


def declared(probes: Iterable[Probe]) -> Declared:
    """Sort what the probes declare into the parts of the matrix."""
    given = {probe.id: probe for probe in probes if not probe.needs.subject}
    renders = [q for p in given.values() if p.family == RENDERS for q in _questions(p)]
    mlx = [
        question
        for probe in given.values()
        if probe.family != RENDERS and probe.needs.devices == ("mlx",)
        for question in _questions(probe)
    ]
    alone = {
        loader: tuple(q for name in names if name in given for q in _questions(given[name]))
        for loader, names in ALONE.items()
    }
    return Declared(
        renders=tuple(sorted(renders, key=lambda q: order_of(q.way))),
        mlx=tuple(sorted(mlx, key=lambda q: (q.way.probe, order_of(q.way)))),
        loaders={loader: asked for loader, asked in alone.items() if asked},
    )


def is_asked_on(probe: Probe, kind: str) -> bool:
    """Whether a probe is asked on this kind of device; ``cuda`` means ROCm cards too."""
    wanted = probe.needs.devices or ("cpu",)
    return kind in wanted or (kind == "rocm" and "cuda" in wanted)


def order_of(way: Way) -> tuple[object, ...]:
    """Sort by family, loader, what the weights are kept in, and what is computed in."""
    return (
        rank(way.family, FAMILIES),
        rank(way.loader, LOADERS),
        way.quantisation,
        rank(way.dtype, DTYPES),
        way.probe,
    )


def rank(name: str, names: Sequence[str]) -> tuple[int, str]:
    """A sort key: the place in the list, then the name for those that are not in it."""
    return (names.index(name) if name in names else len(names), name)


def in_order(found: Iterable[str], names: Sequence[str]) -> list[str]:
    """Each name once, sorted by :func:`rank`."""
    return sorted(set(found), key=lambda name: rank(name, names))


def wanted_questions(asked: Iterable[Question], wanted: Wanted) -> tuple[Question, ...]:
    """Those of the questions that are to be shown."""
    return tuple(question for question in asked if wanted.shows(question.way))


def _questions(probe: Probe) -> Iterator[Question]:
    for cell in probe.cells or (Cell(loader="", dtype=""),):
        way = Way(
            family=probe.model,
            loader=cell.loader,
            dtype=cell.dtype,
            quantisation=cell.quantisation,
            probe=probe.id,
        )
        yield Question(way=way, probe=probe, cell=cell)
