"""The bases that LoRAs are known to be made for: layers, sizes, numbers of blocks.

Names and sizes are those of the fixtures in tests/identify/headers; both naming schemes of a model,
its publisher's and diffusers', stand in one table since LoRAs come in either.
"""

from collections.abc import Mapping

from compat.identify.lora_bases import Base, Sizes

_B, _S = r"(?P<n>\d{1,4})", r"(?P<s>\d{1,4})"


def _ltx(width: int, text: int) -> dict[str, Sizes]:
    stem = f"transformer_blocks_{_B}"
    return {
        f"{stem}_attn[12]_to_(?:q|k|v|out_0)": (width, width),
        f"{stem}_ff_net_0_proj": (width, 4 * width),
        f"{stem}_ff_net_2": (4 * width, width),
        r"(?:patchify_proj|proj_in)": (128, width),
        r"proj_out": (width, 128),
        r"caption_projection_linear_1": (text, width),
        r"caption_projection_linear_2": (width, width),
        r"(?:adaln_single|time_embed)_emb_timestep_embedder_linear_[12]": (None, width),
    }


def _ltx2(rows: int) -> dict[str, Sizes]:
    """LTX-2: 4096 wide for pictures, 2048 for sound; ``rows`` of the modulation tables."""
    stem = f"transformer_blocks_{_B}"
    both = r"(?:video_to_audio|audio_to_video)_attn"
    return {
        **_ltx(4096, 3840),
        f"{stem}_audio_attn[12]_to_(?:q|k|v|out_0)": (2048, 2048),
        f"{stem}_audio_ff_net_0_proj": (2048, 8192),
        f"{stem}_audio_ff_net_2": (8192, 2048),
        f"{stem}_{both}_to_(?:q|k|v|out_0)": (None, None),
        f"{stem}_(?:audio_)?attn[12]_to_gate_logits": (None, 32),
        f"{stem}_{both}_to_gate_logits": (None, 32),
        r"(?:adaln_single|time_embed)_linear": (4096, rows * 4096),
        r"(?:audio_adaln_single|audio_time_embed)_linear": (2048, rows * 2048),
        r"(?:audio_)?(?:patchify_proj|proj_in|proj_out)": (None, None),
        r"audio_caption_projection_linear_[12]": (None, 2048),
        r"(?:audio_|prompt_|audio_prompt_|av_ca_[a-z0-9_]+_|av_cross_attn_[a-z0-9_]+_)"
        r"(?:adaln_single|time_embed|emb)[a-z0-9_]*": (None, None),
        r"av_(?:ca|cross_attn)_[a-z0-9_]+": (None, None),
        r"(?:text_embedding_projection_)?(?:video_|audio_)?aggregate_embed": (188160, None),
        r"(?:video|audio)_(?:embeddings_)?connector_[a-z0-9_]+": (None, None),
    }


def _wan(width: int, inner: int) -> dict[str, Sizes]:
    stem = f"(?:vace_)?blocks_{_B}"
    return {
        f"{stem}_(?:self_attn|cross_attn)_[qkvo]": (width, width),
        f"{stem}_cross_attn_[kv]_img": (width, width),
        f"{stem}_attn[12]_to_(?:q|k|v|out_0)": (width, width),
        f"{stem}_attn2_add_[kv]_proj": (width, width),
        f"{stem}_ffn_(?:0|net_0_proj)": (width, inner),
        f"{stem}_ffn_(?:2|net_2)": (inner, width),
        f"{stem}_(?:norm3|norm2|self_attn_norm_[qk]|cross_attn_norm_[qk]|cross_attn_norm_k_img)":
        (None, width),
        f"{stem}_(?:modulation|scale_shift_table|before_proj|after_proj)": (None, None),
        r"patch_embedding": (None, width),
        r"(?:text_embedding_0|condition_embedder_text_embedder_linear_1)": (4096, width),
        r"(?:text_embedding_2|condition_embedder_text_embedder_linear_2)": (width, width),
        r"(?:time_embedding_[02]|condition_embedder_time_embedder_linear_[12])": (None, width),
        r"(?:time_projection_1|condition_embedder_time_proj)": (width, 6 * width),
        r"(?:head_head|proj_out)": (width, None),
        r"head_modulation": (None, None),
        r"img_emb_proj_[0-4]|condition_embedder_image_embedder_[a-z0-9_]+": (None, None),
    }  # fmt: skip


