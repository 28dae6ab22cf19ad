"""A tiny video transformer of diffusers on disk, for probes of its loaders."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Session
from probes.answers import attempt, fault
from probes.loaders.damaged import opened_though_damaged

WEIGHTS = "diffusion_pytorch_model.safetensors"


def saved_transformer(folder: Path) -> Path:
    """Save an LTX transformer of one layer with 2 heads of 16 and return its folder."""
    import torch
    from diffusers import LTXVideoTransformer3DModel

    torch.manual_seed(0)
    LTXVideoTransformer3DModel(
        in_channels=4, out_channels=4, num_attention_heads=2, attention_head_dim=16,
        cross_attention_dim=32, num_layers=1, caption_channels=16,
    ).save_pretrained(folder)  # fmt: skip
    return folder


def damaged_weights(weights: Path) -> Mapping[str, bytes]:
    """What may stand in the place of the file ``weights``, by how it is broken."""
    whole = weights.read_bytes()
    header = 8 + int.from_bytes(whole[:8], "little")
    return {
        "an empty file": b"",
        "weights that end in the header": whole[: header // 2],
        "weights without their data": whole[:header],
        "weights that lack the last bytes": whole[:-20],
        "a header of zeros": whole[:8] + bytes(len(whole) - 8),
        "a web page": b"<!DOCTYPE html><html><body>Sign in</body></html>".ljust(400),
        "a Git LFS pointer": b"version https://git-lfs.github.com/spec/v1\nsize 400\n",
        "weights without one tensor": _without_a_tensor(weights),
    }


def opens_damage(
    session: Session, loader: str, load: Any, path: Path, cases: Mapping[str, bytes]
) -> Iterator[Finding]:
    """Yield a finding for each content of ``path`` that ``load`` (no arguments) takes silently.

    The file has to be sound at first: a loader that refuses even that says nothing.
    """
    if refusal := attempt(load)[1]:
        yield fault(session, "sound-file-refused", f"{loader} refuses sound weights: {refusal}")
        return
    for damage, content in cases.items():
        path.write_bytes(content)
        yield from opened_though_damaged(session, loader, load, damage)


def _without_a_tensor(weights: Path) -> bytes:
    from safetensors.torch import load_file, save

    tensors = load_file(weights)
    tensors.pop("proj_out.weight")
    return save(tensors)
