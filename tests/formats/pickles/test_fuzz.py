"""Whatever the bytes of a checkpoint are, the answer is a report, and table and torch agree."""

import io
import json
import pickle
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compat.formats.verify import verify

torch = pytest.importorskip("torch")
FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def right():
    """One zip and one legacy checkpoint: the names of storages in them differ from run to run."""
    weights = {"a": torch.ones(8, 16), "b": torch.ones(8), "c": torch.ones(4, 4, 3)}
    streams = io.BytesIO(), io.BytesIO()
    torch.save(weights, streams[0])
    torch.save(weights, streams[1], _use_new_zipfile_serialization=False)
    return [stream.getvalue() for stream in streams]


def check(data, name="x.pt"):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        (report,) = verify(path, deep=True).reports
        for finding in report.findings:
            finding.message.encode("utf-8")
            json.dumps(finding.evidence)
        return report


@FEW
@given(data=st.binary(max_size=200), protocol=st.integers(0, 5))
def test_any_opcodes_give_a_report(data, protocol):
    assert check(b"\x80" + bytes([max(2, protocol)]) + data)
    assert check(data, "x.pkl")


@FEW
@given(st.data())
def test_a_right_checkpoint_with_some_bytes_changed_or_cut_gives_a_report(right, data):
    raw = bytearray(right[data.draw(st.integers(0, 1))])
    for _ in range(data.draw(st.integers(0, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(raw[: data.draw(st.integers(0, len(raw)))])
    report = check(cut)
    if len(cut) < len(raw):
        assert report.verdict != "ok"


@FEW
@given(st.data())
@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_an_archive_that_is_called_ok_is_one_that_torch_loads(right, data):
    raw = bytearray(right[0])
    for _ in range(data.draw(st.integers(1, 2))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    if check(bytes(raw)).verdict == "ok":
        torch.load(io.BytesIO(bytes(raw)), weights_only=True)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=40),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@FEW
@given(value=values, protocol=st.integers(0, 5))
def test_plain_data_is_never_dangerous(value, protocol):
    found = [f.rule for f in check(pickle.dumps({"x": value}, protocol=protocol), "x.pkl").findings]
    assert "pickle-no-tensors" in found
    assert not set(found) & {"pickle-dangerous-global", "pickle-broken", "pickle-hidden-global"}


@FEW
@given(names=st.lists(st.text(min_size=1, max_size=20), max_size=4), body=st.binary(max_size=60))
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_any_archive_gives_a_report(names, body):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in ["a/data.pkl", *names]:
            try:
                archive.writestr(name, body)
            except (IndexError, ValueError):  # names that zipfile itself cannot write
                continue
    assert check(stream.getvalue())
