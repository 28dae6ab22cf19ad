"""Attention that may not look ahead."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-sdpa-causal",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_sdpa_causal(session: Session) -> Iterator[Finding]:
    """Causal attention sees no token behind its own.

    Text encoders that are language models (Gemma, Llama, Qwen) attend this way. In halves on MPS
    three of four positions saw later tokens (pytorch#195910), which changes what the prompt means
    without an error. Update torch, or run the text encoder in float32.
    """
    tokens = [sample(1, 4, 64, 64, seed=seed) for seed in (1, 2, 3)]
    yield from agrees(session, "causal attention over 64 tokens", tokens, _causal)


def _causal(query: Any, key: Any, value: Any) -> Any:
    import torch

    attend = torch.nn.functional.scaled_dot_product_attention
    return attend(query, key, value, is_causal=True)