def _double_stream(width: int) -> dict[str, Sizes]:
    """HunyuanVideo and Flux share these names, their publishers' and diffusers'."""
    double, single = f"double_blocks_{_B}", f"single_blocks_{_S}"
    joint, alone = f"transformer_blocks_{_B}", f"single_transformer_blocks_{_S}"
    return {
        f"{double}_(?:img|txt)_attn_qkv": (width, 3 * width),
        f"{double}_(?:img|txt)_attn_proj": (width, width),
        f"{double}_(?:img|txt)_mlp_(?:0|fc1)": (width, 4 * width),
        f"{double}_(?:img|txt)_mlp_(?:2|fc2)": (4 * width, width),
        f"{double}_(?:img|txt)_mod_(?:lin|linear)": (width, 6 * width),
        f"{joint}_attn_to_(?:q|k|v|out_0)": (width, width),
        f"{joint}_attn_(?:add_[qkv]_proj|to_add_out)": (width, width),
        f"{joint}_ff(?:_context)?_net_0_proj": (width, 4 * width),
        f"{joint}_ff(?:_context)?_net_2": (4 * width, width),
        f"{joint}_norm1(?:_context)?_linear": (width, 6 * width),
        f"{single}_linear1": (width, 7 * width),
        f"{single}_linear2": (5 * width, width),
        f"{single}_modulation_(?:lin|linear)": (width, 3 * width),
        f"{alone}_attn_to_(?:q|k|v)": (width, width),
        f"{alone}_proj_mlp": (width, 4 * width),
        f"{alone}_proj_out": (5 * width, width),
        f"{alone}_norm_linear": (width, 3 * width),
    }


_HUNYUAN_ONLY = r"refiner|clean_x_embedder|img_mlp_fc|_norm_[qk]$|cond_type|vision_in|byt5_in"


def _hunyuan(width: int) -> dict[str, Sizes]:
    return {
        **_double_stream(width),
        r"txt_in_[a-z0-9_]+|context_embedder_[a-z0-9_]+": (None, None),
        r"(?:img_in_proj|x_embedder_proj|clean_x_embedder_[a-z0-9_]+|image_projection_[a-z]+)":
        (None, None),
        r"(?:time_in|vector_in|guidance_in|final_layer|vision_in|byt5_in)_[a-z0-9_]+": (None, None),
    }  # fmt: skip


def _cog(width: int) -> dict[str, Sizes]:
    stem = f"(?:transformer_blocks|blocks)_{_B}"
    return {
        f"{stem}_attn1_to_(?:q|k|v|out_0)": (width, width),
        f"{stem}_ff_net_0_proj": (width, 4 * width),
        f"{stem}_ff_net_2": (4 * width, width),
        f"{stem}_norm[12]_linear": (512, 6 * width),
        r"patch_embed_(?:proj|text_proj)": (None, width),
        r"proj_out|norm_out_linear|time_embedding_linear_[12]": (None, None),
    }


_MOCHI: Mapping[str, Sizes] = {
    f"blocks_{_B}_attn_qkv_x": (3072, 9216),
    f"blocks_{_B}_attn_qkv_y": (1536, 9216),
    f"blocks_{_B}_attn_proj_[xy]": (3072, None),
    f"blocks_{_B}_mlp_[xy]_w[12]": (None, None),
    f"transformer_blocks_{_B}_attn1_to_(?:q|k|v|out_0)": (3072, 3072),
    f"transformer_blocks_{_B}_attn1_(?:add_[qkv]_proj|to_add_out)": (None, None),
    f"transformer_blocks_{_B}_ff(?:_context)?_net_(?:0_proj|2)": (None, None),
}

_SD_BLOCK = (
    r"(?:(?:down|up)_blocks_\d_attentions_\d|mid_block_attentions_0"
    r"|(?:input|output)_blocks_\d{1,2}_1|middle_block_1)"
)
_SD_RES = (
    r"(?:(?:down|up)_blocks_\d|mid_block)_(?:resnets_\d|downsamplers_0|upsamplers_0)_[a-z0-9_]+"
    r"|(?:input|output|out|middle_block)(?:_blocks)?_[0-9_]+(?:in_layers|out_layers|emb_layers"
    r"|skip_connection|op|conv)[a-z0-9_]*"
)
_CLIP_TEXT = r"text_model_encoder_layers_\d{1,2}_(?:self_attn_(?:[qkv]|out)_proj|mlp_fc[12])"


