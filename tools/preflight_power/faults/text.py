"""What the prompt says does not reach the denoiser, or reaches it as something else."""

from typing import Any

from tools.preflight_power.faults import parts
from tools.preflight_power.faults.fault import ALL, Fault, Target
from tools.preflight_power.faults.overrides import on_tensor, override

WITH_MASK = ("ltx", "hunyuan-video")
"""Their denoisers are handed the mask of the padding; Wan zeroes padding, the others ignore it."""


WITH_NEGATIVE = ("ltx", "wan", "animatediff", "cogvideox")
"""HunyuanVideo encodes the negative prompt apart, where its guidance is not embedded."""


def encoders(target: Target) -> list[Any]:
    """Every text encoder of the pipeline."""
    found = (getattr(target.pipeline, name, None) for name in ("text_encoder", "text_encoder_2"))
    return [one for one in found if one is not None]


def tokenizers(target: Target) -> list[Any]:
    """Every tokenizer of the pipeline."""
    found = (getattr(target.pipeline, name, None) for name in ("tokenizer", "tokenizer_2"))
    return [one for one in found if one is not None]


def _zeroed(target: Target) -> None:
    for encoder in encoders(target):
        for parameter in encoder.parameters():
            parameter.data.zero_()


def _after_forward(target: Target, change: Any) -> None:
    for encoder in encoders(target):
        original = type(encoder).forward

        def forward(self: Any, *args: Any, _original: Any = original, **kwargs: Any) -> Any:
            return _every_state(_original(self, *args, **kwargs), change)

        override(encoder, forward=forward)


def _every_state(output: Any, change: Any) -> Any:
    """Change the last hidden state, the pooled one and all between: families take different."""
    if isinstance(output, tuple):
        return on_tensor(output, change)
    for name in ("last_hidden_state", "pooler_output"):
        if getattr(output, name, None) is not None:
            output[name] = change(output[name])
    if getattr(output, "hidden_states", None) is not None:
        output["hidden_states"] = tuple(change(one) for one in output.hidden_states)
    return output


def _constant(target: Target) -> None:
    import torch

    _after_forward(target, torch.ones_like)


def _first_token_everywhere(target: Target) -> None:
    def first(x: Any) -> Any:
        return x[:, :1].expand_as(x).clone() if x.ndim == 3 else x

    _after_forward(target, first)


def _noise(target: Target) -> None:
    import torch

    _after_forward(target, torch.randn_like)


def _times(factor: float) -> Any:
    def inject(target: Target) -> None:
        _after_forward(target, lambda x: x * factor)

    return inject


def _overflow(target: Target) -> None:
    import torch

    limit = 65504.0  # the largest float16

    def change(x: Any) -> Any:
        wide = x.float() * 1e6
        clipped = torch.where(wide.abs() > limit, wide * float("inf"), wide)
        return clipped.to(x.dtype)

    _after_forward(target, change)


def _other_words(target: Target) -> None:
    for tokenizer in tokenizers(target):
        original = type(tokenizer).__call__
        size = len(tokenizer)

        def call(
            self: Any, *args: Any, _original: Any = original, _size: int = size, **kwargs: Any
        ) -> Any:
            encoded = _original(self, *args, **kwargs)
            ids = encoded["input_ids"]
            if hasattr(ids, "clone"):
                special = ids < 4
                encoded["input_ids"] = ids.where(special, (ids * 7 + 3) % max(_size - 4, 1) + 4)
            return encoded

        override(tokenizer, __call__=call)


def _shuffled_embeddings(target: Target) -> None:
    import torch

    for encoder in encoders(target):
        table = encoder.get_input_embeddings().weight.data
        order = torch.from_numpy(target.rng.permutation(len(table)))
        table.copy_(table[order].clone())


def _always(text: str) -> Any:
    def inject(target: Target) -> None:
        pipeline = target.pipeline
        original = type(pipeline).encode_prompt

        def encode_prompt(self: Any, prompt: Any, *args: Any, **kwargs: Any) -> Any:
            given = [text] * len(prompt) if isinstance(prompt, list) else text
            return original(self, given, *args, **kwargs)

        override(pipeline, encode_prompt=encode_prompt)

    return inject


def _encode_prompt_by_name(change: Any) -> Any:
    """Let ``change`` edit the keyword arguments of encode_prompt."""

    def inject(target: Target) -> None:
        import inspect

        pipeline = target.pipeline
        original = type(pipeline).encode_prompt
        signature = inspect.signature(original)

        def encode_prompt(self: Any, *args: Any, **kwargs: Any) -> Any:
            bound = signature.bind(self, *args, **kwargs)
            change(bound.arguments)
            return original(*bound.args, **bound.kwargs)

        override(pipeline, encode_prompt=encode_prompt)

    return inject


def _swap(arguments: dict[str, Any]) -> None:
    negative = arguments.get("negative_prompt") or ""
    arguments["prompt"], arguments["negative_prompt"] = negative, arguments["prompt"]


def _cut_to_one(arguments: dict[str, Any]) -> None:
    arguments["prompt"] = str(arguments["prompt"])[:1]


def _mask_ignored(target: Target) -> None:
    denoiser = target.denoiser
    original = type(denoiser).forward

    def forward(self: Any, *args: Any, **kwargs: Any) -> Any:
        mask = kwargs.get("encoder_attention_mask")
        if mask is not None:
            kwargs["encoder_attention_mask"] = mask * 0 + 1
        return original(self, *args, **kwargs)

    override(denoiser, forward=forward)


def _projection_lost(target: Target) -> None:
    names = ("caption_projection", "text_embedder", "context_embedder", "text_proj")
    found = False
    for name, module in target.denoiser.named_modules():
        if name.split(".")[-1] in names:
            found = True
            for parameter in module.parameters():
                parameter.data.zero_()
    if not found:  # the UNet projects in every cross attention
        for name, weight in parts.matrices(target.denoiser):
            if "attn2.to_k" in name or "attn2.to_v" in name:
                weight.zero_()


def _fault(fault_id: str, title: str, inject: Any, families: tuple[str, ...] = ALL) -> Fault:
    return Fault(id=fault_id, stage="text", title=title, inject=inject, families=families)


FAULTS = (
    _fault("text-zeroed", "the text encoder's weights are zero", _zeroed),
    _fault("text-constant", "the text encoder gives ones", _constant),
    _fault("text-first-token", "every token is the first one", _first_token_everywhere),
    _fault("text-noise", "the text encoder gives fresh noise", _noise),
    _fault("text-times-1000", "embeddings a thousand times too large", _times(1000.0)),
    _fault("text-overflow", "embeddings overflow float16", _overflow),
    _fault("wrong-tokenizer", "another model's words", _other_words),
    _fault("shuffled-embeddings", "the embedding table in another order", _shuffled_embeddings),
    _fault("prompt-dropped", "the prompt is always empty", _always("")),
    _fault("prompt-stuck", "the prompt is always an old one", _always("a dog on a lawn")),
    _fault(
        "prompts-swapped",
        "negative and positive exchanged",
        _encode_prompt_by_name(_swap),
        WITH_NEGATIVE,
    ),
    _fault("prompt-cut", "only the first letter arrives", _encode_prompt_by_name(_cut_to_one)),
    _fault("mask-ignored", "padding counts as words", _mask_ignored, WITH_MASK),
    _fault("projection-lost", "the projection of the text is zero", _projection_lost),
)
