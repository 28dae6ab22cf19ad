"""How fast weights are looked at, beside torch.isfinite, gguf-py and a plain read, in one run.

One thread each, so that the ratios are per core; the last tests take all cores. ``GBps`` is in
the extra info. Figures asked for: 8x torch.isfinite for bf16, 4x for fp8 and float32, 4x gguf-py's
dequantise and isfinite, and at most 1.5x the time of a plain read of the same file.
"""

import os

import numpy as np
import pytest

from compat.formats.deep import deep_scan, hash_file
from compat.formats.model import Header, TensorInfo

torch = pytest.importorskip("torch")

WEIGHTS_MIB = 256
FILE_MIB = 1280
READ_AT_ONCE = 4 << 20

FLOATS = {
    "BF16": torch.bfloat16,
    "F32": torch.float32,
    "F16": torch.float16,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
}
BLOCKS = ["Q4_K", "Q8_0", "Q6_K", "IQ4_XS", "Q5_K", "Q4_0", "IQ2_XS"]


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def header_of(path, dtype, size):
    tensor = TensorInfo("a.weight", dtype, (1024, size), 0, size)
    return Header(
        path=path,
        format="safetensors",
        tensors={"a.weight": tensor},
        metadata={},
        data_start=0,
        file_size=size,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("weights")


def weights(dtype, mib=WEIGHTS_MIB):
    """Normally distributed weights; fp8 scaled to its full range, as converters leave it."""
    word = torch.empty(0, dtype=FLOATS[dtype]).element_size()
    tile = torch.randn((8 << 20) // word, generator=torch.Generator().manual_seed(0)) * 0.02
    if dtype.startswith("F8"):
        tile *= torch.finfo(FLOATS[dtype]).max / tile.abs().max()
    return tile.to(FLOATS[dtype]).repeat(mib // 8)


def write(path, tensor):
    path.write_bytes(tensor.view(torch.uint8).numpy().data)
    return path.stat().st_size


def rate(benchmark, nbytes, run, *arguments):
    benchmark.pedantic(run, arguments, rounds=7, iterations=1, warmup_rounds=1)
    if benchmark.stats:
        benchmark.extra_info["GBps"] = round(nbytes / benchmark.stats["min"] / 1e9, 2)


def isfinite(tensor):
    # torch has no isfinite for fp8; bf16 holds every fp8 value, and is its fastest way.
    wide = tensor.to(torch.bfloat16) if tensor.element_size() == 1 else tensor
    return bool(torch.isfinite(wide).all())


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.benchmark(group="floats")
@pytest.mark.parametrize("who", ["framegate-reading-the-file", "torch-isfinite-in-memory"])
def test_floats(benchmark, folder, dtype, who):
    benchmark.group = f"floats {dtype}"
    tensor = weights(dtype)
    size = write(folder / "x.bin", tensor)
    if who.startswith("torch"):
        rate(benchmark, size, isfinite, tensor)
    else:
        rate(benchmark, size, scan_alone, header_of(folder / "x.bin", dtype, size))


def scan_alone(header):
    return deep_scan(header, workers=1)


def gguf_blocks(name, mib):
    """Random quants with ordinary scales."""
    from compat.formats.deep.ggml_scales import LAYOUTS

    layout = LAYOUTS[name]
    count = (mib << 20) // layout.size // 16 * 16
    raw = np.random.default_rng(0).integers(0, 256, (count, layout.size), np.uint8)
    for scale in layout.scales:
        raw[:, scale.offset : scale.offset + 2] = [0x42, 0x18]
    return raw


def dequantise(raw, name):
    import gguf

    kind = gguf.GGMLQuantizationType[name]
    return bool(np.isfinite(gguf.quants.dequantize(raw, kind)).all())


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("who", ["framegate-reading-the-file", "gguf-py-in-memory"])
def test_blocks(benchmark, folder, name, who):
    benchmark.group = f"blocks {name}"
    mib = 32  # gguf-py makes eight times as much of it
    raw = gguf_blocks(name, mib)
    if who.startswith("gguf"):
        rate(benchmark, raw.nbytes, dequantise, raw.reshape(16, -1), name)
    else:
        (folder / "q.bin").write_bytes(raw.data)
        rate(benchmark, raw.nbytes, scan_alone, header_of(folder / "q.bin", name, raw.nbytes))


@pytest.fixture(scope="module")
def big(folder):
    path = folder / "big.bin"
    return header_of(path, "BF16", write(path, weights("BF16", FILE_MIB)))


def read(path):
    buffer = memoryview(bytearray(READ_AT_ONCE))
    with path.open("rb", buffering=0) as handle:
        while handle.readinto(buffer):
            pass


def forget(path):
    """Drop a file from the page cache, so that the next read is from the disk."""
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
        os.posix_fadvise(handle.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


WAYS = {
    "plain-read": lambda header: read(header.path),
    "framegate-one-thread": scan_alone,
    "framegate-all-cores": deep_scan,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.benchmark(group="a file in the page cache")
def test_a_file_in_the_page_cache(benchmark, big, way):
    rate(benchmark, big.file_size, WAYS[way], big)


@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="no way to empty the page cache")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.benchmark(group="a file on disk")
def test_a_file_on_disk(benchmark, big, way):
    benchmark.pedantic(WAYS[way], (big,), setup=lambda: forget(big.path), rounds=3, iterations=1)
    if benchmark.stats:
        benchmark.extra_info["GBps"] = round(big.file_size / benchmark.stats["min"] / 1e9, 2)


@pytest.mark.parametrize("way", ["hash-alone", "hash-and-scan-in-one-reading"])
@pytest.mark.benchmark(group="sha256")
def test_hashing(benchmark, big, way):
    if way == "hash-alone":
        rate(benchmark, big.file_size, hash_file, big.path)
    else:
        rate(benchmark, big.file_size, lambda header: deep_scan(header, sha256=True), big)