def _sd(text: int, deepest: int) -> dict[str, Sizes]:
    """``text`` wide prompts; SDXL stacks up to ten transformer blocks, the others one."""
    inner = r"transformer_blocks_(?P<n>\d)"
    return {
        f"{_SD_BLOCK}_{inner}_attn2_to_[kv]": (text, None),
        f"{_SD_BLOCK}_{inner}_attn[12]_to_(?:q|out_0)": (None, None),
        f"{_SD_BLOCK}_{inner}_attn1_to_[kv]": (None, None),
        f"{_SD_BLOCK}_{inner}_ff_net_(?:0_proj|2)": (None, None),
        f"{_SD_BLOCK}_proj_(?:in|out)": (None, None),
        _SD_RES: (None, None),
        r"conv_in|conv_out|time_embedding_linear_[12]": (None, None),
        r"(?:time|label)_embed?_[a-z0-9_]+": (None, None),
        _CLIP_TEXT: (768 if deepest == 1 else None, None),
    }  # fmt: skip


_MOTION: Mapping[str, Sizes] = {
    r"(?:(?:down|up)_blocks_\d|mid_block)_motion_modules_\d_temporal_transformer"
    r"_transformer_blocks_\d_attention_blocks_\d_to_(?:q|k|v|out)(?:_0)?": (None, None),
    r"(?:(?:down|up)_blocks_\d|mid_block)_motion_modules_\d"
    r"_transformer_blocks_\d_attn[12]_to_(?:q|k|v|out_0)": (None, None),
}

_QWEN: Mapping[str, Sizes] = {
    f"transformer_blocks_{_B}_attn_(?:to_(?:q|k|v|out_0)|add_[qkv]_proj|to_add_out)": (3072, 3072),
    f"transformer_blocks_{_B}_(?:img|txt)_mlp_net_0_proj": (3072, 12288),
    f"transformer_blocks_{_B}_(?:img|txt)_mlp_net_2": (12288, 3072),
    f"transformer_blocks_{_B}_(?:img|txt)_mod_1": (3072, 18432),
    r"img_in|txt_in|proj_out|norm_out_linear|time_text_embed_[a-z0-9_]+": (None, None),
}
_SD3: Mapping[str, Sizes] = {
    f"joint_blocks_{_B}_(?:x|context)_block_[a-z0-9_]+": (None, None),
}
_Z_IMAGE: Mapping[str, Sizes] = {
    f"(?:layers|noise_refiner|context_refiner)_{_B}_attention_[a-z0-9_]+": (None, None),
    f"(?:layers|noise_refiner|context_refiner)_{_B}_feed_forward_w[123]": (None, None),
    f"(?:layers|noise_refiner)_{_B}_adaLN_modulation_[01]": (None, None),
}

_WAN_14B = ("wan-t2v-14b", "wan-2-2-i2v-a14b", "wan-i2v-14b", "wan-vace-14b", "wan-flf2v-14b",
            "wan-2-2-animate-14b")  # fmt: skip
_LTX_2_3 = ("ltx-2-3-22b", "ltx-2-5-22b")
_AUDIO = r"audio_|av_ca_|av_cross|connector|aggregate_embed"
_GATES = r"to_gate_logits|prompt_adaln|(?:video|audio)_aggregate_embed"

