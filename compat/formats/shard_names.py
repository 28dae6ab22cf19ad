"""Takes the names of shards apart: stem, number, count, ending, variant."""

import re
from dataclasses import dataclass

_NUMBERED = re.compile(
    r"(?P<stem>.+)-(?P<number>\d{5,6})-of-(?P<count>\d{5,6})(?P<ending>(\.\w+)+)"
)
"""As huggingface_hub, transformers and llama.cpp number them: model-00001-of-00003.safetensors."""

_VARIANT = re.compile(r"\.(fp16|bf16|fp32|fp8|int8|non_ema|ema|pruned)(?=[.-])")
"""Variants as publishers name them; diffusers puts them before the number or before the ending."""


@dataclass(frozen=True, slots=True)
class ShardName:
    """The parts of ``stem-number-of-count.ending``; numbers count from 1."""

    stem: str
    number: int
    count: int
    ending: str


def shard_name(name: str) -> ShardName | None:
    """The parts of a shard's file name; None for any other name."""
    found = _NUMBERED.fullmatch(name)
    if found is None:
        return None
    return ShardName(found["stem"], int(found["number"]), int(found["count"]), found["ending"])


def variant_of(name: str) -> str:
    """The variant in a file name, such as fp16; empty where it has none."""
    found = _VARIANT.search(name)
    return found[1] if found else ""
