"""A file's names and shapes in the model that the user's own ComfyUI builds for it."""

from collections.abc import Iterator
from functools import partial

from compat.core.model import Finding, Needs, Session, Severity
from compat.core.probe import probe
from compat.formats.wording import quoted
from probes.answers import attempt
from probes.loaders.comfyui_detection import detected
from probes.loaders.comfyui_folder import ComfyUI, at_hand, comfyui_folder
from probes.loaders.comfyui_gguf import reads_gguf
from probes.loaders.file_question import SUBJECT, FileQuestion, asked_about
from probes.loaders.opinion import finding, reads_values
from probes.loaders.safe_config import packed_by
from probes.loaders.state_comparison import COMPANIONS, Comparison, compared, differences
from probes.loaders.told import tell

ROLES = ("diffusion-model", "")


@probe(
    "comfyui-dry-load",
    family="loaders",
    needs=Needs(modules=("torch",), seconds=180, subject=SUBJECT),
)
def comfyui_dry_load(session: Session) -> Iterator[Finding]:
    """Every tensor of the model that the user's ComfyUI builds is in this file, in its shape.

    ComfyUI leaves what is missing as the memory it finds, logs a line, and renders noise. Where the
    model it builds is another than the file's (LTX-2.3 in a ComfyUI that knows LTX-2 only), update
    ComfyUI; else download again. The model is made on the meta device; no weights are read.
    """
    question = asked_about(session)
    folder = comfyui_folder(session, question)
    if question.role not in ROLES:
        session.skip(f"only diffusion models are built here, this is a {question.role}")
    if question.format == "gguf" and not reads_gguf(folder):
        session.skip(f"the ComfyUI in {folder} reads no gguf: it has no ComfyUI-GGUF")
    if how := packed_by({}, question.tensors):
        session.skip(f"its weights are packed by {how}, so shapes differ from the model's")
    with at_hand(folder) as comfyui:
        comparison, words = attempt(partial(_built, comfyui, question))
        if words:
            why = "it reads weights to build it" if reads_values(words) else quoted(words)
            session.skip(f"ComfyUI {comfyui.version} does not build it here: {why}")
        if comparison is None:
            session.skip(f"ComfyUI {comfyui.version} does not know it, so it builds no model")
        tell(session, comparison, loader="ComfyUI", version=comfyui.version)
        if _is_another(comparison):
            yield _another(question, comparison)
        else:
            yield from differences(question, comparison)


def _built(comfyui: ComfyUI, question: FileQuestion) -> Comparison | None:
    import torch

    found = detected(comfyui, question)
    if found is None:
        return None
    config, tensors = found
    config.set_inference_dtype(torch.bfloat16, None)
    with torch.device("meta"):
        model = config.get_model(dict(tensors), "", device="meta").diffusion_model
    given = config.process_unet_state_dict(dict(tensors))
    needed = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    return compared(
        f"{type(config).__name__} of ComfyUI {comfyui.version}",
        needed,
        [name for name, _ in model.named_buffers()],
        # Its operations take scales by themselves, whether or not the model has places for them.
        {n: tuple(t.shape) for n, t in given.items() if n in needed or not COMPANIONS.search(n)},
    )


def _is_another(comparison: Comparison) -> bool:
    """A damaged file lacks tensors; one in the wrong model brings as many that have no place."""
    strange = len(comparison.unexpected) + len(comparison.mismatched)
    return (
        bool(comparison.missing or comparison.mismatched)
        and bool(comparison.unexpected)
        and (strange >= len(comparison.missing))
    )


def _another(question: FileQuestion, comparison: Comparison) -> Finding:
    return finding(
        question,
        "dry-load-other-model",
        Severity.MEDIUM,
        f"{comparison.loader} is not the model of this file: it lacks {len(comparison.missing)} of "
        f"its {comparison.needed} tensors, has {len(comparison.unexpected)} it does not know and "
        f"{len(comparison.mismatched)} of another shape",
        remedy="update ComfyUI; if it is the newest, the file is not what it is named",
        missing=[quoted(name) for name in comparison.missing[:50]],
        unexpected=[quoted(name) for name in comparison.unexpected[:50]],
        mismatched=[quoted(name) for name, _, _ in comparison.mismatched[:50]],
    )
