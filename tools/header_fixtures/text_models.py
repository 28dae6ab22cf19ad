"""Text and image encoders from transformers' classes, in their published configurations."""

from collections.abc import Iterator, Mapping
from typing import Any

from tools.header_fixtures.build import F16, computed, entries, on_meta, version_of
from tools.header_fixtures.compact import Entry
from tools.header_fixtures.fixture import Fixture

Config = Mapping[str, Any]

_GATED = {"num_layers": 24, "d_kv": 64, "feed_forward_proj": "gated-gelu", "vocab_size": 32128,
          "tie_word_embeddings": False}  # fmt: skip
_XXL = {**_GATED, "d_model": 4096, "d_ff": 10240, "num_heads": 64}
_XL = {**_GATED, "d_model": 2048, "d_ff": 5120, "num_heads": 32}
_T5_BASE = {"d_model": 768, "d_ff": 2048, "num_heads": 12, "num_layers": 12}
_BYT5 = {**_GATED, "d_model": 1472, "d_ff": 3584, "num_heads": 6, "num_layers": 12}
_CLIP_L = {"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12,
           "num_hidden_layers": 12, "projection_dim": 768}  # fmt: skip
_CLIP_G = {"hidden_size": 1280, "intermediate_size": 5120, "num_attention_heads": 20,
           "num_hidden_layers": 32, "projection_dim": 1280}  # fmt: skip
_CLIP_H = {"hidden_size": 1024, "intermediate_size": 4096, "num_attention_heads": 16,
           "num_hidden_layers": 23, "projection_dim": 512}  # fmt: skip
_VIT_L = {"hidden_size": 1024, "intermediate_size": 4096, "num_attention_heads": 16,
          "num_hidden_layers": 24, "patch_size": 14, "projection_dim": 768}  # fmt: skip
_VIT_H = {"hidden_size": 1280, "intermediate_size": 5120, "num_attention_heads": 16,
          "num_hidden_layers": 32, "patch_size": 14, "projection_dim": 1024}  # fmt: skip
_VIT_G = {"hidden_size": 1664, "intermediate_size": 8192, "num_attention_heads": 16,
          "num_hidden_layers": 48, "patch_size": 14, "projection_dim": 1280}  # fmt: skip
_SIGLIP = {"hidden_size": 1152, "intermediate_size": 4304, "num_attention_heads": 16,
           "num_hidden_layers": 27, "patch_size": 14, "image_size": 384}  # fmt: skip
_LLAMA = {"hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
          "num_attention_heads": 32, "num_key_value_heads": 8}  # fmt: skip
_QWEN_3B = {"vocab_size": 151936, "hidden_size": 2048, "intermediate_size": 11008,
            "num_hidden_layers": 36, "num_attention_heads": 16, "num_key_value_heads": 2,
            "tie_word_embeddings": True}  # fmt: skip
_QWEN_7B = {"vocab_size": 152064, "hidden_size": 3584, "intermediate_size": 18944,
            "num_hidden_layers": 28, "num_attention_heads": 28,
            "num_key_value_heads": 4}  # fmt: skip
_QWEN_1_5B = {"vocab_size": 151936, "hidden_size": 1536, "intermediate_size": 8960,
              "num_hidden_layers": 28, "num_attention_heads": 12, "num_key_value_heads": 2,
              "tie_word_embeddings": True}  # fmt: skip
_EYES_3B = {"depth": 32, "hidden_size": 1280, "intermediate_size": 3420, "num_heads": 16,
            "out_hidden_size": 2048}  # fmt: skip
_EYES_7B = {**_EYES_3B, "out_hidden_size": 3584}
_GEMMA3_EYES = {**_SIGLIP, "image_size": 896, "vision_use_head": False}
_GEMMA3_12B = {"vocab_size": 262208, "hidden_size": 3840, "intermediate_size": 15360,
               "num_hidden_layers": 48, "num_attention_heads": 16, "num_key_value_heads": 8,
               "head_dim": 256}  # fmt: skip
_GEMMA3_4B = {"vocab_size": 262208, "hidden_size": 2560, "intermediate_size": 10240,
              "num_hidden_layers": 34, "num_attention_heads": 8, "num_key_value_heads": 4,
              "head_dim": 256}  # fmt: skip
_GEMMA3_1B = {"vocab_size": 262144, "hidden_size": 1152, "intermediate_size": 6912,
              "num_hidden_layers": 26, "num_attention_heads": 4, "num_key_value_heads": 1,
              "head_dim": 256}  # fmt: skip
