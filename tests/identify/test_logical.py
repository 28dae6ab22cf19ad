import pytest

from compat.identify.logical import logical
from compat.identify.names import bare_names, llama_cpp_names
from tests.identify.conftest import header_of_entries

PLAIN = {"a.weight": ("BF16", (64, 128)), "a.bias": ("BF16", (64,))}
MARKS = {
    "fp8": {"a.weight": ("F8_E4M3", (64, 128))},
    "fp8 with scales": {"a.weight": ("F8_E4M3", (64, 128)), "a.scale_weight": ("F32", (1,))},
    "int8 with scales": {"a.weight": ("I8", (64, 128)), "a.weight_scale": ("F32", (64,))},
    "nvfp4": {"a.weight": ("U8", (64, 64)), "a.weight_scale": ("F8_E4M3", (64, 8)),
              "a.weight_scale_2": ("F32", ())},
    "quanto int8": {"a.weight._data": ("I8", (64, 128)), "a.weight._scale": ("F32", (64, 1))},
    "bitsandbytes nf4": {"a.weight": ("U8", (4096, 1)), "a.weight.absmax": ("F32", (128,)),
                         "a.weight.quant_state.bitsandbytes__nf4": ("U8", (80,))},
    "bitsandbytes int8": {"a.weight": ("I8", (64, 128)), "a.SCB": ("F32", (64,))},
    "svdquant (nunchaku)": {"a.qweight": ("I8", (64, 64)), "a.wscales": ("BF16", (2, 64)),
                            "a.smooth_factor": ("BF16", (128,)), "a.proj_down": ("BF16", (1,))},
}  # fmt: skip


@pytest.mark.parametrize("scheme", MARKS)
def test_a_scheme_is_named_and_its_companions_are_folded_away(scheme):
    tensors = {"a.bias": PLAIN["a.bias"], **MARKS[scheme]}
    seen = logical(header_of_entries(tensors))
    assert seen.quantisation == scheme
    assert sorted(seen.view) == ["a.bias", "a.weight"]
    assert seen.view["a.weight"].shape == (64, 128)
    assert seen.companions == len(MARKS[scheme]) - 1
    assert not seen.view.lost


def test_plain_floats_have_no_scheme():
    assert logical(header_of_entries(PLAIN)).quantisation == ""


def test_a_packed_matrix_without_a_bias_has_lost_its_shape_but_not_its_count():
    seen = logical(header_of_entries(
        {"a.weight": ("U8", (4096, 1)), "a.weight.absmax": ("F32", (128,))}
    ))  # fmt: skip
    assert seen.view.lost == {"a.weight"}
    assert seen.view.parameters == 8192


def test_gguf_gives_back_the_shape_it_was_reshaped_from():
    metadata = {"comfy.gguf.orig_shape.conv.weight": "320,4,3,3"}
    header = header_of_entries({"conv.weight": ("F16", (45, 256))}, metadata=metadata, kind="gguf")
    assert logical(header).view["conv.weight"].shape == (320, 4, 3, 3)


@pytest.mark.parametrize("text", ["", "3,3", "999999999999999,2", "x", "0,0"])
def test_a_shape_that_does_not_add_up_is_not_believed(text):
    metadata = {"comfy.gguf.orig_shape.conv.weight": text}
    header = header_of_entries({"conv.weight": ("F16", (45, 256))}, metadata=metadata, kind="gguf")
    assert logical(header).view["conv.weight"].shape == (45, 256)


def test_a_kernel_over_time_gets_its_fifth_dimension_back():
    tensors = {"p.weight": ("F16", (5120 * 16, 1, 2, 2)), "p.bias": ("F32", (5120,)),
               "c.weight": ("F16", (64, 3, 3, 3)), "c.bias": ("F32", (64,))}  # fmt: skip
    view = logical(header_of_entries(tensors, kind="gguf")).view
    assert view["p.weight"].shape == (5120, 16, 1, 2, 2)
    assert view["c.weight"].shape == (64, 3, 3, 3)


def test_gguf_is_called_by_the_type_most_values_have():
    tensors = {"a": ("Q4_K", (256, 256)), "b": ("F32", (256,))}
    assert logical(header_of_entries(tensors, kind="gguf")).quantisation == "gguf Q4_K"
    assert logical(header_of_entries({"a": ("BF16", (2,))}, kind="gguf")).quantisation == ""


T5 = ["token_embd.weight", "enc.blk.0.attn_q.weight", "enc.blk.0.attn_rel_b.weight",
      "enc.blk.23.ffn_up.weight", "enc.output_norm.weight"]  # fmt: skip
LLAMA = ["token_embd.weight", "blk.0.attn_norm.weight", "blk.31.attn_output.weight",
         "blk.0.ffn_norm.weight", "output_norm.weight", "output.weight"]  # fmt: skip


def test_llama_cpp_names_of_t5_become_those_of_transformers():
    names = llama_cpp_names(T5)
    assert names[T5[0]] == "shared.weight"
    assert names["enc.blk.0.attn_rel_b.weight"] == (
        "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
    )
    assert (
        names["enc.blk.23.ffn_up.weight"] == "encoder.block.23.layer.1.DenseReluDense.wi_1.weight"
    )
    assert names["enc.output_norm.weight"] == "encoder.final_layer_norm.weight"


def test_llama_cpp_names_of_language_models_become_those_of_transformers():
    names = llama_cpp_names(LLAMA)
    assert names["blk.0.ffn_norm.weight"] == "model.layers.0.post_attention_layernorm.weight"
    assert names["blk.31.attn_output.weight"] == "model.layers.31.self_attn.o_proj.weight"
    assert names["output.weight"] == "lm_head.weight"
    gemma = llama_cpp_names([*LLAMA, "blk.0.post_ffw_norm.weight"])
    assert gemma["blk.0.ffn_norm.weight"] == "model.layers.0.pre_feedforward_layernorm.weight"


def test_names_of_a_denoiser_stay():
    assert llama_cpp_names(["blocks.0.ffn.0.weight", "token_embd.weight"]) == {}


def test_wrappers_come_off_one_after_the_other():
    names = ["module.model.diffusion_model.a", "module.model.diffusion_model.b"]
    assert list(bare_names(names)) == ["", "module.", "module.model.diffusion_model."]
    assert list(bare_names(["model.a", "b", "c"])) == [""]
    assert list(bare_names([])) == [""]


def test_a_word_of_the_trainers_own_comes_off_where_all_names_begin_with_it():
    assert list(bare_names(["dit.a.b", "dit.c.d"])) == ["", "dit."]
    assert list(bare_names(["dit.a", "dit.b", "c"])) == [""]
    assert list(bare_names([f"{'x' * 50}.a.b"])) == [""]
    assert len(list(bare_names(["a.a.a.a.a.a.a.b", "a.a.a.a.a.a.a.c"]))) == 5
