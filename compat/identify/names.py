"""Turns the names that loaders and converters write into those of the model's publisher."""

import re
from collections.abc import Iterable, Iterator, Mapping

WRAPPERS = (
    "model.diffusion_model.", "diffusion_model.", "transformer.", "unet.", "net.", "module.",
    "_orig_mod.", "state_dict.", "model.",
)  # fmt: skip
"""What stands before every name of a file: ComfyUI and publishers' bundles, training tools
(``module.`` of data parallel, ``_orig_mod.`` of torch.compile), WanGP."""

LONGEST_WRAPPER = 40
"""Letters of a training tool's own word (``dit.``, ``generator.``) that can be taken off."""

DEEPEST = 4
"""Wrappers taken off at most; a name of a million ``model.`` must not cost a million rounds."""

_T5_BLOCK = {
    "attn_q": "layer.0.SelfAttention.q", "attn_k": "layer.0.SelfAttention.k",
    "attn_v": "layer.0.SelfAttention.v", "attn_o": "layer.0.SelfAttention.o",
    "attn_norm": "layer.0.layer_norm",
    "attn_rel_b": "layer.0.SelfAttention.relative_attention_bias",
    "ffn_gate": "layer.1.DenseReluDense.wi_0", "ffn_up": "layer.1.DenseReluDense.wi_1",
    "ffn_down": "layer.1.DenseReluDense.wo", "ffn_norm": "layer.1.layer_norm",
}  # fmt: skip
_DECODER_BLOCK = {
    "attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
    "ffn_norm": "post_attention_layernorm",
}  # fmt: skip
_GEMMA_BLOCK = {
    **_DECODER_BLOCK, "ffn_norm": "pre_feedforward_layernorm",
    "post_attention_norm": "post_attention_layernorm",
    "post_ffw_norm": "post_feedforward_layernorm",
}  # fmt: skip
"""Names of gguf-py's MODEL_TENSORS and their origin in transformers (gguf 0.19 tensor_mapping)."""

_BLOCK = re.compile(r"(enc\.)?blk\.(\d{1,6})\.([a-z_]+)\.(weight|bias)")


def bare_names(names: Iterable[str]) -> Iterator[str]:
    """Beginnings that can be taken off, shortest chain first: "", then one wrapper, then two.

    Which of them is right only a signature can say: ``model.`` is a wrapper before a denoiser and
    part of the name in a language model.
    """
    taken, left = "", list(names)
    yield ""
    for _ in range(DEEPEST):
        wrapper = _wrapper(left)
        if not wrapper:
            return
        taken += wrapper
        left = [name.removeprefix(wrapper) for name in left if name.startswith(wrapper)]
        yield taken


def _wrapper(names: list[str]) -> str:
    """A known wrapper around half of the names, or a word that all of them begin with."""
    for wrapper in WRAPPERS:
        inside = sum(name.startswith(wrapper) for name in names)
        # One tensor under "model." is no wrapper; half of the file is.
        if inside and inside * 2 >= len(names):
            return wrapper
    first = names[0].partition(".")[0] + "." if names else ""
    shared = 1 < len(first) <= LONGEST_WRAPPER and not first[0].isdigit()
    return first if shared and all(name.startswith(first) for name in names) else ""


def llama_cpp_names(names: Iterable[str]) -> Mapping[str, str]:
    """The transformers name of each name llama.cpp gives a text encoder; empty for other files."""
    found = set(names)
    if any(name.startswith("enc.blk.0.") for name in found):
        block, outside = _T5_BLOCK, ("encoder.block", "shared", "encoder.final_layer_norm")
    elif "blk.0.attn_norm.weight" in found and "token_embd.weight" in found:
        gemma = "blk.0.post_ffw_norm.weight" in found
        block = _GEMMA_BLOCK if gemma else _DECODER_BLOCK
        outside = ("model.layers", "model.embed_tokens", "model.norm")
    else:
        return {}
    stem, embedding, norm = outside
    table = {
        "token_embd.weight": f"{embedding}.weight",
        "enc.output_norm.weight": f"{norm}.weight",
        "output_norm.weight": f"{norm}.weight",
        "output.weight": "lm_head.weight",
    }
    for name in found:
        hit = _BLOCK.fullmatch(name)
        if hit and hit[3] in block:
            table[name] = f"{stem}.{hit[2]}.{block[hit[3]]}.{hit[4]}"
    return {name: table[name] for name in found if name in table}
