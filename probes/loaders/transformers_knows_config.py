"""What transformers makes of a text encoder's config.json, held against its weights."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from compat.formats.wording import quoted
from probes.answers import attempt
from probes.loaders.file_question import SUBJECT, Component, asked_about
from probes.loaders.loader_names import TRANSFORMERS
from probes.loaders.opinion import UNKNOWN, Opinion, judged, refused
from probes.loaders.safe_config import UnsafeConfigError, described


@probe(
    "transformers-knows-config",
    family="loaders",
    needs=Needs(modules=("transformers",), seconds=120, subject=SUBJECT),
)
def transformers_knows_config(session: Session) -> Iterator[Finding]:
    """The config beside a text encoder describes the model that its weights are.

    transformers goes by ``model_type`` alone: a UMT5 config beside T5 weights loads, and most of
    the weights are random then. The config is read as data; no code of the model runs. Take config
    and weights from the same model.
    """
    import transformers

    question = asked_about(session)
    part = question.component
    if part is None:
        session.skip("it has no config.json that describes it")
    if question.id == UNKNOWN:
        session.skip("framegate does not know these weights, so there is nothing to compare")
    said, words = attempt(partial(_configured, part))
    opinion = Opinion(
        loader="transformers",
        version=transformers.__version__,
        said=said or str(part.config.get("model_type", "")),
        known=TRANSFORMERS,
        details={"class": part.kind},
    )
    if said is None and words:
        if UnsafeConfigError.__name__ in words:
            session.skip(f"{quoted(words)}")
        yield refused(question, opinion, words)
        return
    yield from judged(session, question, opinion)


def _configured(part: Component) -> str:
    import transformers

    values: dict[str, Any] = described(part.config)
    config = transformers.AutoConfig.for_model(values.pop("model_type", ""), **values)
    return str(config.model_type)
