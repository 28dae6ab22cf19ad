"""ComfyUI-GGUF's list of architectures, held against a file's own word."""

from collections.abc import Iterator
from functools import partial

from compat.core.model import Finding, Needs, Session, Severity
from compat.core.probe import probe
from compat.formats.wording import quoted
from probes.answers import attempt
from probes.loaders.comfyui_folder import comfyui_folder
from probes.loaders.comfyui_gguf import WITHOUT_WORD, architectures, gguf_source
from probes.loaders.file_question import SUBJECT, asked_about
from probes.loaders.loader_names import GGUF_ARCHITECTURES
from probes.loaders.opinion import Opinion, finding, judged

ARCHITECTURE = "general.architecture"


@probe(
    "comfyui-gguf-knows-file",
    family="loaders",
    needs=Needs(seconds=60, subject=SUBJECT),
)
def comfyui_gguf_knows_file(session: Session) -> Iterator[Finding]:
    """The ComfyUI-GGUF in this ComfyUI takes the architecture that this GGUF file names.

    Its loader goes by the word in ``general.architecture`` and refuses every other; a fine file for
    stable-diffusion.cpp or llama.cpp is none for ComfyUI then. Update ComfyUI-GGUF, or take a file
    whose publisher made it for ComfyUI.
    """
    question = asked_about(session)
    folder = comfyui_folder(session, question)
    if question.format != "gguf":
        session.skip("it is no gguf file")
    source = gguf_source(folder)
    if source is None:
        session.skip(f"the ComfyUI in {folder} has no ComfyUI-GGUF")
    lists, words = attempt(partial(architectures, source))
    word = question.metadata.get(ARCHITECTURE, "")
    if lists is None or word in WITHOUT_WORD:
        session.skip(f"{words or 'the file names no architecture'}")
    opinion = Opinion(
        loader="ComfyUI-GGUF", version=f"in {source.parent.name}", said=word,
        known=GGUF_ARCHITECTURES,
    )  # fmt: skip
    if not any(word in taken for taken in lists.values()):
        yield finding(
            question,
            "gguf-architecture-refused",
            Severity.MEDIUM,
            f"ComfyUI-GGUF takes no architecture {quoted(word)}, which this file names",
            remedy="update ComfyUI-GGUF, or take a file that was made for it",
            detail=ARCHITECTURE,
            taken=sorted(set().union(*lists.values())),
        )
        return
    yield from judged(session, question, opinion)
