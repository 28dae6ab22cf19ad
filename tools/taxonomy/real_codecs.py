"""Real autoencoders from files that a user has."""

from pathlib import Path

import numpy as np

from tools.judge_training.autoencoders import autoencoders
from tools.taxonomy.codec import Codec


def real_codecs(folder: Path) -> list[Codec]:
    """Return those that ``tools.judge_training.autoencoders`` finds in a folder."""
    one = np.ones((1, 1, 1, 1), np.float32)
    return [
        Codec(name=coder.name, encode=coder.encode, decode=coder.decode, mean=0 * one, spread=one)
        for coder in autoencoders(folder)
    ]
