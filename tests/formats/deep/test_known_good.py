"""Files as real libraries write them: nothing at low or above."""

import numpy as np
import pytest

from compat.formats.deep import deep_scan, value_findings
from compat.formats.header import try_header
from compat.formats.verify import verify

gguf = pytest.importorskip("gguf")


def quiet(loud, scan_file, path):
    assert loud(scan_file(path)) == []


@pytest.mark.torch
def test_every_type_that_safetensors_saves_is_quiet(tmp_path, loud, scan_file):
    torch = pytest.importorskip("torch")
    from safetensors.torch import save_file

    torch.manual_seed(0)
    floats = [
        torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.float8_e4m3fn,
        torch.float8_e5m2, torch.float8_e4m3fnuz, torch.float8_e5m2fnuz, torch.complex64,
    ]  # fmt: skip
    integers = [torch.int8, torch.uint8, torch.int16, torch.int32, torch.int64, torch.bool]
    tensors = {}
    for dtype in floats:
        for rows in (1, 3, 257, 2048):
            values = (torch.randn(rows, 768) * 0.02).to(dtype)
            tensors[f"{dtype}.{rows}.weight".replace("torch.", "")] = values
        tensors[f"{dtype}.bias".replace("torch.", "")] = torch.zeros(768).to(dtype)
        tensors[f"{dtype}.norm.weight".replace("torch.", "")] = torch.ones(768).to(dtype)
    for dtype in integers:
        top = 2 if dtype is torch.bool else 100
        tensors[f"{dtype}".replace("torch.", "")] = torch.randint(0, top, (300, 700)).to(dtype)
    tensors["e8m0"] = torch.randint(110, 130, (300, 700), dtype=torch.uint8).view(
        torch.float8_e8m0fnu
    )
    save_file(tensors, tmp_path / "x.safetensors")
    quiet(loud, scan_file, tmp_path / "x.safetensors")


@pytest.mark.torch
def test_initialisations_of_torch_are_quiet(tmp_path, loud, scan_file):
    torch = pytest.importorskip("torch")
    from safetensors.torch import save_file

    torch.manual_seed(0)
    tensors = {}
    for name in ("xavier_uniform_", "kaiming_normal_", "orthogonal_", "trunc_normal_"):
        tensors[f"{name}.weight"] = getattr(torch.nn.init, name)(torch.empty(512, 640))
    conv = torch.nn.Conv3d(64, 64, 3)
    with torch.no_grad():  # a causal convolution that begins as the image model's own
        conv.weight[:, :, :2] = 0
    embedding = torch.nn.Embedding(3000, 512, padding_idx=0)
    tensors |= {"conv.weight": conv.weight.detach(), "embed.weight": embedding.weight.detach()}
    tensors["dirac.weight"] = torch.nn.init.dirac_(torch.empty(512, 512, 3))
    tensors["eye.weight"] = torch.nn.init.eye_(torch.empty(2048, 2048))
    tensors["norm.running_var"] = torch.rand(512) * 5e4
    tensors["rope.freqs"] = torch.outer(
        torch.arange(1024.0), 1 / 10_000 ** torch.linspace(0, 1, 64)
    )
    tensors["relu.weight"] = torch.randn(512, 640).relu()
    tensors["positive.weight"] = torch.rand(512, 640)
    for dtype in (torch.float32, torch.bfloat16, torch.float16):
        path = tmp_path / f"{dtype}.safetensors"
        save_file({name: value.to(dtype).contiguous() for name, value in tensors.items()}, path)
        quiet(loud, scan_file, path)


@pytest.mark.parametrize(
    "name", ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "TQ1_0", "TQ2_0", "MXFP4", "F16", "BF16"]
)
def test_what_gguf_py_quantises_is_quiet(tmp_path, loud, scan_file, name):
    kind = gguf.GGMLQuantizationType[name]
    writer = gguf.GGUFWriter(tmp_path / "x.gguf", "ltxv")
    rng = np.random.default_rng(0)
    for number in range(3):
        values = rng.normal(0, 0.02, (512, 1024)).astype("f4")
        if number == 2:
            values[100:140] = 0
        writer.add_tensor(f"blk.{number}.weight", gguf.quantize(values, kind), raw_dtype=kind)
    writer.add_tensor("norm.weight", np.ones(1024, "f4"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    quiet(loud, scan_file, tmp_path / "x.gguf")


@pytest.mark.torch
def test_tiny_pipelines_of_real_classes_are_quiet(tiny, loud):
    import tiny_pipelines

    seen = 0
    for family in tiny_pipelines.BUILDERS:
        for path in sorted(tiny(family).rglob("*.safetensors")):
            header = try_header(path).header
            census = deep_scan(header, sha256=True)
            assert loud({f.rule: f for f in value_findings(path, census)}) == [], path
            assert census.examined == len(header.tensors)
            seen += 1
        assert verify(tiny(family), deep=True).verdict == "ok"
    assert seen > 8


@pytest.mark.torch
def test_an_untrained_lora_and_an_untrained_controlnet_are_quiet(
    tmp_path, fixtures_on_path, loud, scan_file
):
    import torch
    from diffusers import ControlNetModel
    from safetensors.torch import save_file

    torch.manual_seed(0)
    lora = {}
    for block in range(8):
        for part in ("to_q", "to_k", "to_v", "to_out.0"):
            stem = f"transformer.transformer_blocks.{block}.attn1.{part}"
            lora[f"{stem}.lora_A.weight"] = torch.randn(16, 512) * 0.04
            lora[f"{stem}.lora_B.weight"] = torch.zeros(2048, 16)
    save_file(lora, tmp_path / "lora.safetensors")
    quiet(loud, scan_file, tmp_path / "lora.safetensors")
    control = ControlNetModel(
        block_out_channels=(32, 64), layers_per_block=1, cross_attention_dim=32,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), attention_head_dim=4,
        norm_num_groups=8, conditioning_embedding_out_channels=(16, 32),
    )  # fmt: skip
    control.save_pretrained(tmp_path / "control")
    quiet(loud, scan_file, tmp_path / "control" / "diffusion_pytorch_model.safetensors")
