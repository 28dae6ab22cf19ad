"""A text encoder's names and shapes in the transformers class that will load it."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from compat.formats.wording import quoted
from probes.answers import attempt
from probes.loaders.file_question import (
    SUBJECT,
    Component,
    FileQuestion,
    asked_about,
    meta_tensors,
)
from probes.loaders.opinion import reads_values
from probes.loaders.published_configs import Published, published
from probes.loaders.safe_config import UnsafeConfigError, described, packed_by
from probes.loaders.state_comparison import Comparison, differences
from probes.loaders.told import tell

_FOREIGN = "its names are not transformers' (GGUF and ComfyUI name some otherwise)"


@probe(
    "transformers-dry-load",
    family="loaders",
    needs=Needs(modules=("torch", "transformers"), seconds=120, subject=SUBJECT),
)
def transformers_dry_load(session: Session) -> Iterator[Finding]:
    """Every tensor that the transformers class needs is in this text encoder, in the right shape.

    transformers fills what is missing with random numbers and a line in its log: prompts then mean
    nothing. Its own loading runs here on the meta device, so that tied weights, renamed keys and
    keys it ignores are treated as it treats them; no weights are read, and no code of the model
    runs. Download again, or take file and config from the same model.
    """
    import transformers

    question = asked_about(session)
    part = question.component
    if how := packed_by(part.config if part else {}, question.tensors):
        session.skip(f"its weights are packed by {quoted(how)}, so shapes differ from the class's")
    library = f"transformers {transformers.__version__}"
    tried = [
        attempt(partial(_loaded, question, kind, entry.config, f"{entry.kind} of {library}"))
        for entry, kind in _candidates(session, question, library)
    ]
    fits = [comparison for comparison, _ in tried if comparison is not None]
    if not fits:
        words = tried[0][1]
        why = "it reads weights" if reads_values(words) else words[:300]
        session.skip(f"{library} does not dry load it: {why}")
    best = min(fits, key=lambda comparison: comparison.differences)
    if len(best.missing) * 2 > best.needed and question.component is None:
        session.skip(_FOREIGN)
    tell(session, best, loader="transformers", version=transformers.__version__)
    yield from differences(question, best)


def _candidates(
    session: Session, question: FileQuestion, library: str
) -> list[tuple[Published, Any]]:
    """Classes and configs to try: the component's own, else those published for the file's id."""
    part = question.component
    entries = [_own(session, part)] if part else list(published(question.mine, "transformers"))
    if not entries:
        session.skip(
            "no configuration is known here for "
            + (question.mine[0] if question.mine else "an unknown model")
        )
    found = [(entry, kind) for entry in entries if (kind := _class(entry.kind)) is not None]
    if not found:
        session.skip(f"{library} has no model class {quoted(entries[0].kind)}")
    return found


def _own(session: Session, part: Component) -> Published:
    try:
        return Published(ids=(), kind=part.kind, config=described(part.config), inside=())
    except UnsafeConfigError as error:
        session.skip(str(error))


def _class(kind: str) -> Any:
    import transformers

    found = getattr(transformers, kind, None)
    if isinstance(found, type) and issubclass(found, transformers.PreTrainedModel):
        return found
    return None


def _loaded(
    question: FileQuestion, kind: Any, config: Mapping[str, Any], loader: str
) -> Comparison:
    import transformers

    values = dict(config)
    made = transformers.AutoConfig.for_model(values.pop("model_type"), **values)
    made = made if isinstance(made, kind.config_class) else _inner(made, kind)
    model, report = kind.from_pretrained(
        None,
        config=made,
        state_dict=meta_tensors(question),
        device_map="meta",
        ignore_mismatched_sizes=True,
        output_loading_info=True,
    )
    return Comparison(
        loader=loader,
        needed=len(model.state_dict()),
        missing=tuple(sorted(report["missing_keys"])),
        unexpected=tuple(sorted(report["unexpected_keys"])),
        mismatched=tuple(
            sorted((name, tuple(found), tuple(needed)) for name, found, needed in
                   report["mismatched_keys"])
        ),
    )  # fmt: skip


def _inner(config: Any, kind: Any) -> Any:
    """The part of a joint configuration that belongs to the class (CLIP's text half)."""
    for value in vars(config).values():
        if isinstance(value, kind.config_class):
            return value
    return config
