"""What a pipeline is called with: words where it has its text encoders, embeddings where not."""

import inspect
from typing import Any

from runners.engines.pretend.building import ENCODERS
from runners.engines.pretend.messages import PassRequest
from runners.engines.pretend.prompt import NEGATIVE, SENTENCE
from runners.engines.pretend.words import torch_dtype

STEPS = 2
"""Mochi's schedule divides by half the number of steps, and multistep schedulers keep a second
result from the second step on (diffusers 0.42.1)."""

TOKENS = {"LTX": 128, "LTX2": 1024, "Wan": 512, "HunyuanVideo": 256, "AnimateDiff": 77,
          "CogVideoX": 226, "Mochi": 256}  # fmt: skip
"""Text tokens each pipeline pads a prompt to (max_sequence_length of its call, diffusers 0.42.1);
HunyuanVideo cuts its template off, CLIP's window is 77."""

FEW_TOKENS = 16
IMAGE_TOKENS = 257
"""16 x 16 patches and one more of CLIP ViT-H/14 at 224 pixels."""

TINY = {"width": 64, "height": 64, "frames": 9}
"""The smallest clip that every family takes: 2 latent frames and more, sides of 32 pixels twice."""


def arguments(pipeline: Any, request: PassRequest) -> dict[str, Any]:
    """Keyword arguments of the pipeline's call; what it does not take is left out."""
    import torch

    taken = inspect.signature(pipeline.__call__).parameters
    tiny = request.size == "tiny"
    encodes = bool(encoders_of(pipeline))
    wanted: dict[str, Any] = {
        "width": TINY["width"] if tiny else request.width,
        "height": TINY["height"] if tiny else request.height,
        "num_frames": TINY["frames"] if tiny else request.frames,
        "num_inference_steps": STEPS,
        "guidance_scale": 5.0 if request.guided else 1.0,
        "stg_scale": 0.0, "audio_stg_scale": 0.0, "spatio_temporal_guidance_blocks": None,
        "modality_scale": 1.0, "audio_modality_scale": 1.0,
        # A CPU generator gives the same noise on every device, as preflight and render use it.
        "generator": torch.Generator("cpu").manual_seed(0),
        "output_type": "pt",
        **(_prompt(pipeline, tiny=tiny) if encodes else _text(pipeline, request, tiny=tiny)),
    }  # fmt: skip
    _replace_image_encoder(pipeline, request)
    if "image" in taken:
        wanted["image"] = _image(wanted["width"], wanted["height"])
    return {name: value for name, value in wanted.items() if name in taken}


def encoders_of(pipeline: Any) -> tuple[str, ...]:
    """Names of the text encoders that this pipeline has with it."""
    return tuple(name for name in ENCODERS if getattr(pipeline, name, None) is not None)


def _prompt(pipeline: Any, *, tiny: bool) -> dict[str, Any]:
    """Words, for the pipeline's own text encoders; the tiny pass takes a short window."""
    words: dict[str, Any] = {"prompt": SENTENCE, "negative_prompt": NEGATIVE}
    if tiny:
        words["max_sequence_length"] = _fewest(pipeline)
    return words


def _text(pipeline: Any, request: PassRequest, *, tiny: bool) -> dict[str, Any]:
    import torch

    dtype = torch_dtype(request.dtype)
    tokens = _fewest(pipeline) if tiny else _tokens(pipeline)
    width = _text_width(pipeline)
    # LTX-2 hands on all layers of its text encoder: 200 million values that nobody looks at.
    where = "cpu" if tiny else "meta"
    embeds = torch.randn(1, tokens, width, device=where).to(dtype)
    mask = torch.ones(1, tokens, dtype=torch.int64)
    text: dict[str, Any] = {
        "prompt_embeds": embeds, "negative_prompt_embeds": embeds.clone(),
        "prompt_attention_mask": mask, "negative_prompt_attention_mask": mask.clone(),
    }  # fmt: skip
    config = core(pipeline).config
    pooled = getattr(config, "pooled_projection_dim", None)
    if pooled:
        text["pooled_prompt_embeds"] = torch.randn(1, pooled).to(dtype)
        text["negative_pooled_prompt_embeds"] = text["pooled_prompt_embeds"].clone()
    return text


def _replace_image_encoder(pipeline: Any, request: PassRequest) -> None:
    """Wan takes a picture or what CLIP made of it, and needs both."""
    import torch

    width = getattr(core(pipeline).config, "image_dim", None)
    if width and hasattr(pipeline, "encode_image"):
        features = torch.randn(1, IMAGE_TOKENS, width).to(torch_dtype(request.dtype))
        pipeline.encode_image = lambda *_args, **_kwargs: features.to(pipeline.device)


def _tokens(pipeline: Any) -> int:
    name = type(pipeline).__name__
    fitting = [family for family in TOKENS if name.startswith(family)]
    return TOKENS[max(fitting, key=len)] if fitting else 256


def _fewest(pipeline: Any) -> int:
    """Text tokens of the tiny pass: few, where nothing in the config fixes their number."""
    if "LTX2" in type(pipeline).__name__:
        return _registers(pipeline)
    # CogVideoX 2B adds its positions to text and picture at once.
    return int(getattr(core(pipeline).config, "max_text_seq_length", None) or FEW_TOKENS)


def _registers(pipeline: Any) -> int:
    # Learnable registers fill the padding: the length must be a multiple of their number.
    return int(
        getattr(pipeline.connectors.config, "video_connector_num_learnable_registers", 0) or 16
    )


def _text_width(pipeline: Any) -> int:
    connectors = getattr(pipeline, "connectors", None)
    if connectors is not None:
        return int(connectors.config.caption_channels * connectors.config.text_proj_in_factor)
    config = core(pipeline).config
    for key in ("text_dim", "caption_channels", "text_embed_dim", "cross_attention_dim"):
        width = getattr(config, key, None)
        if isinstance(width, int):
            return width
    raise ValueError(f"nothing in the config of {type(core(pipeline)).__name__} says how wide "
                     "its text is")  # fmt: skip


def core(pipeline: Any) -> Any:
    """The network that denoises."""
    return (
        getattr(pipeline, "transformer", None)
        or getattr(pipeline, "unet", None)
        or (pipeline.transformer_2)
    )


def _image(width: int, height: int) -> Any:
    from PIL import Image

    return Image.linear_gradient("L").resize((width, height)).convert("RGB")
