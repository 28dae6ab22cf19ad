"""Makes a pipeline from configs alone: tiny with random weights, or whole on meta without any."""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from typing import Any

from runners.engines.pretend.messages import Part, PassRequest
from runners.engines.pretend.prompt import tokenizer_for
from runners.engines.pretend.shrink import shrunk
from runners.engines.pretend.shrink_text import shrunk_text
from runners.engines.pretend.words import torch_dtype

ENCODERS = ("text_encoder", "text_encoder_2", "text_encoder_3")
TEXT = (*ENCODERS, "prompt_enhancer", "image_encoder",
        "tokenizer", "tokenizer_2", "tokenizer_3", "processor", "feature_extractor",
        "safety_checker", "image_processor", "duration_head")  # fmt: skip
"""Components that stay away, text encoders where they cannot be made: the pipeline is handed what
they would have made of the prompt."""


MOST_TINY_WEIGHTS = 200_000_000
"""Weights a shrunk component may still have: the largest known has 53 million (LTX-2's audio
autoencoder). A config that names absurd widths would take the machine's memory instead."""


class MissingClassError(LookupError):
    """This interpreter's diffusers has no class of that name."""


class NotTinyError(ValueError):
    """A component stays large however it is shrunk, so that its config is no published one's."""


def build(request: PassRequest) -> Any:
    """The pipeline with weights of the wanted dtype; raises what a class raises on its config."""
    import torch

    kind = _class("diffusers", request.recipe.pipeline, "DiffusionPipeline")
    parts = {
        name: None if _stays_away(name, part) else component(part, request)
        for name, part in request.recipe.parts.items()
    }
    if request.encodes:
        parts |= dict(_text(request))
    taken = _parameters(kind)
    absent = {name: None for name in TEXT if name in taken and name not in parts}
    options = {k: v for k, v in request.recipe.options.items() if k in taken}
    named = {name: part for name, part in parts.items() if name in taken}
    # Some pipelines make a network of two others, which needs no memory either.
    with torch.device("meta") if request.size == "real" else nullcontext():
        pipeline = kind(**named, **absent, **options)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def component(part: Part, request: PassRequest) -> Any:
    """One model or scheduler from its config."""
    import torch

    kind = _class(part.library, part.kind, "ModelMixin", "SchedulerMixin")
    config = dict(part.config)
    if not issubclass(kind, torch.nn.Module):
        return kind.from_config(config)
    if request.size == "tiny":
        small = shrunk(part.kind, defaults(kind) | config)
        _refuse_giants(kind, small)
        model = kind.from_config(small)
        _fill(model)
    else:
        with torch.device("meta"):
            model = kind.from_config(config)
    _convert(model, torch_dtype(request.dtype))
    return model.eval().requires_grad_(requires_grad=False)


def text_encoders(request: PassRequest) -> tuple[str, ...]:
    """Names of the text encoders that a recipe describes well enough to be made."""
    parts = request.recipe.parts
    return tuple(
        name
        for name in ENCODERS
        if name in parts and parts[name].library == "transformers" and parts[name].config
    )


def _text(request: PassRequest) -> Iterator[tuple[str, Any]]:
    """Every text encoder, and beside it a tokenizer that needs no files."""
    for name in text_encoders(request):
        encoder = text_encoder(request.recipe.parts[name], request)
        yield name, encoder
        yield name.replace("text_encoder", "tokenizer"), tokenizer_for(encoder)


def text_encoder(part: Part, request: PassRequest) -> Any:
    """A text encoder of transformers from its config."""
    import torch
    import transformers

    kind: Any = getattr(transformers, part.kind, None)
    if not _is_a(kind, "PreTrainedModel"):
        raise MissingClassError(f"transformers {transformers.__version__} has no class {part.kind}")
    config = kind.config_class.from_dict(dict(part.config))
    if request.size == "tiny":
        config = kind.config_class.from_dict(shrunk_text(config.to_dict()))
    with torch.device("meta"):
        model = kind(config)
    if request.size == "tiny":
        _refuse_more_than_tiny(model)
        model = kind(config)
        _fill(model)
    _convert(model, torch_dtype(request.dtype))
    return model.eval().requires_grad_(requires_grad=False)


def defaults(kind: Any) -> dict[str, Any]:
    """The defaults of a config class, which a config.json need not repeat."""
    empty = _parameters(kind)
    return {name: p.default for name, p in empty.items() if p.default is not p.empty}


def _stays_away(name: str, part: Part) -> bool:
    return name in TEXT or part.library == "transformers"


def _refuse_giants(kind: Any, config: dict[str, Any]) -> None:
    import torch

    with torch.device("meta"):
        _refuse_more_than_tiny(kind.from_config(config))


def _refuse_more_than_tiny(model: Any) -> None:
    weights = sum(weight.numel() for weight in model.parameters())
    if weights > MOST_TINY_WEIGHTS:
        raise NotTinyError(f"{type(model).__name__} has {weights} weights even when it is shrunk")


def _class(library: str, name: str, *bases: str) -> Any:
    """The class of that name, if it is of the kind that a folder may name here."""
    import diffusers

    home = diffusers
    if library not in ("", "diffusers"):
        home = getattr(diffusers.pipelines, library, None)
    found = getattr(home, name, None) if home is not None else None
    if not _is_a(found, *bases):
        raise MissingClassError(f"diffusers {diffusers.__version__} has no class {name}")
    return found


def _is_a(found: Any, *bases: str) -> bool:
    parents = found.__mro__ if isinstance(found, type) else ()
    return any(parent.__name__ in bases for parent in parents)


def _parameters(kind: Any) -> Mapping[str, Any]:
    import inspect

    found = dict(inspect.signature(kind.__init__).parameters)
    found.pop("self", None)
    return found


def _fill(model: Any) -> None:
    """Give every weight a small random value: some classes start with memory as it was found."""
    import torch

    for weight in _weights(model):
        if weight.is_floating_point():
            torch.nn.init.normal_(weight, std=0.02)


def _weights(model: Any) -> Iterator[Any]:
    yield from model.parameters()


def _convert(model: Any, dtype: Any) -> None:
    """Convert as ``from_pretrained`` does: what a class wants kept in float32 stays so."""
    import torch

    kept = tuple(getattr(model, "_keep_in_fp32_modules", None) or ())
    if _is_a(type(model), "PreTrainedModel") and dtype is not torch.float16:
        # transformers keeps these for float16 alone (modeling_utils.py of 5.24).
        kept = ()
    if not kept or dtype is torch.float32:
        model.to(dtype)
        return
    for name, weight in model.named_parameters():
        if weight.is_floating_point():
            keeps = any(word in name.split(".") for word in kept)
            weight.data = weight.data.to(torch.float32 if keeps else dtype)
