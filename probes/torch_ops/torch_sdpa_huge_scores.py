"""Attention with more scores than 32 bits can count."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Level, Needs, Session
from compat.core.probe import probe
from probes.chosen_rows import agrees_in_rows
from probes.numerics import sample

# Their square is just beyond 2^32. Heads of 40, those of AnimateDiff, have no fused kernel, so the
# whole matrix is made: 8.6 GB in a half, and softmax takes it again.
_TOKENS, _HEAD = 65_600, 40


@probe(
    "torch-sdpa-huge-scores",
    family="torch-ops",
    # Processors have not had this, and take minutes for it.
    needs=Needs(
        modules=("torch",),
        devices=("cuda", "mps"),
        memory_mib=24000,
        seconds=300,
        level=Level.LONG,
    ),
)
def torch_sdpa_huge_scores(session: Session) -> Iterator[Finding]:
    """Attention with more than 2^32 scores is right.

    A long video at full size has that many. Where the matrix of scores is made as a whole, on MPS
    before torch 2.13 and for heads without a kernel, positions beyond 2^32 were read wrongly
    (pytorch#179352) or ended the process (pytorch#149261). Take a smaller clip, or slices.
    """
    tokens = [sample(1, 1, _TOKENS, _HEAD, seed=seed) for seed in (1, 2, 3)]
    case = f"attention of {_TOKENS} tokens, beyond 2^32 scores,"
    yield from agrees_in_rows(session, case, tokens, _attend, dtype="float16", axes=(2, 2))


def _attend(query: Any, key: Any, value: Any) -> Any:
    import torch

    return torch.nn.functional.scaled_dot_product_attention(query, key, value)
