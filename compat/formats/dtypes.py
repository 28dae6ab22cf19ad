"""How many bytes a tensor of each type takes, for safetensors words and ggml types."""

from collections.abc import Mapping

SAFETENSORS_BITS: Mapping[str, int] = {
    "BOOL": 8, "U8": 8, "I8": 8, "I16": 16, "U16": 16, "I32": 32, "U32": 32, "I64": 64, "U64": 64,
    "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "F16": 16, "BF16": 16, "F32": 32, "F64": 64, "C64": 64,
}  # fmt: skip
"""Bits per value; the words of safetensors 0.8 (its Dtype enum)."""

SAFETENSORS_SINCE: Mapping[str, str] = {
    "F8_E4M3": "0.4.1", "F8_E5M2": "0.4.1",
    "F4": "0.6.0", "F6_E2M3": "0.6.0", "F6_E3M2": "0.6.0", "F8_E8M0": "0.6.0",
    "C64": "0.7.0",
    "F8_E4M3FNUZ": "0.8.0", "F8_E5M2FNUZ": "0.8.0",
}  # fmt: skip
"""First release that reads the word; measured with every release from 0.3.0 to 0.8.0 (0.6.0 was
tagged and not published as a wheel, 0.6.1 was). Words that are not here were there in 0.3.0."""

RECENT_SINCE = ("0.6.0", "0.7.0", "0.8.0")
"""Releases whose new words a reader in use may not know yet (0.6.0 is of 2025-06)."""

NOT_A_WORD: Mapping[str, str] = {
    "C128": "no release reads complex128; save it again as C64",
    "F8": "the word is F8_E4M3 or F8_E5M2",
    "F8_E4M3FN": "that is torch's name; the word is F8_E4M3",
    "FP8": "the word is F8_E4M3 or F8_E5M2",
    "FP16": "the word is F16",
    "FP32": "the word is F32",
    "F4_E2M1": "the word is F4",
    "BFLOAT16": "the word is BF16",
    "FLOAT16": "the word is F16",
    "FLOAT32": "the word is F32",
    "FLOAT64": "the word is F64",
    "INT8": "the word is I8",
    "INT32": "the word is I32",
    "INT64": "the word is I64",
    "UINT8": "the word is U8",
    "U4": "no release reads it; 4-bit integers are packed into U8",
    "I4": "no release reads it; 4-bit integers are packed into U8",
    "Q4": "no release reads it; quantised blocks are packed into U8, or the file should be a gguf",
}
"""Words that files have carried and no release of safetensors up to 0.8 reads, in upper case."""


def unknown_word_advice(word: str) -> str:
    """What is wrong with a dtype word that no known release reads, in one clause."""
    if word.upper() in SAFETENSORS_BITS:
        return f"the word is {word.upper()}, in capitals"
    bare = word.upper().rpartition(".")[2]
    return NOT_A_WORD.get(bare, "no release of safetensors up to 0.8 reads it")


GGML_TYPES: Mapping[int, tuple[str, int, int]] = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22), 7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 40),
    10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110), 12: ("Q4_K", 256, 144), 13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292), 16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110), 22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136), 24: ("I8", 1, 1), 25: ("I16", 1, 2), 26: ("I32", 1, 4),
    27: ("I64", 1, 8), 28: ("F64", 1, 8), 29: ("IQ1_M", 256, 56), 30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66), 39: ("MXFP4", 32, 17), 40: ("NVFP4", 64, 36),
    41: ("Q1_0", 128, 18), 42: ("Q2_0", 64, 18),
}  # fmt: skip
"""Type number: (name, values per block, bytes per block); the type traits of ggml of 2026-08.
gguf-py 0.19 does not know 42 yet."""

GGML_RECENT: Mapping[int, str] = {
    42: "which gguf-py 0.19 (and so ComfyUI-GGUF and diffusers) does not read yet",
}
"""Types that only some of the readers in use know."""

GGML_REMOVED: Mapping[int, str] = {
    4: "Q4_2", 5: "Q4_3", 31: "Q4_0_4_4", 32: "Q4_0_4_8", 33: "Q4_0_8_8",
    36: "IQ4_NL_4_4", 37: "IQ4_NL_4_8", 38: "IQ4_NL_8_8",
}  # fmt: skip
"""Types that ggml had and took out again (comments in its enum ggml_type). 36 is also Microsoft
BitNet's I2_S."""

GGML_OF_FORKS: Mapping[int, str] = {
    97: "Q8_0_X4", 98: "Q8_1_X4", 99: "Q8_2_X4", 133: "Q6_0", 134: "IQ1_BN", 135: "IQ2_BN",
    136: "Q8_K64", 137: "IQ2_K", 138: "IQ3_K", 139: "IQ4_K", 140: "IQ5_K", 141: "IQ6_K",
    144: "IQ4_KS", 145: "IQ2_KS", 146: "IQ4_KSS", 147: "Q8_K16", 148: "Q8_K32", 149: "Q8_KR8",
    150: "Q8_K128", 151: "Q8_KV", 152: "IQ5_KS", 153: "IQ2_KT", 154: "IQ3_KT", 155: "IQ4_KT",
    156: "IQ3_KS", 157: "IQ2_KL", 158: "IQ1_KT", 202: "Q4_0_R8", 206: "Q5_0_R4", 208: "Q8_0_R8",
    210: "Q2_K_R4", 211: "Q3_K_R4", 212: "Q4_K_R4", 213: "Q5_K_R4", 214: "Q6_K_R4",
    216: "IQ2_XXS_R4", 217: "IQ2_XS_R4", 218: "IQ3_XXS_R4", 219: "IQ1_S_R4", 220: "IQ4_NL_R4",
    221: "IQ3_S_R4", 222: "IQ2_S_R4", 223: "IQ4_XS_R8", 229: "IQ1_M_R4", 230: "BF16_R16",
    233: "Q6_0_R4", 335: "IQ2_BN_R4", 337: "IQ2_K_R4", 338: "IQ3_K_R4", 339: "IQ4_K_R4",
    340: "IQ5_K_R4", 344: "IQ4_KS_R4", 352: "IQ5_KS_R4", 353: "MXFP4_R8", 397: "Q8_K_R16",
    398: "Q8_KV_R8", 399: "Q8_K_R8",
}  # fmt: skip
"""Types of ik_llama.cpp alone (its enum ggml_type, 2026-08); no other program reads them."""
