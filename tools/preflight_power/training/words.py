"""Text encoders for the trained pipelines: whole words of the embedded model's world."""

from itertools import pairwise
from typing import Any

from runners.embedded import embedded_model
from runners.embedded.prompts import COLOURS, DIRECTIONS, SHAPES
from tools.preflight_power.builds.text import letters

WORDS = (*COLOURS, *SHAPES, *DIRECTIONS, "moving", "standing", "on", "background", "a", "the")


def trained_t5() -> tuple[Any, Any]:
    """The embedded model's tokenizer and text encoder, which know this world's words."""
    from transformers import AutoTokenizer, T5EncoderModel

    folder = embedded_model()
    tokenizer = AutoTokenizer.from_pretrained(folder / "tokenizer", local_files_only=True)
    encoder = T5EncoderModel.from_pretrained(folder / "text_encoder", local_files_only=True)
    return tokenizer, encoder.float().eval()


def word_clip(width: int) -> tuple[Any, Any]:
    """A CLIP tokenizer in which each word of the world is one token, and an untrained encoder.

    Every merge takes in the end of its word, so that no word can be cut by another one's merges.
    """
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    base = letters().LETTERS
    merges: list[tuple[str, str]] = []
    for word in WORDS:
        tails = [f"{word[start:]}</w>" for start in range(len(word) - 1, -1, -1)]
        merges += [(longer[0], shorter) for shorter, longer in pairwise(tails)]
    merges = list(dict.fromkeys(merges))
    tokens = ["<|startoftext|>", "<|endoftext|>", *base, *(f"{one}</w>" for one in base)]
    tokens += [token for first, second in merges if (token := first + second) not in tokens]
    tokenizer = CLIPTokenizer(
        vocab={token: number for number, token in enumerate(dict.fromkeys(tokens))},
        merges=merges, model_max_length=77,
    )  # fmt: skip
    config = CLIPTextConfig(
        hidden_size=width, intermediate_size=2 * width, num_attention_heads=4, num_hidden_layers=2,
        projection_dim=width, vocab_size=len(tokenizer), bos_token_id=0, eos_token_id=1,
    )  # fmt: skip
    return tokenizer, CLIPTextModel(config)
