"""The user's own ComfyUI, asked what it takes a file for."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt
from probes.loaders.comfyui_detection import detected
from probes.loaders.comfyui_folder import ComfyUI, at_hand, comfyui_folder
from probes.loaders.comfyui_gguf import reads_gguf
from probes.loaders.file_question import SUBJECT, FileQuestion, asked_about, meta_tensors
from probes.loaders.loader_names import COMFYUI, COMFYUI_ENCODERS, COMFYUI_VAES, LoaderName
from probes.loaders.opinion import Opinion, judged, reads_values, refused

NOT_DETECTED = ("lora", "upscaler", "control", "motion-module", "image-encoder", "text-projection",
                "audio-vae", "vocoder")  # fmt: skip
"""Roles whose files a ComfyUI node is told what to do with; nothing there detects them."""

Answer = tuple[str, Mapping[str, object], Mapping[str, tuple[LoaderName, ...]]]
"""ComfyUI's word, values of its configuration, and the mapping its word belongs to."""


@probe(
    "comfyui-knows-file",
    family="loaders",
    needs=Needs(modules=("torch",), seconds=180, subject=SUBJECT),
)
def comfyui_knows_file(session: Session) -> Iterator[Finding]:
    """The user's own ComfyUI takes this file for the model that framegate takes it for.

    An older ComfyUI takes a newer model for its predecessor (0.3.64 takes LTX-2 for LTXV) and fails
    in the middle of loading, or renders noise: update ComfyUI. Its detection runs here as
    CheckpointLoaderSimple, UNETLoader, CLIPLoader and VAELoader run it, on names and shapes alone.
    """
    question = asked_about(session)
    folder = comfyui_folder(session, question)
    if question.role in NOT_DETECTED:
        session.skip(f"ComfyUI detects no files of the role {question.role}: its node is told")
    if question.format == "gguf" and not reads_gguf(folder):
        session.skip(f"the ComfyUI in {folder} reads no gguf: it has no ComfyUI-GGUF")
    with at_hand(folder) as comfyui:
        found, words = attempt(partial(_first_answer, comfyui, question))
        if words and reads_values(words):
            session.skip(f"ComfyUI reads weights to detect it ({words[:200]})")
        said, details, known = found or ("", {}, COMFYUI)
        opinion = Opinion(
            loader="ComfyUI", version=comfyui.version, said=said, known=known, details=details
        )
        if words:
            yield refused(question, opinion, words)
            return
        yield from judged(session, question, opinion)


def _first_answer(comfyui: ComfyUI, question: FileQuestion) -> Answer | None:
    for ask in _asked(question.role):
        if (answer := ask(comfyui, question)) is not None:
            return answer
    return None


def _asked(role: str) -> tuple[Callable[[ComfyUI, FileQuestion], Answer | None], ...]:
    if role == "text-encoder":
        return (_encoder,)
    if role == "vae":
        return (_vae,)
    if role == "diffusion-model":
        return (_denoiser,)
    return (_denoiser, _encoder, _vae)


def _denoiser(comfyui: ComfyUI, question: FileQuestion) -> Answer | None:
    found = detected(comfyui, question)
    if found is None:
        return None
    config = found[0]
    return type(config).__name__, dict(config.unet_config), COMFYUI


def _encoder(comfyui: ComfyUI, question: FileQuestion) -> Answer | None:
    detect = getattr(comfyui.sd, "detect_te_model", None)
    found = detect(meta_tensors(question)) if detect is not None else None
    return None if found is None else (str(found.name), {}, COMFYUI_ENCODERS)


def _vae(comfyui: ComfyUI, question: FileQuestion) -> Answer | None:
    import torch

    if comfyui.sd is None:
        return None
    with torch.device("meta"):
        vae = comfyui.sd.VAE(sd=meta_tensors(question), metadata=dict(question.metadata) or None)
    model = vae.first_stage_model
    if model is None:
        return None
    kind = f"{type(model).__module__}.{type(model).__name__}".removeprefix("comfy.")
    details = {"latent_channels": vae.latent_channels, "latent_dim": vae.latent_dim}
    return kind, details, COMFYUI_VAES
