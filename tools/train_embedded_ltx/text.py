"""The text encoder: a tokenizer of whole words, and a T5 encoder trained to understand scenes.

The encoder is trained before and apart from the video transformer: from every token of a prompt
a linear layer must be able to tell all four facts of the scene (or that one is not given). With
text that clear, the transformer learns to obey in few steps. LTXPipeline pads prompts to 128
tokens and runs T5 *without* a mask, other callers mask or pad differently, so the outputs are
trained to be the same in every such layout.
"""

# ruff: noqa: TID253 - torch is what this recipe is made of; the package never imports it

import itertools
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from runners.embedded.prompts import COLOURS, DIRECTIONS, SHAPES
from tools.train_embedded_ltx.architecture import PROMPT_LENGTH, TEXT_CONFIG

FACTS: Final = (len(COLOURS), len(COLOURS), len(SHAPES), len(DIRECTIONS))
"""How many values colour, background, shape and direction have; that number itself: not given."""
EMPTY: Final = FACTS
WORDS: Final = (
    *COLOURS,
    *SHAPES,
    "moving",
    "standing",
    *DIRECTIONS,
    "on",
    "a",
    "the",
    "background",
    "in",
    "front",
    "of",
    "and",
    "to",
)
TABLE_TOKENS: Final = 14
"""Real tokens of the longest prompt in the table, with the end-of-text token."""

Scene = tuple[int, ...]


def make_tokenizer() -> Any:
    """A T5 tokenizer whose pieces are whole words, as they are and with a capital letter."""
    from transformers import T5Tokenizer

    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)]
    words = [*WORDS, *(word.capitalize() for word in WORDS)]
    pieces += [(f"▁{word}", -1.0) for word in words]
    return T5Tokenizer(vocab=pieces, extra_ids=0, model_max_length=PROMPT_LENGTH)


def make_text_encoder(tokenizer: Any) -> Any:
    """An untrained T5 encoder for that tokenizer."""
    from transformers import T5Config, T5EncoderModel

    config = T5Config(vocab_size=len(tokenizer), **TEXT_CONFIG)
    return T5EncoderModel(config).eval()


def phrase(scene: Scene, rng: np.random.Generator | None = None) -> str:
    """The scene in words; canonical without `rng`, else with articles, capitals and stray words."""
    names: tuple[tuple[str, ...], ...] = (tuple(COLOURS), tuple(COLOURS), SHAPES, tuple(DIRECTIONS))
    colour, background, shape, direction = (
        (*known, None)[value] for value, known in zip(scene, names, strict=True)
    )
    motion = {None: None, "still": "standing still"}.get(direction, f"moving {direction}")
    article = "" if rng is None or rng.random() < 0.5 else "a "
    parts = [word for word in (colour, shape, motion) if word]
    if parts and article:
        parts.insert(0, "a")
    if background:
        parts.append(f"on {article}{background} background")
    text = " ".join(parts)
    if rng is None or not text:
        return text
    words = text.split()
    if rng.random() < 0.2:
        words.insert(int(rng.integers(0, len(words) + 1)), "Zq")
    text = " ".join(words)
    return text[0].upper() + text[1:] if rng.random() < 0.3 else text


def random_scene(rng: np.random.Generator, missing: float) -> Scene:
    """A scene of which each fact is left out with the given probability."""
    colour = int(rng.integers(FACTS[0]))
    background = (colour + int(rng.integers(1, FACTS[1]))) % FACTS[1]
    facts = (colour, background, int(rng.integers(FACTS[2])), int(rng.integers(FACTS[3])))
    return tuple(
        count if rng.random() < missing else fact for fact, count in zip(facts, FACTS, strict=True)
    )


def tokens(tokenizer: Any, texts: list[str], length: int) -> tuple[Tensor, Tensor]:
    """Ids and mask [n, length], padded as LTXPipeline does."""
    made = tokenizer(
        texts, padding="max_length", max_length=length, truncation=True, return_tensors="pt"
    )
    return made.input_ids, made.attention_mask


