"""What the real libraries write has no finding at LOW or above, however closely one looks."""

import pytest

from compat.formats.verify import verify

torch = pytest.importorskip("torch")


def loud(path):
    verification = verify(path, deep=True, sha256=True)
    assert verification.verdict == "ok"
    return [f.rule for f in verification.findings if f.severity != "info"]


def t5(layers):
    from transformers import T5Config, T5EncoderModel

    torch.manual_seed(0)
    sizes = {"d_model": 64, "d_kv": 8, "d_ff": 64, "num_heads": 4, "vocab_size": 300}
    return T5EncoderModel(T5Config(num_layers=layers, **sizes))


@pytest.mark.torch
@pytest.mark.parametrize("shard", ["60KB", "5GB"])
def test_transformers_folders_in_one_or_many_shards(tmp_path, shard):
    t5(4).save_pretrained(tmp_path, max_shard_size=shard)
    assert loud(tmp_path) == []


@pytest.mark.torch
def test_a_text_encoder_with_its_tokenizer(fixtures_on_path, tmp_path):
    from tiny_text import gemma_model, gemma_tokenizer

    tokenizer = gemma_tokenizer()
    gemma_model(tokenizer).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    assert loud(tmp_path) == []


@pytest.mark.torch
@pytest.mark.parametrize("safe", [True, False])
def test_a_sharded_diffusers_model_alone(tmp_path, safe):
    diffusers = pytest.importorskip("diffusers")
    torch.manual_seed(0)
    model = diffusers.LTXVideoTransformer3DModel(
        num_layers=2, attention_head_dim=8, num_attention_heads=4, cross_attention_dim=32,
        caption_channels=64, in_channels=8, out_channels=8,
    )  # fmt: skip
    model.save_pretrained(tmp_path, max_shard_size="60KB", safe_serialization=safe)
    assert loud(tmp_path) == []


@pytest.mark.torch
@pytest.mark.parametrize("family", ["ltx", "wan", "animatediff"])
def test_whole_pipelines(tiny, family):
    assert loud(tiny(family)) == []


@pytest.mark.torch
def test_a_pipeline_of_pickles_is_ok_too(tiny, tmp_path):
    import shutil

    from safetensors.torch import load_file

    folder = tmp_path / "pickled"
    shutil.copytree(tiny("ltx"), folder)
    for file in list(folder.rglob("*.safetensors")):
        stem = "pytorch_model" if file.stem == "model" else file.stem
        torch.save(load_file(file), file.with_name(f"{stem}.bin"))
        file.unlink()
    assert loud(folder) == []
    rules = [finding.rule for finding in verify(folder).findings]
    assert rules.count("pickle-format") == 3
    assert "weights-only-pickled" in rules


@pytest.mark.torch
def test_a_module_with_an_optimizer(tmp_path):
    model = t5(1)
    optimizer = torch.optim.AdamW(model.parameters())
    model(torch.ones(1, 4, dtype=torch.long)).last_hidden_state.sum().backward()
    optimizer.step()
    content = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 1}
    torch.save(content, tmp_path / "checkpoint.pt")
    (report,) = verify(tmp_path / "checkpoint.pt").reports
    assert loud(tmp_path / "checkpoint.pt") == []
    assert report.measures["tensors"] == len(model.state_dict())