_GEMMA2_2B = {"vocab_size": 256000, "hidden_size": 2304, "intermediate_size": 9216,
              "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4,
              "head_dim": 256}  # fmt: skip
_GEMMA4_12B = {"vocab_size": 262144, "hidden_size": 3840, "intermediate_size": 15360,
               "num_hidden_layers": 48, "num_attention_heads": 16, "num_key_value_heads": 8,
               "num_global_key_value_heads": 1, "head_dim": 256, "global_head_dim": 512,
               "attention_k_eq_v": True}  # fmt: skip
_WHISPER = {"d_model": 1280, "encoder_layers": 32, "decoder_layers": 32,
            "encoder_attention_heads": 20, "decoder_attention_heads": 20,
            "encoder_ffn_dim": 5120, "decoder_ffn_dim": 5120, "vocab_size": 51866,
            "num_mel_bins": 128}  # fmt: skip


def _qwen3(hidden: int, inner: int, layers: int, heads: int, *, tied: bool) -> Config:
    return {"vocab_size": 151936, "hidden_size": hidden, "intermediate_size": inner,
            "num_hidden_layers": layers, "num_attention_heads": heads, "num_key_value_heads": 8,
            "head_dim": 128, "tie_word_embeddings": tied}  # fmt: skip


PUBLISHED: tuple[tuple[str, str, str, str, Config], ...] = (
    ("t5-xxl", "t5-xxl", "T5EncoderModel", "T5Config", _XXL),
    ("t5-xxl-full", "t5-xxl", "T5ForConditionalGeneration", "T5Config", _XXL),
    ("t5-v1-1-xl", "t5-v1-1-xl", "T5EncoderModel", "T5Config", _XL),
    ("t5-v1-1-large", "t5-v1-1-large", "T5EncoderModel", "T5Config",
     {**_GATED, "d_model": 1024, "d_ff": 2816, "num_heads": 16}),
    ("t5-v1-1-base", "t5-v1-1-base", "T5EncoderModel", "T5Config", {**_GATED, **_T5_BASE}),
    ("t5-v1-1-small", "t5-v1-1-small", "T5EncoderModel", "T5Config",
     {**_GATED, "d_model": 512, "d_ff": 1024, "num_heads": 6, "num_layers": 8}),
    ("t5-11b", "t5-11b", "T5EncoderModel", "T5Config",
     {"d_model": 1024, "d_ff": 65536, "d_kv": 128, "num_heads": 128, "num_layers": 24}),
    ("t5-3b", "t5-3b", "T5EncoderModel", "T5Config",
     {"d_model": 1024, "d_ff": 16384, "d_kv": 128, "num_heads": 32, "num_layers": 24}),
    ("t5-large", "t5-large", "T5EncoderModel", "T5Config",
     {"d_model": 1024, "d_ff": 4096, "num_heads": 16, "num_layers": 24}),
    ("t5-base", "t5-base", "T5EncoderModel", "T5Config",
     {"d_model": 768, "d_ff": 3072, "num_heads": 12, "num_layers": 12}),
    ("t5-small", "t5-small", "T5EncoderModel", "T5Config", {}),
    ("umt5-xxl", "umt5-xxl", "UMT5EncoderModel", "UMT5Config", {**_XXL, "vocab_size": 256384}),
    ("umt5-base", "umt5-base", "UMT5EncoderModel", "UMT5Config",
     {**_GATED, **_T5_BASE, "vocab_size": 256384}),
    ("pile-t5-xl", "pile-t5-xl", "UMT5EncoderModel", "UMT5Config", _XL),
    ("mt5-xl", "mt5-xl", "MT5EncoderModel", "MT5Config", {**_XL, "vocab_size": 250112}),
    ("byt5-small-glyph", "byt5-small-glyph", "T5EncoderModel", "T5Config",
     {**_BYT5, "vocab_size": 1510}),
    ("byt5-small", "byt5-small", "T5EncoderModel", "T5Config", {**_BYT5, "vocab_size": 384}),
    ("clip-l", "clip-l", "CLIPTextModel", "CLIPTextConfig", _CLIP_L),
    ("clip-l-projected", "clip-l", "CLIPTextModelWithProjection", "CLIPTextConfig", _CLIP_L),
    ("clip-l-long", "clip-l", "CLIPTextModel", "CLIPTextConfig",
     {**_CLIP_L, "max_position_embeddings": 248}),
    ("clip-g", "clip-g", "CLIPTextModelWithProjection", "CLIPTextConfig", _CLIP_G),
    ("clip-h", "clip-h", "CLIPTextModel", "CLIPTextConfig", _CLIP_H),
    ("clip-vision-l", "clip-vision-l", "CLIPVisionModelWithProjection", "CLIPVisionConfig",
     _VIT_L),
    ("clip-vision-l-336", "clip-vision-l", "CLIPVisionModel", "CLIPVisionConfig",
     {**_VIT_L, "image_size": 336}),
    ("clip-vision-h", "clip-vision-h", "CLIPVisionModelWithProjection", "CLIPVisionConfig",
     _VIT_H),
    ("clip-vision-h-unprojected", "clip-vision-h", "CLIPVisionModel", "CLIPVisionConfig",
     _VIT_H),
    ("clip-vision-g", "clip-vision-g", "CLIPVisionModelWithProjection", "CLIPVisionConfig",
     _VIT_G),
    ("siglip-so400m", "siglip-so400m", "SiglipVisionModel", "SiglipVisionConfig", _SIGLIP),
    ("llama-3-8b", "llama-3-8b", "LlamaForCausalLM", "LlamaConfig",
     {**_LLAMA, "vocab_size": 128256}),
    ("llava-llama-3-8b", "llava-llama-3-8b", "LlamaModel", "LlamaConfig",
     {**_LLAMA, "vocab_size": 128320}),
    ("qwen-2-7b", "qwen-2-7b", "Qwen2ForCausalLM", "Qwen2Config", _QWEN_7B),
    ("qwen-2-1-5b", "unknown", "Qwen2ForCausalLM", "Qwen2Config", _QWEN_1_5B),
    ("qwen-3-0-6b", "qwen-3-0-6b", "Qwen3ForCausalLM", "Qwen3Config",
     _qwen3(1024, 3072, 28, 16, tied=True)),
    ("qwen-3-1-7b", "qwen-3-1-7b", "Qwen3ForCausalLM", "Qwen3Config",
     _qwen3(2048, 6144, 28, 16, tied=True)),
    ("qwen-3-4b", "qwen-3-4b", "Qwen3ForCausalLM", "Qwen3Config",
     _qwen3(2560, 9728, 36, 32, tied=True)),
    ("qwen-3-8b", "qwen-3-8b", "Qwen3ForCausalLM", "Qwen3Config",
     _qwen3(4096, 12288, 36, 32, tied=False)),
    ("gemma-3-12b-text", "gemma-3-12b", "Gemma3ForCausalLM", "Gemma3TextConfig", _GEMMA3_12B),
    ("gemma-3-4b-text", "gemma-3-4b", "Gemma3ForCausalLM", "Gemma3TextConfig", _GEMMA3_4B),
    ("gemma-3-1b", "gemma-3-1b", "Gemma3ForCausalLM", "Gemma3TextConfig", _GEMMA3_1B),
    ("gemma-2-2b", "gemma-2-2b", "Gemma2ForCausalLM", "Gemma2Config", _GEMMA2_2B),
    ("mistral-7b", "unknown", "MistralForCausalLM", "MistralConfig",
     {**_LLAMA, "vocab_size": 32768}),
    ("bert-base", "unknown", "BertModel", "BertConfig", {}),
    ("whisper-large-v3", "unknown", "WhisperForConditionalGeneration", "WhisperConfig", _WHISPER),
    ("resnet-50", "unknown", "ResNetModel", "ResNetConfig", {}),
)  # fmt: skip
"""Fixture, id, class, configuration class, and what differs from its defaults."""

