"""Turns what a user names into sets of files: model files, folders, JSON and YAML descriptions."""

from pathlib import Path

from compat.core.errors import UsageError
from compat.formats.bounded_json import UnreadableJsonError, read_json_object
from compat.formats.bounded_yaml import UnreadableYamlError, read_yaml_object
from compat.formats.diffusers_folder import is_diffusers_folder, take_inventory
from compat.formats.folder_files import files_below
from compat.formats.shards import is_shard_index
from compat.identify.sets.comfy_folder import MODEL_SUFFIXES, models_folder, read_comfy_folder
from compat.identify.sets.ltx_config import is_ltx_config, read_ltx_config
from compat.identify.sets.model import FileSet, Member
from compat.identify.sets.wangp import LARGEST, is_wangp, read_wangp
from compat.identify.sharded import index_of

JSON_SUFFIXES = (".json",)
YAML_SUFFIXES = (".yaml", ".yml")


def gather_set(path: Path, models: tuple[Path, ...] = ()) -> FileSet:
    """The files that ``path`` stands for.

    ``models`` are the folders in which a description's files are looked for; without any it is the
    folder of the description and what lies below. ``UsageError`` for a description that is none.
    """
    if path.is_dir():
        return _of_folder(path)
    suffix = path.suffix.lower()
    roots = models or (path.absolute().parent,)
    if suffix in JSON_SUFFIXES and not is_shard_index(path):
        return _of_json(path, roots)
    if suffix in YAML_SUFFIXES:
        return _of_yaml(path, roots)
    return FileSet(source=path, kind="file", members=(Member(path=whole(path)),))


def whole(path: Path) -> Path:
    """The shard index that lists ``path``, which stands for all of the model; else the file."""
    return index_of(path) or path


def _of_folder(folder: Path) -> FileSet:
    if is_diffusers_folder(folder):
        return diffusers_set(folder)
    models = models_folder(folder)
    if models is not None:
        return read_comfy_folder(models)
    try:
        files = files_below(folder)
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder} cannot be listed: {error}", "name its files") from error
    chosen = {whole(path): None for path in files if path.suffix.lower() in MODEL_SUFFIXES}
    return FileSet(
        source=folder, kind="folder", members=tuple(Member(path=path) for path in chosen)
    )


def diffusers_set(folder: Path) -> FileSet:
    """A diffusers folder: the pipeline as a whole, and the weights of its components."""
    parts = take_inventory(folder).components.values()
    weights = [
        (part, path)
        for part in parts
        for path in part.weights
        if path.suffix.lower() in MODEL_SUFFIXES
    ]
    return FileSet(
        source=folder,
        kind="diffusers-folder",
        members=(
            Member(path=folder, slot="pipeline"),
            *(Member(path=path, slot=part.name, component=True) for part, path in weights),
        ),
        loader="diffusers",
        configured=frozenset(
            path for part, path in weights if "quantization_config" in part.config
        ),
    )


def _of_json(path: Path, roots: tuple[Path, ...]) -> FileSet:
    try:
        document = read_json_object(path, LARGEST)
    except UnreadableJsonError as error:
        raise UsageError(f"{path} cannot be read as JSON: {error}") from error
    if is_wangp(document):
        return read_wangp(path, document, roots)
    raise UsageError(
        f"{path} is no set of files that is known here",
        "name WanGP settings or defaults, or the model files themselves",
    )


def _of_yaml(path: Path, roots: tuple[Path, ...]) -> FileSet:
    try:
        document = read_yaml_object(path)
    except UnreadableYamlError as error:
        raise UsageError(f"{path} cannot be read as YAML: {error}") from error
    if is_ltx_config(document):
        return read_ltx_config(path, document, roots)
    raise UsageError(
        f"{path} is no LTX-Video config: it has no checkpoint_path",
        "name the config of an LTX-Video model, or the model files themselves",
    )
