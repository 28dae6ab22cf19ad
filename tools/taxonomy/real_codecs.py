"""Real autoencoders from files that a user has."""

from pathlib import Path

from tools.judge_training.autoencoders import autoencoders
from tools.taxonomy.codec import Codec


def real_codecs(folder: Path) -> list[Codec]:
    """Return those that ``tools.judge_training.autoencoders`` finds in a folder."""
    return [
        Codec(
            name=coder.name, encode=coder.encode, decode=coder.decode, mean=coder.mean,
            spread=coder.spread, network=coder.network,
        )
        for coder in autoencoders(folder)
    ]  # fmt: skip
