"""What the text encoders gave and what of it reached the denoiser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runners.engines.capture import Call, tensors
from runners.engines.evidence import TextStatistics
from runners.engines.statistics import on_cpu, spread


def texts_of(calls: dict[str, Call]) -> dict[str, tuple[Any, Any]]:
    """Per part the embedding [tokens, width] of the first prompt and its mask, or None.

    A text encoder's is what it gave; a denoiser's is the text it was handed.
    """
    found = {}
    for name, call in calls.items():
        if name.startswith("text_encoder"):
            values, mask = tensors(call.result), call.argument("attention_mask")
            value: Any = values[0] if values else None
        else:
            value = call.argument("encoder_hidden_states")
            mask = call.argument("encoder_attention_mask")
        if value is not None and value.ndim == 3:
            # Guidance puts the negative prompt first, the prompt last.
            own_mask = None if mask is None or mask.ndim != 2 else mask[-1]
            found[name] = (on_cpu(value[-1]), own_mask)
    return found


def text_statistics(calls: dict[str, Call]) -> Iterator[TextStatistics]:
    """Numbers of every embedding, over the tokens that its mask lets through."""
    import torch

    for name, (whole, mask) in texts_of(calls).items():
        masked = mask is not None and mask.shape[0] == whole.shape[0]
        value = whole[mask.to("cpu") != 0] if masked else whole
        total = spread(value)
        per_feature = value.std(dim=0, correction=0).square().mean().sqrt() if len(value) else 0.0
        yield TextStatistics(
            part=name,
            shape=tuple(int(n) for n in value.shape),
            tokens=len(value),
            std=total,
            non_finite=int((~torch.isfinite(value)).sum()),
            token_spread=float(per_feature) / total if total > 0 and len(value) > 1 else None,
        )


def save_texts(calls: dict[str, Call], path: str) -> None:
    """Write the embeddings as safetensors, one tensor per part."""
    from safetensors.torch import save_file

    found = {name: value.contiguous() for name, (value, _) in texts_of(calls).items()}
    if found:
        save_file(found, Path(path))