TWO_PART: tuple[tuple[str, str, str, str, Config], ...] = (
    ("clip-l-with-vision", "clip-l-with-vision", "CLIPModel", "CLIPConfig",
     {"text_config": _CLIP_L, "vision_config": _VIT_L, "projection_dim": 768}),
    ("gemma-3-12b", "gemma-3-12b", "Gemma3ForConditionalGeneration", "Gemma3Config",
     {"text_config": _GEMMA3_12B, "vision_config": _GEMMA3_EYES}),
    ("gemma-3-4b", "gemma-3-4b", "Gemma3ForConditionalGeneration", "Gemma3Config",
     {"text_config": _GEMMA3_4B, "vision_config": _GEMMA3_EYES}),
    ("qwen-2-5-vl-3b", "qwen-2-5-vl-3b", "Qwen2_5_VLForConditionalGeneration",
     "Qwen2_5_VLConfig", {"text_config": _QWEN_3B, "vision_config": _EYES_3B}),
    ("qwen-2-5-vl-7b", "qwen-2-5-vl-7b", "Qwen2_5_VLForConditionalGeneration",
     "Qwen2_5_VLConfig", {"text_config": _QWEN_7B, "vision_config": _EYES_7B}),
    ("llava-llama-3-8b-full", "llava-llama-3-8b", "LlavaForConditionalGeneration", "LlavaConfig",
     {"text_config": {"model_type": "llama", **_LLAMA, "vocab_size": 128320},
      "vision_config": {"model_type": "clip_vision_model", **_VIT_L, "image_size": 336}}),
    ("gemma-4-12b", "gemma-4-12b", "Gemma4UnifiedForConditionalGeneration",
     "Gemma4UnifiedConfig", {"text_config": _GEMMA4_12B, "vision_config": {}, "audio_config": {}}),
)  # fmt: skip
"""The same for models of two towers."""

