"""Attention whose first keys, or all of them, are masked."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-sdpa-empty-rows",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_sdpa_empty_rows(session: Session) -> Iterator[Finding]:
    """Attention of a query that sees no key is zero, and of one that sees late keys is right.

    Prompts that are padded on the left (Gemma in LTX-2) mask the first keys, and the rows of the
    padding see nothing at all. torch defines those as zero since 2.5 (pytorch#131060); on MPS they
    were NaN (pytorch#156707), which spreads through the whole text. Update torch.
    """
    tokens = [sample(2, 2, 96, 64, seed=seed) for seed in (1, 2, 3)]
    yield from agrees(session, "attention with the first keys masked", tokens, _late_keys)
    yield from agrees(session, "attention with rows that see no key", tokens, _empty_rows)


def _late_keys(query: Any, key: Any, value: Any) -> Any:
    import torch

    mask = query.new_zeros(2, 1, 1, 96)
    mask[0, ..., :70] = float("-inf")
    return torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)


def _empty_rows(query: Any, key: Any, value: Any) -> Any:
    import torch

    attend = torch.nn.functional.scaled_dot_product_attention
    seen = torch.ones(2, 1, 96, 96, dtype=torch.bool, device=query.device).tril()
    seen[1, ..., :40] = False
    result = attend(query, key, value, attn_mask=seen)
    # What torch itself left undefined before 2.5 is asked of no device.
    return result[:, :, 40:] if _undefined(torch.__version__) else result


def _undefined(version: str) -> bool:
    major, minor = (int(part) for part in version.split(".")[:2])
    return (major, minor) < (2, 5)