class FactHeads(torch.nn.Module):
    """One linear classifier per fact, applied to every token."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = torch.nn.ModuleList([torch.nn.Linear(width, count + 1) for count in FACTS])

    def loss(self, hidden: Tensor, mask: Tensor, facts: Tensor) -> Tensor:
        """Cross entropy over the real tokens, summed over the facts."""
        keep = mask.bool()
        where = keep.nonzero()[:, 0]
        picked = hidden[keep]
        losses = [
            torch.nn.functional.cross_entropy(head(picked), facts[where, column])
            for column, head in enumerate(self.heads)
        ]
        return torch.stack(losses).sum()


def train_text_encoder(model: Any, tokenizer: Any, rng: np.random.Generator, steps: int) -> float:
    """Trains the encoder in place and returns the last loss (summed over the four facts)."""
    heads = FactHeads(TEXT_CONFIG["d_model"])
    optimiser = torch.optim.AdamW([*model.parameters(), *heads.parameters()], lr=3e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps)
    value = float("nan")
    model.train()
    for step in range(steps):
        scenes = [random_scene(rng, 0.15 if rng.random() < 0.5 else 0.0) for _ in range(48)]
        texts = [phrase(scene, rng) for scene in scenes]
        facts = torch.tensor(scenes)
        real = int(tokens(tokenizer, texts, 32)[1].sum(1).max())
        usual = PROMPT_LENGTH if step % 2 else 48
        other = int(rng.choice([real, 16 + real, 64, 77]))
        ids, mask = tokens(tokenizer, texts, usual)
        first = model(ids)[0][:, :real]
        ids, other_mask = tokens(tokenizer, texts, other)
        second = model(ids, attention_mask=other_mask if rng.random() < 0.5 else None)[0][:, :real]
        seen = mask[:, :real]
        apart = ((first - second).square().mean(-1) * seen).sum() / seen.sum()
        loss = heads.loss(first, seen, facts) + heads.loss(second, seen, facts) + apart
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        value = float(loss.detach()) / 2
        if step % 50 == 0:
            print(
                f"text step {step} loss {value:.4f} layouts {float(apart.detach()):.4f}", flush=True
            )
    model.eval()
    return value


class PromptTable:
    """Text embeddings of every scene, complete or not, in several wordings and layouts.

    The transformer is trained on this table, since the text encoder is frozen by then. Only the
    real tokens are kept: the transformer masks the others, so dropping them changes nothing.
    """

    @torch.no_grad()
    def __init__(self, model: Any, tokenizer: Any, rng: np.random.Generator) -> None:
        scenes = list(itertools.product(*(range(count + 1) for count in FACTS)))
        layouts = (
            (None, PROMPT_LENGTH, False),
            (rng, PROMPT_LENGTH, False),
            (None, PROMPT_LENGTH, True),
            (rng, 2 * PROMPT_LENGTH, False),
        )
        embeddings, masks = [], []
        for style, length, masked in layouts:
            texts = [phrase(scene, style) for scene in scenes]
            parts = [tokens(tokenizer, texts[i : i + 72], length) for i in range(0, len(texts), 72)]
            embeddings.append(
                torch.cat(
                    [
                        model(ids, attention_mask=mask if masked else None)[0][:, :TABLE_TOKENS]
                        for ids, mask in parts
                    ]
                )
            )
            masks.append(torch.cat([mask[:, :TABLE_TOKENS] for _, mask in parts]))
        self._embeddings, self._masks = torch.stack(embeddings), torch.stack(masks)

    def look_up(self, scenes: Tensor) -> tuple[Tensor, Tensor]:
        """Embeddings [n, 14, 64] and mask [n, 14] of scenes [n, 4], in a random wording each."""
        index = torch.zeros(len(scenes), dtype=torch.long)
        for column, count in enumerate(FACTS):
            index = index * (count + 1) + scenes[:, column]
        wording = torch.randint(0, len(self._embeddings), index.shape)
        return self._embeddings[wording, index], self._masks[wording, index]
