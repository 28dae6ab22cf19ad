"""Finds out what a plan's model is made of, from configs and headers alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
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

    ``notes`` say what of the recipe was taken from a published model and not from the files.
    """

    recipe: Recipe
    storage: str = ""
    notes: tuple[str, ...] = ()


def find_recipe(path: str) -> Found:
    """The recipe of a diffusers folder, a single file, "embedded" or one of framegate's ids.

    ``UsageError`` where there is none.
    """
    if path == EMBEDDED:
        return _of_folder(embedded_model())
    place = Path(path)
    if place.is_dir() and (place / INDEX).is_file():
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
    return Found(recipe=recipe, notes=(f"sizes are those published for {place.name}",))


def _of_folder(folder: Path) -> Found:
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
    return Found(
        recipe=Recipe(pipeline=str(index.get("_class_name", "")), parts=parts, options=options),
        storage=_storage_of(folder / core) if core else "",
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


def _storage_of(folder: Path) -> str:
    """The dtype that most bytes of a component's weights have."""
    held: dict[str, int] = {}
    for path in sorted(folder.glob("*.safetensors")):
        reading = try_header(path)
        if reading is None or reading.header is None:
            continue
        for tensor in reading.header.tensors.values():
            held[tensor.dtype] = held.get(tensor.dtype, 0) + tensor.end - tensor.start
    return max(held, key=lambda word: held[word], default="")


def _of_file(path: Path) -> Found:
    answer = identify(path)
    recipe = published_recipe(answer.id)
    if recipe is None:
        raise UsageError(
            f"{path} is {quoted(answer.id)}, for which no whole pipeline is known",
            f"name a diffusers folder, or a model of: {', '.join(known_ids())}",
        )
    recipe, inside = _with_own_vae(recipe, answer)
    outside = [] if inside else ["vae"]
    note = (
        f"the {' and '.join(['pipeline', *outside])} around it are those published for {answer.id}"
    )
    storage = max(answer.dtypes, key=lambda word: answer.dtypes[word], default="")
    return Found(recipe=recipe, storage=storage, notes=(note,))


def _with_own_vae(recipe: Recipe, answer: Identification) -> tuple[Recipe, bool]:
    """The recipe with the VAE that a bundle carries, where its config is known."""
    for part in answer.parts:
        if part.role.value == "vae" and (vae := vae_of(part.id)) is not None:
            return replace(recipe, parts={**recipe.parts, "vae": vae}), True
    return recipe, False
