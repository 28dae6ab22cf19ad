"""Takes stock of a diffusers folder: every component, its config, its weights or shards."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Severity
from compat.formats.bounded_json import UnreadableJsonError, read_json_object
from compat.formats.companions import why_unreadable
from compat.formats.component_class import class_findings
from compat.formats.shard_sets import numbered_sets, set_findings
from compat.formats.shards import named_shards, shard_findings
from compat.formats.wording import damage, quoted

INDEX = "model_index.json"
NO_WEIGHTS = ("scheduler", "tokenizer", "processor", "feature_extractor", "guider")
"""Components that hold only configuration, by the start of their name."""

CONFIGS = ("config.json", "scheduler_config.json", "preprocessor_config.json", "guider_config.json")
WEIGHT_STEMS = ("diffusion_pytorch_model", "model", "pytorch_model", "adapter_model")
PICKLE_SUFFIXES = (".bin", ".ckpt", ".pt", ".pth")
TOKENIZER_SETS = (
    ("tokenizer.json",), ("spiece.model",), ("tokenizer.model",), ("vocab.json", "merges.txt"),
    ("vocab.txt",), ("sentencepiece.bpe.model",),
)  # fmt: skip
"""Any one of these sets is a vocabulary that transformers loads."""

VIDEO_PIPELINES = ("LTX", "Wan", "HunyuanVideo", "AnimateDiff", "CogVideoX", "Mochi")
NEVER_OPTIONAL = ("text_encoder", "tokenizer", "vae", "scheduler")
"""No pipeline of these families turns a prompt into frames without them; what else each family
needs is in compat.identify."""

FETCH = "download this folder of the model again; the other components can stay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One entry of the index: ``weights`` are the files its loader would read, ``config`` its JSON.

    ``library`` and ``kind`` stand as in the index (diffusers, LTXVideoTransformer3DModel); both are
    empty for a component the index sets to null.
    """

    name: str
    library: str
    kind: str
    folder: Path
    config: Mapping[str, Any] = field(default_factory=dict)
    weights: tuple[Path, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def indexes(self) -> tuple[Path, ...]:
        """The shard indexes beside the weights that name any of them."""
        found = self.folder.glob("*.index*.json") if self.weights else ()
        names = {file.name for file in self.weights}
        return tuple(index for index in found if names & named_shards(index))


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """A diffusers folder as it lies on the disk; ``pipeline`` is its class name or empty."""

    folder: Path
    pipeline: str
    index: Mapping[str, Any]
    components: Mapping[str, Component]
    findings: tuple[Finding, ...]


def is_diffusers_folder(folder: Path) -> bool:
    """Whether ``folder`` holds, or plainly should hold, a diffusers pipeline."""
    if (folder / INDEX).exists():
        return True
    parts = ("transformer", "unet", "vae")
    return any((folder / part / "config.json").is_file() for part in parts)


def take_inventory(folder: Path) -> Inventory:
    """Read the index and every config of ``folder``; weights are listed, not opened.

    Never raises for what the folder holds: each lack is a finding with a rule of its own.
    """
    path = folder / INDEX
    try:
        index = read_json_object(path)
    except UnreadableJsonError as error:
        return Inventory(
            folder=folder, pipeline="", index={}, components={},
            findings=(_no_index(path, why_unreadable(path, error)),),
        )  # fmt: skip
    components = {name: _component(folder, name, entry) for name, entry in _entries(index)}
    findings = [finding for part in components.values() for finding in part.findings]
    findings.extend(_left_out(path, index, components))
    pipeline = index.get("_class_name")
    if not isinstance(pipeline, str) or not pipeline:
        pipeline = ""
        findings.insert(0, _no_class(path))
    return Inventory(
        folder=folder,
        pipeline=pipeline,
        index=index,
        components=components,
        findings=tuple(findings),
    )


def _entries(index: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    for name, entry in index.items():
        if isinstance(entry, list) and len(entry) == 2 and not name.startswith("_"):
            library, kind = entry
            if isinstance(library, str) and isinstance(kind, str):
                yield name, (library, kind)
            elif library is None and kind is None:
                yield name, ("", "")


def _component(folder: Path, name: str, entry: tuple[str, str]) -> Component:
    place = folder / name
    library, kind = entry
    if not kind:
        # null is how an optional part is left out; whether the model can do without is for
        # compat.identify to say.
        return Component(name=name, library="", kind="", folder=place)
    if not _is_plain(name):
        bad = damage(
            "component-name-escapes",
            folder / INDEX,
            f"the index names a component {quoted(name)} outside the folder",
            remedy="do not load this model; its index is not what diffusers writes",
            detail=quoted(name),
        )
        return Component(name=name, library=library, kind=kind, folder=folder, findings=(bad,))
    if not place.is_dir():
        return Component(
            name=name, library=library, kind=kind, folder=place,
            findings=(_missing(place, name, kind),),
        )  # fmt: skip
    findings: list[Finding] = []
    config = _config(place, name, findings)
    findings.extend(class_findings(place, library, kind, config))
    weights: tuple[Path, ...] = ()
    if name.startswith("tokenizer"):
        findings.extend(_tokenizer_findings(place, name))
    elif not name.startswith(NO_WEIGHTS):
        weights = _weights(place, name, findings)
    return Component(
        name=name, library=library, kind=kind, folder=place, config=config, weights=weights,
        findings=tuple(findings),
    )  # fmt: skip


def _left_out(
    path: Path, index: Mapping[str, Any], components: Mapping[str, Component]
) -> Iterator[Finding]:
    pipeline = str(index.get("_class_name", ""))
    if not pipeline.startswith(VIDEO_PIPELINES) or "Upsample" in pipeline or "Decode" in pipeline:
        return
    for name in NEVER_OPTIONAL:
        part = components.get(name)
        if part is None or not part.kind:
            how = "does not name it" if part is None else "sets it to null"
            yield damage(
                f"{role_of(name)}-missing",
                path,
                f"{quoted(pipeline)} needs {quoted(name)} and the index {how}",
                remedy=f"download the folder {name} and the model_index.json of this model",
                detail=name,
                component=name,
            )


def _is_plain(name: str) -> bool:
    return bool(name) and not set(name) & set("/\\:\0") and name not in (".", "..")


def _missing(place: Path, name: str, kind: str) -> Finding:
    role = role_of(name)
    return damage(
        f"{role}-missing",
        place,
        f"the index names a component {quoted(name)} ({quoted(kind)}) and its folder is missing",
        remedy=FETCH,
        detail=name,
        component=name,
    )


def role_of(name: str) -> str:
    """The rule-id word for a component's name: text_encoder_2 is a text-encoder."""
    roles = ("text_encoder", "tokenizer", "transformer", "unet", "vae", "scheduler")
    role = next((role for role in roles if name.startswith(role)), "component")
    return role.replace("_", "-")


def _config(place: Path, name: str, findings: list[Finding]) -> Mapping[str, Any]:
    if name.startswith("tokenizer"):
        return {}
    found = next((place / file for file in CONFIGS if (place / file).exists()), None)
    if found is None:
        findings.append(
            damage(
                f"{role_of(name)}-config-missing",
                place,
                f"component {quoted(name)} has no config.json; loaders fall back on defaults of "
                "another model or refuse",
                remedy=FETCH,
                detail=name,
            )
        )
        return {}
    try:
        return read_json_object(found)
    except UnreadableJsonError as error:
        findings.append(
            damage(
                "component-config-unreadable",
                found,
                f"the config of {quoted(name)} cannot be read: {why_unreadable(found, error)}",
                remedy=FETCH,
                detail=name,
            )
        )
        return {}


def _tokenizer_findings(place: Path, name: str) -> Iterator[Finding]:
    if any(all((place / file).is_file() for file in files) for files in TOKENIZER_SETS):
        return
    yield damage(
        "tokenizer-files-missing",
        place,
        f"{quoted(name)} holds no vocabulary, expected tokenizer.json, spiece.model or the like",
        remedy=FETCH,
        detail=name,
    )


def _weights(place: Path, name: str, findings: list[Finding]) -> tuple[Path, ...]:
    chosen = _plain_variant(sorted(place.glob("*.safetensors.index*.json")))
    if chosen is not None:
        return _sharded(place, chosen, findings)
    whole = _plain_variant(sorted(place.glob("*.safetensors")))
    if whole is not None:
        return _unindexed(whole, findings)
    pickles = sorted(file for file in place.iterdir() if file.suffix.lower() in PICKLE_SUFFIXES)
    findings.append(_no_weights(place, name, pickles))
    pickled = _plain_variant(sorted(place.glob("*.bin.index*.json")))
    return _sharded(place, pickled, findings) if pickled is not None else tuple(pickles)


def _sharded(place: Path, index: Path, findings: list[Finding]) -> tuple[Path, ...]:
    findings.extend(shard_findings(index))
    files = [place / shard for shard in sorted(named_shards(index))]
    return tuple(file for file in files if file.is_file())


def _plain_variant(files: list[Path]) -> Path | None:
    # from_pretrained without a variant reads diffusion_pytorch_model.safetensors, not .fp16.; where
    # only a variant is there, that is what will be asked for.
    for stem in WEIGHT_STEMS:
        plain = (
            f"{stem}.safetensors", f"{stem}.safetensors.index.json", f"{stem}.bin.index.json",
        )  # fmt: skip
        found = next((file for file in files if file.name in plain), None)
        if found is not None:
            return found
    return files[0] if files else None


def _unindexed(whole: Path, findings: list[Finding]) -> tuple[Path, ...]:
    """A single weight file, or all shards of which it is one and which no index names."""
    for group in numbered_sets(sorted(whole.parent.glob("*.safetensors"))):
        files = tuple(file for _, file in group.files)
        if whole in files:
            findings.extend(set_findings(group))
            return files
    return (whole,)


def _no_weights(place: Path, name: str, pickles: list[Path]) -> Finding:
    if pickles:
        return damage(
            "weights-only-pickled",
            place,
            f"the weights of {quoted(name)} are only there as pickle ({quoted(pickles[0].name)}), "
            "which can run code when it is loaded",
            remedy="prefer the safetensors files of this model; framegate renders from no other",
            detail=name,
            severity=Severity.INFO,
        )
    return damage(
        f"{role_of(name)}-weights-missing",
        place,
        f"component {quoted(name)} has no weight file, expected a .safetensors or a shard index",
        remedy=FETCH,
        detail=name,
    )


def _no_index(path: Path, why: str) -> Finding:
    if not path.exists():
        return damage(
            "index-missing",
            path,
            "the folder holds components and no model_index.json, so no loader can tell what it is",
            remedy="download model_index.json of this model",
        )
    return damage(
        "index-unreadable",
        path,
        f"model_index.json cannot be read: {why}",
        remedy="download model_index.json of this model",
    )


def _no_class(path: Path) -> Finding:
    return damage(
        "index-without-class",
        path,
        "model_index.json names no _class_name, so no loader can tell which pipeline it is",
        remedy="download model_index.json of this model",
        detail="_class_name",
    )
