import json
import os
import pickle
import struct
import zipfile

import pytest

from compat.formats.verify import verify

MATRIX = {f"block.{number}.weight": ("BF16", (64, 64)) for number in range(20)}


def rules(path, **options):
    return [f.rule for f in verify(path, **options).findings]


def verdict(path, **options):
    (report,) = verify(path, **options).reports
    return report.verdict


def test_a_right_file_is_ok_and_counted(put, build):
    (report,) = verify(put("x.safetensors", build.safetensors(MATRIX)), deep=True).reports
    assert (report.verdict, report.findings) == ("ok", ())
    assert report.measures["parameters"] == 20 * 64 * 64
    assert report.measures["tensors_examined"] == 20


IMPOSTERS = {
    "html-page": b"<!DOCTYPE html><html><body>Sign in</body></html>",
    "json-error": b'{"error": "Access to this model is restricted"}',
    "json-content": b'{"weight_map": {}}',
    "lfs-pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 5135149\n",
    "empty-file": b"",
    "zero-filled": bytes(10_000),
    "text-content": b"Entry not found",
    "misnamed": b"GGUF" + struct.pack("<IQQ", 3, 0, 0),
    "zip-archive": b"PK\x03\x04" + bytes(26) + b"x",
    "pickle-misnamed": pickle.dumps({"a": 1}),
    "not-what-its-name-says": b"\x89\xff\xfe\xfd\x01\x02\x03\x04\x05",
}


@pytest.mark.parametrize("rule", IMPOSTERS)
def test_what_is_no_model_is_named_for_what_it_is(put, rule):
    path = put("model.safetensors", IMPOSTERS[rule])
    (report,) = verify(path).reports
    assert report.verdict == "damaged"
    assert report.findings[0].rule == rule
    assert report.findings[0].remedy


def test_a_pickle_is_never_loaded(put, tmp_path):
    class Trap:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "sprung"),))

    path = put("model.ckpt", pickle.dumps(Trap()))
    assert verdict(path, deep=True) == "damaged"
    assert rules(path)[0] == "pickle-dangerous-global"
    assert not (tmp_path / "sprung").exists()


def test_a_torch_zip_is_named_and_unknown(tmp_path):
    path = tmp_path / "model.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model/data.pkl", b"\x80\x02}.")
    (report,) = verify(path).reports
    assert (report.kind, report.verdict) == ("torch-zip", "unknown")


@pytest.mark.parametrize("name", ["x.safetensors.part", "x.crdownload", "x.incomplete"])
def test_an_unfinished_download_is_named(put, name):
    assert rules(put(name, b"abc")) == ["partial-download"]


def test_aria2_leaves_a_control_file_beside(put, build):
    path = put("x.safetensors", build.safetensors(MATRIX))
    put("x.safetensors.aria2", b"")
    assert rules(path) == ["partial-download"]


def test_a_file_that_is_not_there_is_unknown(tmp_path):
    assert verdict(tmp_path / "nothing.safetensors") == "unknown"


def test_a_cache_blob_without_a_suffix_is_read_for_what_it_is(put, build):
    assert verdict(put("0f3a9c", build.safetensors(MATRIX))) == "ok"


@pytest.mark.parametrize("missing", [9_000, 30_000, 80_000, 150_000])
def test_a_tail_that_was_never_filled_is_found_from_a_few_blocks(put, build, missing):
    data = build.safetensors(MATRIX)
    (report,) = verify(put("x.safetensors", data[:-missing] + bytes(missing))).reports
    (finding,) = report.findings
    assert (report.verdict, finding.rule) == ("damaged", "zero-tail")
    assert finding.evidence["zero_bytes"] == missing


def test_unfilled_regions_in_the_middle_are_found(put, build):
    data = bytearray(build.safetensors(MATRIX))
    data[50_000:100_000] = bytes(50_000)
    assert rules(put("x.safetensors", bytes(data))) == ["zero-regions"]


def zeroed(build, names):
    tensors = {
        name: ("BF16", (64, 64), bytes(8192)) if name in names else shape
        for name, shape in MATRIX.items()
    }
    return build.safetensors(tensors)


def test_neighbours_that_are_zero_together_are_a_hole(put, build):
    names = {"block.5.weight", "block.6.weight"}
    assert rules(put("x.safetensors", zeroed(build, names))) == ["zero-regions"]


def test_a_few_scattered_zero_matrices_may_be_meant(put, build):
    names = {f"block.{number}.weight" for number in (2, 6, 10, 14)}
    (report,) = verify(put("x.safetensors", zeroed(build, names))).reports
    assert (report.verdict, [f.rule for f in report.findings]) == ("ok", ["zero-tensors"])


def test_every_other_matrix_zero_is_not_meant(put, build):
    names = {f"block.{number}.weight" for number in range(0, 20, 2)}
    assert rules(put("x.safetensors", zeroed(build, names))) == ["zero-regions"]


def test_zero_biases_and_one_zero_output_are_no_damage(put, build):
    tensors = {
        **MATRIX,
        "norm.bias": ("F32", (64,), bytes(256)),
        "proj_out.bias": ("F32", (64,), bytes(256)),
        "proj_out.weight": ("BF16", (64, 64), bytes(8192)),
    }
    path = put("x.safetensors", build.safetensors(tensors))
    assert verdict(path) == "ok"


