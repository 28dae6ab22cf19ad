"""The embedded model: a really trained LTX pipeline of a few megabytes that ships with the package.

It exists so that a first render, a tiny render before a long one, and every test of the render
loop work on a fresh machine without a download. What it can draw is in `prompts`; how well it
draws it is in `MODEL_CARD.md` beside this file.
"""

from pathlib import Path


def embedded_model() -> Path:
    """The folder of the embedded model, in the layout that `LTXPipeline.from_pretrained` reads.

    The weights are stored as bfloat16. Load them with `torch_dtype=torch.float32` on a CPU:
    bfloat16 arithmetic is slower there. Raises `FileNotFoundError` where an installation has lost
    its package data.
    """
    folder = Path(__file__).resolve().parent / "ltx"
    index = folder / "model_index.json"
    if not index.is_file():
        raise FileNotFoundError(f"the embedded model is missing from this installation: {index}")
    return folder
