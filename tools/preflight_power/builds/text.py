"""Text encoders of a drawn width beside the letter tokenizers of the tests."""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

FIXTURE = Path(__file__).resolve().parents[3] / "tests" / "fixtures" / "tiny_text.py"


@cache
def letters() -> Any:
    """The tests' module of tokenizers that need no download."""
    spec = importlib.util.spec_from_file_location("tiny_text", FIXTURE)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(FIXTURE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def t5(width: int) -> tuple[Any, Any]:
    """A T5 tokenizer of letters and a random encoder of two layers."""
    from transformers import T5Config, T5EncoderModel

    tokenizer = letters().t5_tokenizer()
    config = T5Config(
        vocab_size=len(tokenizer), d_model=width, d_kv=8, d_ff=2 * width, num_layers=2, num_heads=4
    )
    return tokenizer, T5EncoderModel(config).eval()


def byte_signs() -> list[str]:
    """The 256 signs that byte-level tokenizers write bytes with (as in GPT-2 and CLIP).

    Printable bytes stand for themselves, the others for the code points from 256 on.
    """
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte if byte in printable else next(others)) for byte in range(256)]


def clip(width: int) -> tuple[Any, Any]:
    """A CLIP tokenizer of single bytes, as published ones fall back to, and two random layers."""
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    signs = byte_signs()
    tokens = ["<|startoftext|>", "<|endoftext|>", *signs, *(f"{sign}</w>" for sign in signs)]
    tokenizer = CLIPTokenizer(
        vocab={token: number for number, token in enumerate(tokens)}, merges=[],
        model_max_length=77,
    )  # fmt: skip
    config = CLIPTextConfig(
        hidden_size=width, intermediate_size=2 * width, num_attention_heads=4, num_hidden_layers=2,
        projection_dim=width, vocab_size=len(tokenizer), bos_token_id=0, eos_token_id=1,
    )  # fmt: skip
    return tokenizer, CLIPTextModel(config).eval()


def llama(width: int) -> tuple[Any, Any]:
    """A Llama tokenizer in which HunyuanVideo's template has its 95 tokens, and three layers."""
    from transformers import LlamaConfig, LlamaModel

    tokenizer = letters().llama_tokenizer()
    config = LlamaConfig(
        hidden_size=width, intermediate_size=2 * width, num_attention_heads=4, num_hidden_layers=3,
        vocab_size=len(tokenizer), bos_token_id=1, eos_token_id=2, pad_token_id=3,
    )  # fmt: skip
    return tokenizer, LlamaModel(config).eval()