BASES: tuple[Base, ...] = (
    Base(id="ltx-video-2b", family="ltx", layers=_ltx(2048, 4096), blocks=28,
         never=_AUDIO, fits=("ltx-video-2b",), words=("ltx-video-2b", "ltxv-2b", "ltxv2b")),
    Base(id="ltx-video-13b", family="ltx", layers=_ltx(4096, 4096), blocks=48,
         never=f"{_AUDIO}|{_GATES}", fits=("ltx-video-13b",),
         words=("ltx-video-13b", "ltxv-13b", "ltx-video-0.9.7", "ltx-video-0.9.8")),
    Base(id="ltx-2-19b", family="ltx2", generation="2.0", layers=_ltx2(6), blocks=48,
         never=_GATES, fits=("ltx-2-19b",), words=("ltx-2-19b", "ltx2-19b")),
    Base(id="ltx-2-3-22b", family="ltx2", generation="2.3", layers=_ltx2(9), blocks=48,
         fits=_LTX_2_3, words=("ltx-2.3", "ltx-2.5", "ltx2.3", "ltx2.5")),
    Base(id="wan-1-3b", family="wan", layers=_wan(1536, 8960), blocks=30,
         fits=("wan-t2v-1-3b", "wan-vace-1-3b", "wan-fun-inp-1-3b"), words=("wan2.1-t2v-1.3b",)),
    Base(id="wan-14b", family="wan", layers=_wan(5120, 13824), blocks=40,
         never=r"_img$|add_[kv]_proj|img_emb|image_embedder", fits=_WAN_14B,
         words=("wan2.1-t2v-14b", "wan2.2-t2v-a14b", "wan2.2-i2v-a14b")),
    Base(id="wan-i2v-14b", family="wan", generation="2.1", layers=_wan(5120, 13824), blocks=40,
         needs=r"_img$|add_[kv]_proj|img_emb|image_embedder",
         fits=("wan-i2v-14b", "wan-flf2v-14b", "wan-2-2-animate-14b"), words=("wan2.1-i2v-14b",)),
    Base(id="wan-2-2-ti2v-5b", family="wan", generation="2.2", layers=_wan(3072, 14336),
         blocks=30, fits=("wan-2-2-ti2v-5b",), words=("wan2.2-ti2v-5b",)),
    Base(id="hunyuan-video", family="hunyuan-video", generation="1.0", layers=_hunyuan(3072),
         blocks=20, singles=40,
         fits=("hunyuan-video", "hunyuan-video-i2v", "hunyuan-video-skyreels-i2v",
               "framepack-hunyuan"), words=("hunyuanvideo", "hunyuan-video", "framepack")),
    Base(id="hunyuan-video-1-5", family="hunyuan-video", generation="1.5", layers=_hunyuan(2048),
         blocks=54, fits=("hunyuan-video-1-5", "hunyuan-video-1-5-sr"),
         words=("hunyuanvideo-1.5", "hunyuan-video-1.5")),
    Base(id="cogvideox-2b", family="cogvideox", layers=_cog(1920), blocks=30,
         fits=("cogvideox-2b",), words=("cogvideox-2b",)),
    Base(id="cogvideox-5b", family="cogvideox", layers=_cog(3072), blocks=42,
         fits=("cogvideox-5b", "cogvideox-5b-i2v", "cogvideox-1-5-5b", "cogvideox-1-5-5b-i2v"),
         words=("cogvideox-5b", "cogvideox1.5-5b")),
    Base(id="mochi-1", family="mochi", layers=_MOCHI, blocks=48, fits=("mochi-1",),
         words=("mochi",)),
    Base(id="animatediff", family="animatediff", generation="v2", layers=_MOTION, blocks=1,
         fits=("animatediff-v2",), words=("animatediff",)),
    Base(id="sd-1-5", family="stable-diffusion", generation="1", layers=_sd(768, 1), blocks=1,
         fits=("sd-1-5", "sd-1-5-inpaint"), words=("sd_v1", "sd_1.5", "stable-diffusion-v1")),
    Base(id="sd-2", family="stable-diffusion", generation="2", layers=_sd(1024, 2), blocks=1,
         fits=("sd-2",), words=("sd_v2", "stable-diffusion-v2", "sd_2")),
    Base(id="sdxl", family="stable-diffusion", generation="xl", layers=_sd(2048, 10), blocks=10,
         never=r"^down_blocks_0_attentions|^up_blocks_[23]_attentions|^input_blocks_[12]_1",
         fits=("sdxl",), words=("sdxl", "stable-diffusion-xl")),
    Base(id="flux", family="flux", layers=_double_stream(3072), blocks=19,
         singles=38, video=False,
         never=_HUNYUAN_ONLY, fits=(), words=("flux",)),
    Base(id="qwen-image", family="qwen-image", layers=_QWEN, blocks=60, video=False,
         fits=(), words=("qwen-image", "qwen_image"), needs=r"img_mlp_net|img_mod_1|add_q_proj"),
    Base(id="sd3", family="sd3", layers=_SD3, blocks=38, video=False, fits=(), words=("sd3",)),
    Base(id="z-image", family="z-image", layers=_Z_IMAGE, blocks=30, video=False, fits=(),
         words=("z-image", "zimage")),
)  # fmt: skip
"""Every base by what its layers are called and how large they are.

HunyuanVideo has 20 double and 40 single blocks, Flux 19 and 38; a LoRA that touches none of the
last ones fits both, and is then called neither; one that reaches the last of exactly one of them is
that one's. CogVideoX 5B and Mochi are told apart the same way."""
