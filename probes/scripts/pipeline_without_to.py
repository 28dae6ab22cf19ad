"""Objects that scripts take for a pipeline and try to move."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Level, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault

_FAMILIES = (
    "LTXPipeline", "LTXConditionPipeline", "LTXLatentUpsamplePipeline", "LTX2Pipeline",
    "WanPipeline", "HunyuanVideoPipeline", "AnimateDiffPipeline", "CogVideoXPipeline",
    "MochiPipeline",
)  # fmt: skip
# Packages whose pipelines are plain objects that hold the parts; asked about where installed.
_OTHERS = {
    "ltx_video.pipelines.pipeline_ltx_video": "LTXMultiScalePipeline",
    "ltx_pipelines.distilled": "DistilledPipeline",
    "ltx_pipelines.ti2vid_two_stages": "TI2VidTwoStagesPipeline",
}


@probe(
    "pipeline-without-to",
    family="scripts",
    needs=Needs(modules=("torch", "diffusers"), level=Level.STANDARD),
)
def pipeline_without_to(session: Session) -> Iterator[Finding]:
    """Whatever a script takes for its pipeline can be moved with ``.to``.

    The pipelines of diffusers can. Those that wrap others for several stages (LTXMultiScalePipeline
    of LTX Video and WanGP, the ones of ltx-pipelines) are plain objects, and a model that is loaded
    with ``output_loading_info=True`` comes as a tuple: "object has no attribute 'to'". Move the
    parts: ``for part in vars(pipeline).values(): if hasattr(part, "to"): part.to(device)``. The
    wrapper asked about here is written like LTXMultiScalePipeline around real parts of diffusers,
    and the real classes are asked where their packages are installed.
    """
    import diffusers

    for name in _FAMILIES:
        kind = getattr(diffusers, name, None)
        session.measure(name, "not here" if kind is None else hasattr(kind, "to"))
        if kind is not None and not hasattr(kind, "to"):
            text = f"the pipeline {name} of diffusers has no 'to'"
            yield fault(session, "diffusers-pipeline-without-to", text)
    for name, module in _installed().items():
        session.measure(name, module)
    for what, make in _objects(Path(session.scratch)).items():
        yield from _moved(session, what, make())


def _installed() -> Mapping[str, object]:
    """Per class of another package: whether it has ``to``, or why it cannot be asked."""
    found: dict[str, object] = {}
    for module, name in _OTHERS.items():
        if find_spec(module.partition(".")[0]) is None:
            found[name] = "not installed"
            continue
        kind, refusal = attempt(partial(_class, module, name))
        found[name] = refusal or hasattr(kind, "to")
    return found


def _class(module: str, name: str) -> Any:
    from importlib import import_module

    return getattr(import_module(module), name)


class MultiScalePipeline:
    """Two stages in one object, as LTX Video and WanGP have them: no module, no ``to``."""

    def __init__(self, vae: Any, latent_upsampler: Any) -> None:
        """Hold the parts."""
        self.vae = vae
        self.latent_upsampler = latent_upsampler
        self.downscale_factor = 2 / 3


def _objects(folder: Path) -> Mapping[str, Callable[[], Any]]:
    return {
        "a wrapper of two stages": _wrapper,
        "a model loaded with output_loading_info": partial(_loaded, folder / "model"),
    }


def _wrapper() -> Any:
    from probes.scripts.tiny_autoencoders import AUTOENCODERS, built
    from probes.scripts.upscaler_mixed_dtype import upscalers

    autoencoder = next(built(kind) for kind in AUTOENCODERS if kind.name == "ltx")
    return MultiScalePipeline(autoencoder, upscalers()["LTXLatentUpsamplerModel"])


def _loaded(folder: Path) -> Any:
    from diffusers import AutoencoderKL

    from probes.scripts.tiny_autoencoders import AUTOENCODERS, built

    next(built(kind) for kind in AUTOENCODERS if kind.name == "animatediff").save_pretrained(folder)
    return AutoencoderKL.from_pretrained(folder, output_loading_info=True)


def _moved(session: Session, what: str, held: Any) -> Iterator[Finding]:
    import torch

    refusal = attempt(lambda: held.to(torch.float64))[1]
    session.measure(what, refusal or "moves")
    if refusal:
        yield fault(
            session,
            "pipeline-not-movable",
            f"{what} cannot be moved as a whole: {refusal}",
            severity=Severity.MEDIUM,
            remedy="move its parts: for part in vars(pipeline).values(), those that have 'to'",
        )
    movable = [part for part in _parts(held) if hasattr(part, "to")]
    for part in movable:
        part.to(torch.float64)
    left = [type(p).__name__ for p in movable if next(p.parameters()).dtype is not torch.float64]
    if left or not movable:
        text = f"the parts of {what} do not move either: {', '.join(left) or 'there are none'}"
        yield fault(session, "parts-not-movable", text)


def _parts(held: Any) -> Iterable[Any]:
    return held if isinstance(held, tuple) else vars(held).values()
