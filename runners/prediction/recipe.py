"""Finds out what a plan's model is made of, from configs and headers alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from compat.core.errors import UsageError
from compat.formats.bounded_json import UnreadableJsonError, read_json_object
from compat.formats.header import try_header
from compat.formats.wording import quoted
from compat.identify.identify import identify
from compat.identify.model import Identification
from compat.plan.model import EMBEDDED
from probes.loaders.safe_config import UnsafeConfigError, described
from runners.embedded import embedded_model
from runners.engines.pretend.messages import Part, Recipe
from runners.prediction.published import known_ids, published_recipe, vae_of

INDEX = "model_index.json"
CONFIGS = ("config.json", "scheduler_config.json")
CORES = ("transformer", "unet", "motion_adapter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A model as a recipe; ``storage`` is the dtype most of its weights are kept in, "" if unknown.

    ``stored`` gives bytes of the network's tensors by dtype, as the files hold them, and
    ``container`` is safetensors or gguf. ``published`` is framegate's id of the model whose config
    was taken from its publisher, ``notes`` say what else was not in the files.
    """

    recipe: Recipe
    storage: str = ""
    stored: Mapping[str, int] = field(default_factory=dict)
    container: str = ""
    published: str = ""
    notes: tuple[str, ...] = ()


def find_recipe(path: str) -> Found:
    """The recipe of a diffusers folder, a single file, "embedded" or one of framegate's ids.

    ``UsageError`` where there is none.
    """
    if path == EMBEDDED:
        return _of_folder(embedded_model())
    place = Path(path)
    if place.is_dir():
        return _of_folder(place)
    if place.exists():
        return _of_file(place)
    recipe = published_recipe(place.name)
    if recipe is None:
        raise UsageError(
            f"there is no model {path}",
            "name a diffusers folder, a model file, or a published model by its id: "
            + ", ".join(known_ids()),
        )
    note = f"layers and widths are those published for {place.name}"
    return Found(recipe=recipe, published=place.name, notes=(note,))


def _of_folder(folder: Path) -> Found:
    if not (folder / INDEX).is_file():
        raise UsageError(
            f"{folder} has no {INDEX}, so that it is no pipeline of diffusers",
            "name the folder that holds it, or one model file",
        )
    try:
        index = read_json_object(folder / INDEX)
        parts = dict(_parts(folder, index))
    except (UnreadableJsonError, UnsafeConfigError) as error:
        raise UsageError(f"{folder} cannot be predicted: {error}", "framegate verify it") from error
    options = {
        key: value
        for key, value in index.items()
        if not key.startswith("_") and isinstance(value, int | float | str)
    }
    core = next((name for name in CORES if name in parts), "")
    stored = _stored_in(folder / core) if core else {}
    return Found(
        recipe=Recipe(pipeline=str(index.get("_class_name", "")), parts=parts, options=options),
        storage=_most(stored),
        stored=stored,
        container="safetensors" if stored else "",
    )


def _parts(folder: Path, index: Mapping[str, Any]) -> Iterator[tuple[str, Part]]:
    for name, entry in index.items():
        if name.startswith("_") or not isinstance(entry, list) or len(entry) != 2:
            continue
        library, kind = entry
        if not isinstance(library, str) or not isinstance(kind, str):
            continue
        yield name, Part(library=library, kind=kind, config=_config(folder / name))


def _config(folder: Path) -> dict[str, Any]:
    for name in CONFIGS:
        if (folder / name).is_file():
            return described(read_json_object(folder / name))
    return {}


def _stored_in(folder: Path) -> dict[str, int]:
    """Bytes of a component's weights by dtype."""
    held: dict[str, int] = {}
    for path in sorted(folder.glob("*.safetensors")):
        for dtype, size in _stored(path).items():
            held[dtype] = held.get(dtype, 0) + size
    return held


def _stored(path: Path) -> dict[str, int]:
    """Bytes of a file's tensors by dtype; empty for a file without a readable header."""
    reading = try_header(path)
    if reading is None or reading.header is None:
        return {}
    held: dict[str, int] = {}
    for tensor in reading.header.tensors.values():
        held[tensor.dtype] = held.get(tensor.dtype, 0) + tensor.end - tensor.start
    return held


def _most(stored: Mapping[str, int]) -> str:
    return max(stored, key=lambda word: stored[word], default="")


def _of_file(path: Path) -> Found:
    answer = identify(path)
    recipe = published_recipe(answer.id)
    if recipe is None:
        raise UsageError(
            f"{path} is {quoted(answer.id)} to framegate, for which no whole pipeline is known",
            f"name a diffusers folder, or a model of: {', '.join(known_ids())}",
        )
    recipe, inside = _with_own_vae(recipe, answer)
    outside = [] if inside else ["vae"]
    note = (
        f"the {' and '.join(['pipeline', *outside])} around it are those published for {answer.id}"
    )
    stored = _stored(path)
    return Found(
        recipe=recipe,
        storage=_most(answer.dtypes),
        # A bundle holds more than the network.
        stored=stored if not inside else {},
        container="gguf" if path.suffix == ".gguf" else "safetensors",
        published=answer.id,
        notes=(note,),
    )


def _with_own_vae(recipe: Recipe, answer: Identification) -> tuple[Recipe, bool]:
    """The recipe with the VAE that a bundle carries, where its config is known."""
    for part in answer.parts:
        if part.role.value == "vae" and (vae := vae_of(part.id)) is not None:
            return replace(recipe, parts={**recipe.parts, "vae": vae}), True
    return recipe, False
