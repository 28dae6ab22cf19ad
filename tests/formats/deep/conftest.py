"""Weights as networks have them, in every type, and a scan of them in one call."""

import numpy as np
import pytest

from compat.formats.deep import deep_scan, value_findings
from compat.formats.header import try_header
from compat.formats.model import Header, TensorInfo


def _normal(dtype, shape, *, spread=0.02, seed=0):
    """Bytes of normally distributed values in one of the types that torch knows."""
    torch = pytest.importorskip("torch")
    types = {
        "F64": torch.float64,
        "F32": torch.float32,
        "C64": torch.complex64,
        "F16": torch.float16,
        "BF16": torch.bfloat16,
        "F8_E4M3": torch.float8_e4m3fn,
        "F8_E5M2": torch.float8_e5m2,
        "F8_E4M3FNUZ": torch.float8_e4m3fnuz,
        "F8_E5M2FNUZ": torch.float8_e5m2fnuz,
    }
    values = np.random.default_rng(seed).normal(0, spread, shape)
    tensor = torch.tensor(values, dtype=torch.float32).to(types[dtype])
    return tensor.contiguous().view(torch.uint8).numpy().tobytes()


def _scaled(shape, *, per_row=False, seed=0):
    """fp8 as converters write it: values and scales, the largest value at 448."""
    torch = pytest.importorskip("torch")
    values = torch.tensor(np.random.default_rng(seed).normal(0, 0.02, shape), dtype=torch.float32)
    amax = values.abs().amax(dim=1, keepdim=True) if per_row else values.abs().amax()
    scale = amax / 448
    fp8 = (values / scale).to(torch.float8_e4m3fn)
    return fp8.view(torch.uint8).numpy().tobytes(), scale.reshape(-1).numpy().tobytes()


@pytest.fixture
def lay(tmp_path):
    """Write {name: (dtype, shape, bytes)} one after another; gives the header of the file."""

    def write(tensors, *, name="x.safetensors", metadata=None, start=4096, kind="safetensors"):
        infos, at = {}, start
        path = tmp_path / name
        with path.open("wb") as handle:
            handle.write(b"\x01" * start)
            for key, (dtype, shape, data) in tensors.items():
                handle.write(data)
                infos[key] = TensorInfo(key, dtype, shape, at, at + len(data))
                at += len(data)
        return Header(
            path=path,
            format=kind,
            tensors=infos,
            metadata=metadata or {},
            data_start=start,
            file_size=at,
        )

    return write


@pytest.fixture
def found(lay):
    """What a deep scan finds in the given tensors: {rule: finding}."""

    def scan(tensors, **options):
        header = tensors if isinstance(tensors, Header) else lay(tensors, **options)
        findings = list(value_findings(header.path, deep_scan(header, workers=1)))
        assert len({f.rule for f in findings}) == len(findings), "one finding per cause"
        return {f.rule: f for f in findings}

    return scan


def _loud(findings):
    """Rules at low or above."""
    return [rule for rule, finding in findings.items() if finding.severity != "info"]


def _scan_file(path):
    """Findings of a deep scan of a file on disk."""
    reading = try_header(path)
    return {f.rule: f for f in value_findings(path, deep_scan(reading.header, workers=1))}


@pytest.fixture
def normal():
    return _normal


@pytest.fixture
def scaled():
    return _scaled


@pytest.fixture
def loud():
    return _loud


@pytest.fixture
def scan_file():
    return _scan_file
