"""diffusers' own detection of single files, on names and shapes alone."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt
from probes.loaders.file_question import SUBJECT, FileQuestion, asked_about, meta_tensors
from probes.loaders.loader_names import DIFFUSERS
from probes.loaders.opinion import UNKNOWN, Opinion, judged, reads_values, refused

FALLBACK = "v1"
_SD1_KEY = "model.diffusion_model.output_blocks.11.0.skip_connection.weight"
"""What diffusers answers to every file it does not know, and a tensor that a file has for which it
is true (CHECKPOINT_KEY_NAMES["v1"] of diffusers 0.42.1; nothing there looks at it)."""

DETECTED = ("diffusion-model", "motion-module", "")
"""Roles that diffusers' detection is made for; it has no words for the others."""

_SILENCE = ", for which its word is 'v1', Stable Diffusion 1.5"


@probe(
    "diffusers-knows-file",
    family="loaders",
    needs=Needs(modules=("torch", "diffusers"), seconds=120, subject=SUBJECT),
)
def diffusers_knows_file(session: Session) -> Iterator[Finding]:
    """diffusers takes this file for the model that framegate takes it for.

    ``from_single_file`` picks the configuration by this detection, so a file it mistakes is loaded
    into another model, or fetches a config that does not fit. diffusers 0.42 calls LTX-2 files
    LTX-Video 0.9.7 and Wan 2.2 5B files Wan 2.1 I2V 14B: pass ``config`` yourself. What it does not
    know it calls Stable Diffusion 1.5; that is never repeated here as an answer.
    """
    import diffusers

    question = asked_about(session)
    if question.role not in DETECTED:
        session.skip(f"diffusers detects no files of the role {question.role}")
    said, words = attempt(partial(_detected, question))
    if words and reads_values(words):
        session.skip(f"diffusers reads weights to detect it ({words[:200]})")
    opinion = _opinion(question, said, diffusers)
    if words:
        yield refused(question, opinion, words)
        return
    yield from judged(session, question, opinion)


def _detected(question: FileQuestion) -> str:
    from diffusers.loaders.single_file_utils import infer_diffusers_model_type

    return str(infer_diffusers_model_type(meta_tensors(question)))


def _opinion(question: FileQuestion, said: str | None, diffusers: Any) -> Opinion:
    from diffusers.loaders import single_file_utils

    known = said if said != FALLBACK or _SD1_KEY in question.tensors else ""
    paths = getattr(single_file_utils, "DIFFUSERS_DEFAULT_PIPELINE_PATHS", {})
    config = paths.get(known, {}).get("pretrained_model_name_or_path", "")
    return Opinion(
        loader="diffusers",
        version=diffusers.__version__,
        said=known or "",
        known=DIFFUSERS,
        details={"config": config} if config else {},
        silence=_SILENCE if question.id != UNKNOWN else "",
    )
