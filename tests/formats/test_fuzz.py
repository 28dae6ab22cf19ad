"""Whatever the bytes are, the answer is a report: never an exception, never a hang."""

import json
import struct
import tempfile
from pathlib import Path

import pytest
import safetensors
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compat.formats.digest import content_digest
from compat.formats.safetensors_file import read_safetensors
from compat.formats.verify import verify
from compat.identify.identify import identify
from tools.fuzz_headers.judge import EXPLAINED

FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
MORE = settings(FEW, max_examples=150)
numbers = st.one_of(st.integers(), st.floats(), st.sampled_from([2**63, 2**64, 10**30]))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, st.text()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
entries = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from(["F32", "BF16", "F8_E4M3", "F4", "X"]) | values,
        "shape": st.lists(st.integers(0, 5), max_size=4) | values,
        "data_offsets": st.lists(st.integers(0, 300), min_size=2, max_size=2) | values,
    }
)
tables = st.dictionaries(st.text(), entries | values, max_size=6)


def check(name, data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        reports = verify(path, deep=True).reports
        assert all(report.verdict in ("ok", "damaged", "unknown") for report in reports)
        for report in reports:
            for finding in report.findings:
                finding.message.encode("utf-8")
                json.dumps(finding.evidence)
        assert identify(path).id
        assert content_digest(path)


@FEW
@given(data=st.binary(max_size=300), name=st.sampled_from(["x.safetensors", "x.gguf", "x.pt"]))
def test_any_bytes_give_a_report(data, name):
    check(name, data)


@FEW
@given(table=tables, tail=st.binary(max_size=300))
def test_any_safetensors_table_gives_a_report(table, tail):
    text = json.dumps(table).encode()
    check("x.safetensors", struct.pack("<Q", len(text)) + text + tail)


def refused_by_the_reference(data):
    try:
        safetensors.deserialize(data)
    except safetensors.SafetensorError:
        return True
    return False


def refused_here(data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.safetensors"
        path.write_bytes(data)
        return {f.rule for f in read_safetensors(path).findings if f.severity == "high"}


@MORE
@given(
    entries=st.lists(st.tuples(st.text(max_size=4), entries | values), max_size=4),
    space=st.text(" \n\t\ufeff", max_size=2),
    padding=st.text(" \n\t\0", max_size=2),
    tail=st.integers(0, 300),
)
def test_what_the_reference_refuses_is_refused_here_and_the_rest_has_a_reason(
    entries, space, padding, tail
):
    members = ",".join(f"{json.dumps(key)}:{json.dumps(value)}" for key, value in entries)
    text = f"{space}{{{members}}}{padding}".encode()
    data = struct.pack("<Q", len(text)) + text + bytes(tail)
    ours, theirs = refused_here(data), refused_by_the_reference(data)
    assert bool(ours) >= theirs
    # Of two tensors of one name the reference loses the first, and whatever is wrong with it.
    explained = EXPLAINED["safetensors"].keys()
    assert theirs or "safetensors-duplicate-name" in ours or ours <= explained


@FEW
@given(body=st.binary(max_size=200), counts=st.tuples(*[st.integers(0, 2**64 - 1)] * 2))
def test_any_gguf_body_gives_a_report(body, counts):
    check("x.gguf", b"GGUF" + struct.pack("<IQQ", 3, *counts) + body)
    check("x.gguf", b"GGUF" + struct.pack("<IQQ", 3, counts[0] % 4, counts[1] % 4) + body)


@pytest.fixture
def right(build):
    tensors = {f"a.{n}.weight": ("BF16", (16, 16)) for n in range(4)}
    entries = [build.entry("a", (64, 2), 8), build.entry("b", (16,), 0, 160)]
    return {"x.safetensors": build.safetensors(tensors), "x.gguf": build.gguf(entries, 224)}


@FEW
@given(st.data())
def test_a_right_file_with_some_bytes_changed_or_cut_gives_a_report(right, data):
    name = data.draw(st.sampled_from(sorted(right)))
    raw = bytearray(right[name])
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    check(name, bytes(raw[: data.draw(st.integers(0, len(raw)))]))


@FEW
@given(index=st.dictionaries(st.text(), values), config=values)
def test_any_model_index_gives_a_report(folder, index, config):
    (folder / "model_index.json").write_text(json.dumps(index), "utf-8")
    (folder / "vae" / "config.json").write_text(json.dumps(config), "utf-8")
    assert verify(folder).reports
    assert identify(folder).id


@FEW
@given(config=st.dictionaries(st.sampled_from(
    ["num_layers", "num_attention_heads", "attention_head_dim", "in_channels", "caption_channels",
     "motion_max_seq_length", "vocab_size", "d_model", "block_out_channels"]), values))  # fmt: skip
def test_any_config_values_give_an_identification(folder, config):
    for name in ("transformer", "text_encoder", "vae"):
        (folder / name / "config.json").write_text(json.dumps(config), "utf-8")
    assert identify(folder).family == "ltx"
