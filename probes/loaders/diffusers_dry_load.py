"""A file's names and shapes in the diffusers class that will load it, without its weights."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from compat.core.model import Finding, Needs, Session, Severity
from compat.core.probe import probe
from compat.formats.wording import quoted
from probes.answers import attempt
from probes.loaders.diffusers_classes import (
    as_in_folder,
    as_single_file,
    blueprint,
    diffusers_class,
)
from probes.loaders.file_question import SUBJECT, Component, FileQuestion, asked_about
from probes.loaders.opinion import finding, reads_values
from probes.loaders.published_configs import Published, published
from probes.loaders.safe_config import UnsafeConfigError, described, packed_by
from probes.loaders.state_comparison import Comparison, differences
from probes.loaders.told import tell


@probe(
    "diffusers-dry-load",
    family="loaders",
    needs=Needs(modules=("torch", "diffusers"), seconds=120, subject=SUBJECT),
)
def diffusers_dry_load(session: Session) -> Iterator[Finding]:
    """Every tensor that the diffusers class needs is in this file, in the right shape.

    diffusers fills what is missing with nothing and drops what it does not know, mostly without a
    word; a render then gives noise hours later. The class is made on the meta device and only names
    and shapes are compared: seconds, no weights. Download again, or take file and config from the
    same model.
    """
    import diffusers

    question = asked_about(session)
    loader = f"diffusers {diffusers.__version__}"
    part = question.component
    if how := packed_by(part.config if part else {}, question.tensors):
        session.skip(f"its weights are packed by {quoted(how)}, so shapes differ from the class's")
    trial = _trial(session, question, part, loader) if part else _file(session, question, loader)
    if isinstance(trial, Finding):
        yield trial
        return
    tell(session, trial, loader="diffusers", version=diffusers.__version__)
    yield from differences(question, trial)


def _trial(
    session: Session, question: FileQuestion, part: Component, loader: str
) -> Comparison | Finding:
    """A component of a folder: its config says what it is."""
    kind = diffusers_class(part.library, part.kind)
    if kind is None:
        session.skip(f"{loader} has no model class {quoted(part.kind)}")
    try:
        config = described(part.config)
    except UnsafeConfigError as error:
        session.skip(f"{error}")
    made, words = attempt(partial(blueprint, kind, config))
    if made is None:
        return _refused(question, f"{part.kind} of {loader}", words)
    return as_in_folder(question, made, loader)


def _file(session: Session, question: FileQuestion, loader: str) -> Comparison | Finding:
    """A file by itself: the best fitting of the configurations published for its id."""
    entries = list(published(question.mine, "diffusers"))
    if not entries:
        session.skip(
            "no configuration is known here for "
            + (question.mine[0] if question.mine else "an unknown model")
        )
    tried = [attempt(partial(_tried, question, entry, loader)) for entry in entries]
    fits = [comparison for comparison, words in tried if not words and comparison is not None]
    if fits:
        return min(fits, key=lambda comparison: comparison.differences)
    words = next((words for _, words in tried if words), "")
    if not words:
        session.skip(f"the file's names are in no layout {loader} converts")
    if reads_values(words):
        session.skip(f"{loader} reads weights to convert it ({words[:200]})")
    return _stopped(question, f"{entries[0].kind} of {loader}", words)


def _tried(question: FileQuestion, entry: Published, loader: str) -> Comparison | None:
    kind: Any = diffusers_class("diffusers", entry.kind)
    if kind is None:
        return None
    return as_single_file(question, entry, blueprint(kind, entry.config), loader)


def _refused(question: FileQuestion, loader: str, words: str) -> Finding:
    return finding(
        question,
        "dry-load-config-refused",
        Severity.MEDIUM,
        f"{loader} cannot be made from the config beside the weights: {quoted(words)}",
        remedy="take the config.json of this model, or a loader as new as the config asks for",
        detail="config.json",
    )


def _stopped(question: FileQuestion, loader: str, words: str) -> Finding:
    lacks = words.removeprefix("KeyError: ") if words.startswith("KeyError") else ""
    rule = "dry-load-missing-keys" if lacks else "dry-load-conversion-fails"
    why = f"it looks for {lacks[:120]}, which the file lacks" if lacks else quoted(words)
    return finding(
        question,
        rule,
        Severity.HIGH,
        f"the conversion for {loader} stops: {why}",
        remedy="download the file again; if it stays so, it is not the whole model",
        detail=quoted(lacks.strip("'\"")) if lacks else "",
    )