ON_DISK: Mapping[str, tuple[tuple[str, str], ...]] = {
    "CLIPTextModel": (("", "text_model."),),
    "CLIPVisionModel": (("", "vision_model."),),
    "SiglipVisionModel": (("", "vision_model."),),
    "LlamaModel": (("", "model."),),
    "Gemma3ForConditionalGeneration": (
        ("model.language_model.", "language_model.model."),
        ("model.vision_tower.", "vision_tower.vision_model."),
        ("model.multi_modal_projector.", "multi_modal_projector."),
    ),
    "LlavaForConditionalGeneration": (
        ("model.language_model.", "language_model.model."),
        ("model.vision_tower.", "vision_tower.vision_model."),
        ("model.multi_modal_projector.", "multi_modal_projector."),
        ("lm_head.", "language_model.lm_head."),
    ),
    "Qwen2_5_VLForConditionalGeneration": (
        ("model.language_model.", "model."),
        ("model.visual.", "visual."),
    ),
}
"""Names inside published files, which were written before transformers 5 flattened its modules.

Read off the key mappings that transformers itself applies when it loads such files."""

BARE = ("clip-l", "clip-g", "clip-vision-h-unprojected", "siglip-so400m", "llava-llama-3-8b")
"""Models that get a second fixture as transformers 5 writes them: without those prefixes."""

SINGLE_FILE = {
    "gemma-3-12b": (("language_model.model.", "model."), ("vision_tower.", "")),
    "gemma-4-12b": (("model.language_model.", "model."),),
}
"""How ComfyUI's single files name the language model of these."""


def fixtures(only: str) -> Iterator[Fixture]:
    """Build every model whose name contains ``only``."""
    for name, expect, kind, configuration, values in (*PUBLISHED, *TWO_PART):
        if only in name:
            yield from _fixtures(name, expect, kind, configuration, values)


def _fixtures(
    name: str, expect: str, kind: str, configuration: str, values: Config
) -> Iterator[Fixture]:
    import transformers

    config = getattr(transformers, configuration)(**values)
    module = on_meta(lambda: getattr(transformers, kind)(config))
    tensors = _without_ties(module, entries(module, F16 if "clip" in name else "BF16"))

    def fixture(suffix: str, tensors: Mapping[str, Entry], note: str) -> Fixture:
        return computed(
            name + suffix, expect, tensors, of=f"transformers.{kind}",
            library=version_of("transformers"), config=values, note=note,
        )  # fmt: skip

    renamed = _renamed(tensors, ON_DISK.get(kind, ()))
    yield fixture("", renamed, "names as in published files")
    if name in BARE and renamed != tensors:
        yield fixture("-bare", tensors, "names as transformers 5 writes them")
    if name in SINGLE_FILE:
        single = _renamed(renamed, SINGLE_FILE[name]) | {"spiece_model": ("U8", (4689074,))}
        yield fixture("-single-file", single, "names as in ComfyUI's single file")


def _without_ties(module: Any, tensors: dict[str, Entry]) -> dict[str, Entry]:
    """Drop names that share their tensor with an earlier one: save_pretrained writes it once."""
    kept = {name for name, _ in module.named_parameters()}
    kept |= {name for name, _ in module.named_buffers()}
    return {name: entry for name, entry in tensors.items() if name in kept}


def _renamed(tensors: Mapping[str, Entry], pairs: tuple[tuple[str, str], ...]) -> dict[str, Entry]:
    return {_rename(name, pairs): entry for name, entry in tensors.items()}


def _rename(name: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for start, other in pairs:
        if name.startswith(start):
            return other + name.removeprefix(start)
    return name
