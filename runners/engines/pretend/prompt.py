"""A tokenizer without a vocabulary: as many tokens as the pipeline asks for, all of them words."""

from typing import Any

SENTENCE = "a red fox walks through fresh snow at dawn"
NEGATIVE = "blurry"

CLIP_WINDOW = 77
"""Tokens of CLIP's text encoder, and the only length it takes (max_position_embeddings)."""

FREE_WINDOW = 512
"""Stands for tokenizers that set no length of their own: the pipeline names it in each call."""

UNCUT = 8
"""Tokens of a prompt that nobody pads; pipelines only look whether it is longer than the window."""

FIRST = 5
"""The first number of a word: the ones below are special tokens in every vocabulary looked at."""


class Answer(dict[str, Any]):
    """What a tokenizer returns: a mapping whose keys are attributes as well."""

    def __getattr__(self, name: str) -> Any:
        """The entry of that name."""
        try:
            return self[name]
        except KeyError as exc:
            raise AttributeError(name) from exc


class Tokenizer:
    """Stands in for a tokenizer's files, which a prediction does not read.

    A prompt fills its window to the last token, as the longest prompt does: what a device has to
    hold is decided by the window and not by the words.
    """

    model_max_length: int
    padding_side = "right"
    pad_token = eos_token = "<pad>"  # noqa: S105 - a token of text
    pad_token_id = eos_token_id = 1

    def __init__(self, window: int) -> None:
        """Pad to ``window`` tokens where a call does not say how long."""
        self.model_max_length = window
        self.added_tokens_encoder: dict[str, int] = {}

    def __call__(self, text: Any, *_args: Any, **wanted: Any) -> Answer:
        """Token numbers and a mask of ones, [prompts, tokens]."""
        import torch

        rows = len(text) if isinstance(text, list | tuple) else 1
        length = self._length(wanted)
        numbers = torch.arange(FIRST, FIRST + length).remainder(FIRST * 10) + FIRST
        return Answer(
            input_ids=numbers.expand(rows, length).clone(),
            attention_mask=torch.ones(rows, length, dtype=torch.int64),
        )

    def _length(self, wanted: dict[str, Any]) -> int:
        if wanted.get("padding") != "max_length":
            return UNCUT
        return int(wanted.get("max_length") or self.model_max_length)

    def tokenize(self, text: str, **_: Any) -> list[str]:
        """Words: a pipeline looks for names of learned ones among them."""
        return text.split()

    def batch_decode(self, rows: Any, **_: Any) -> list[str]:
        """Text for a warning."""
        return [""] * len(rows)


def tokenizer_for(encoder: Any) -> Tokenizer:
    """The tokenizer that stands in beside this text encoder."""
    positions = getattr(encoder.config, "max_position_embeddings", None)
    return Tokenizer(CLIP_WINDOW if positions == CLIP_WINDOW else FREE_WINDOW)