NOT_FINITE = {
    "F32": struct.pack("<f", float("nan")),
    "F16": struct.pack("<e", float("inf")),
    "F64": struct.pack("<d", float("-inf")),
    "BF16": b"\xc0\x7f",
    "F8_E4M3": b"\xff",
    "F8_E5M2": b"\x7c",
}
FINITE = {
    "F32": struct.pack("<f", 3.4e38),
    "F16": struct.pack("<e", 65504),
    "F64": struct.pack("<d", 1e308),
    "BF16": b"\x7f\x7f",
    "F8_E4M3": b"\x7e",
    "F8_E5M2": b"\x7b",
}


@pytest.mark.parametrize("dtype", NOT_FINITE)
def test_deep_finds_one_bad_value_in_any_float_type(put, build, dtype):
    for value, expected in ((NOT_FINITE, ["weights-not-finite"]), (FINITE, [])):
        tensors = {"a": (dtype, (8, 8), value[dtype] * 64)}
        found = verify(put("x.safetensors", build.safetensors(tensors)), deep=True).findings
        assert [f.rule for f in found if f.severity != "info"] == expected


def test_deep_counts_the_bad_values_and_names_the_tensor(put, build):
    bad = NOT_FINITE["F32"] * 3 + FINITE["F32"] * 5
    path = put("x.safetensors", build.safetensors({**MATRIX, "bad": ("F32", (8,), bad)}))
    (report,) = verify(path, deep=True).reports
    assert report.findings[0].evidence["tensors"] == {"'bad'": 3}


def test_deep_calls_many_zero_matrices_damage_and_one_a_hint(put, build):
    zero = bytes(2 * 32 * 32)
    half = {f"z.{n}": ("BF16", (32, 32), zero) for n in range(4)}
    half |= {f"w.{n}": ("BF16", (32, 32)) for n in range(4)}
    path = put("a.safetensors", build.safetensors(half))
    assert set(rules(path, deep=True)) & {"weights-all-zero", "zero-regions"}
    assert verdict(path, deep=True) == "damaged"
    one = {"z": ("BF16", (32, 32), zero), **MATRIX}
    (report,) = verify(put("b.safetensors", build.safetensors(one)), deep=True).reports
    assert report.verdict == "ok"
    assert "low" in [finding.severity for finding in report.findings]


def test_minus_zero_counts_as_zero(put, build):
    tensors = {"a": ("BF16", (32, 32), b"\x00\x80" * 1024)}
    assert "weights-all-zero" in rules(put("x.safetensors", build.safetensors(tensors)), deep=True)


def fp8(**more):
    return {"a.weight": ("F8_E4M3", (64, 64)), "norm.weight": ("BF16", (64,)), **more}


SCALE = {"a.weight_scale": ("F32", (1,))}
OLD_SCALE = {"a.scale_weight": ("F32", (1,))}


@pytest.mark.parametrize(
    ("tensors", "rule", "severity"),
    [
        (fp8(), "fp8-plain", "info"),
        (fp8(**SCALE), "fp8-scales-ignored", "high"),
        (fp8(**OLD_SCALE), "fp8-scales-ignored", "high"),
        # ComfyUI's first marker covers .scale_weight alone; under any other name it finds nothing.
        (fp8(**SCALE, scaled_fp8=("F8_E4M3", (1,))), "fp8-scales-ignored", "high"),
        (fp8(**OLD_SCALE, scaled_fp8=("F8_E4M3", (1,))), "quantised", "info"),
    ],
)
def test_scales_of_a_single_file_need_a_marker(put, build, tensors, rule, severity):
    (report,) = verify(put("x.safetensors", build.safetensors(tensors))).reports
    assert [(f.rule, f.severity) for f in report.findings] == [(rule, severity)]


@pytest.mark.parametrize(
    ("extra", "rule"),
    [
        (SCALE, "fp8-scales-ignored"),
        ({"scaled_fp8": ("F8_E4M3", (1,))}, "quantisation-scales-missing"),
    ],
)
def test_scales_in_a_diffusers_folder_are_ignored_and_found(folder, build, extra, rule):
    path = folder / "transformer" / "diffusion_pytorch_model.safetensors"
    path.write_bytes(build.safetensors(fp8(**extra)))
    assert rules(folder)[0] == rule
    config = {"quantization_config": {"quant_method": "torchao"}}
    (folder / "transformer" / "config.json").write_text(json.dumps(config), "utf-8")
    assert "fp8-scales-ignored" not in rules(folder)


def test_plain_fp8_in_a_folder_is_only_a_remark(folder, build):
    path = folder / "transformer" / "diffusion_pytorch_model.safetensors"
    path.write_bytes(build.safetensors(fp8()))
    assert {report.verdict for report in verify(folder).reports} == {"ok"}


def test_a_folder_of_loose_files_is_checked_file_by_file(put, build, tmp_path):
    put("a/x.safetensors", build.safetensors(MATRIX))
    put("b/y.gguf", build.gguf([build.entry("a", (8,))], 32))
    put("notes.txt", b"hello")
    assert [report.path.name for report in verify(tmp_path).reports] == ["x.safetensors", "y.gguf"]


def test_an_empty_folder_gives_no_report(tmp_path):
    assert verify(tmp_path).reports == ()


def test_one_verdict_is_the_worst_of_all_files(put, build, tmp_path):
    put("a.safetensors", build.safetensors(MATRIX))
    assert verify(tmp_path).verdict == "ok"
    put("b.ckpt", pickle.dumps({"a": 1}))
    assert verify(tmp_path).verdict == "unknown"
    put("c.safetensors", build.safetensors(MATRIX)[:-10])
    assert verify(tmp_path).verdict == "damaged"
    assert verify(tmp_path / "nothing").verdict == "unknown"
