import hashlib
import json
import threading
import time

import numpy as np
import pytest

from compat.formats.deep import (
    begin,
    census_from_data,
    deep_scan,
    scan_steps,
    take_census,
    value_findings,
    value_measures,
)


@pytest.fixture
def mixed(lay, normal):
    """Some 96 MiB in all types, with damage in several places."""
    rng = np.random.default_rng(0)
    tile = normal("BF16", (1024, 1024))
    big = tile * 20
    big = big[: 21 << 20] + bytes(1 << 20) + big[22 << 20 :]
    nan = bytearray(normal("F32", (512, 1024)))
    nan[77 * 4 : 78 * 4] = b"\0\0\xc0\x7f"
    blocks = np.frombuffer(rng.bytes(144 * 40_000), np.uint8).reshape(-1, 144).copy()
    blocks[:, :4] = [0, 0x20, 0, 0x18]
    blocks[30_000, :2] = [0, 0x7E]
    tensors = {
        "big.weight": ("BF16", (20 * 1024, 1024), big),
        "nan.weight": ("F32", (512, 1024), bytes(nan)),
        "blocks.weight": ("Q4_K", (40_000, 256), blocks.tobytes()),
        "fp8.weight": ("F8_E4M3", (4096, 1024), normal("F8_E4M3", (4096, 1024))),
        "noise.weight": ("F16", (512, 1024), rng.bytes(1 << 20)),
        "empty": ("F32", (0, 4), b""),
        **{f"small.{n}.bias": ("F32", (16,), normal("F32", (16,), seed=n)) for n in range(700)},
        "packed": ("U8", (6 << 10, 4096), rng.bytes(24 << 20)),
    }
    return lay(tensors)


def told(census):
    data = census.to_data()
    return {key: value for key, value in data.items() if key != "sha256"}


def test_threads_see_what_one_thread_sees(mixed):
    alone = told(deep_scan(mixed, workers=1))
    assert told(deep_scan(mixed, workers=3)) == alone
    assert told(deep_scan(mixed, sha256=True)) == alone
    assert told(take_census(mixed)) == alone
    rules = {f.rule for f in value_findings(mixed.path, deep_scan(mixed))}
    assert {
        "weights-not-finite",
        "gguf-scale-not-finite",
        "weights-implausible",
    } < rules


def test_a_hash_taken_in_the_same_reading_is_the_hash_of_the_file(mixed):
    expected = hashlib.sha256(mixed.path.read_bytes()).hexdigest()
    heard = []
    census = deep_scan(mixed, sha256=True, on_bytes=heard.append)
    assert census.sha256 == expected
    assert sum(heard) == mixed.file_size
    assert value_measures(census)["sha256"] == expected
    assert deep_scan(mixed).sha256 == ""


def test_progress_counts_the_bytes_of_all_tensors(mixed):
    for workers in (1, 2):
        heard = []
        deep_scan(mixed, on_bytes=heard.append, workers=workers)
        assert sum(heard) == mixed.file_size - mixed.data_start
        assert len(heard) >= 3


@pytest.mark.parametrize("sha256", [False, True])
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_scan_that_was_stopped_goes_on_from_its_stored_form(mixed, workers, steps, sha256):
    in_one_go = told(deep_scan(mixed))
    left = [steps]

    def stop():
        left[0] -= 1
        return left[0] < 0

    part = deep_scan(mixed, workers=workers, stop=stop)
    assert not part.complete
    assert 0 < part.position <= mixed.file_size
    (finding,) = [f for f in value_findings(mixed.path, part) if f.rule == "deep-unfinished"]
    assert finding.severity == "medium"
    stored = json.loads(json.dumps(part.to_data()))
    heard = []
    whole = deep_scan(
        mixed, start=census_from_data(mixed, stored), on_bytes=heard.append, sha256=sha256
    )
    assert told(whole) == in_one_go
    assert bool(whole.sha256) is sha256
    assert sum(heard) == mixed.file_size - (0 if sha256 else part.position)


def test_a_scan_that_is_complete_reads_nothing_again(mixed):
    done = census_from_data(mixed, deep_scan(mixed).to_data())
    heard = []
    assert deep_scan(mixed, start=done, on_bytes=heard.append).complete
    assert heard == []


def test_an_interrupt_ends_at_once_and_keeps_what_was_seen(mixed):
    census = begin(mixed)
    steps = scan_steps(census, workers=2)
    next(steps)
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        steps.throw(KeyboardInterrupt)
    assert time.monotonic() - started < 1
    assert not [t for t in threading.enumerate() if t.name.startswith("deep-scan")]
    assert census.position > mixed.data_start
    assert told(deep_scan(mixed, start=census)) == told(deep_scan(mixed))


@pytest.mark.parametrize(
    "change",
    [
        lambda data: {**data, "version": 0},
        lambda data: {**data, "position": "far"},
        lambda data: {**data, "sights": {"other": {}}},
        lambda data: {**data, "sights": {"big.weight": {"nan": "many"}}},
        lambda data: {**data, "sights": {"big.weight": {"__class__": 1}}},
        lambda data: {**data, "sights": {"big.weight": {"zero_runs": [[1, 2, 3]]}}},
        lambda data: {**data, "sights": {"big.weight": 7}},
        lambda data: {**data, "regions": [{"start": 1}]},
        lambda data: {**data, "regions": [{"kind": "x"}]},
        lambda _data: {},
    ],
)
def test_a_stored_form_that_is_none_is_refused_in_one_way(mixed, change):
    data = deep_scan(mixed, stop=lambda: True).to_data()
    with pytest.raises(ValueError, match=r".+"):
        census_from_data(mixed, change(data))


def test_a_file_that_changed_since_is_looked_at_from_the_beginning(mixed):
    part = deep_scan(mixed, stop=lambda: True)
    with mixed.path.open("r+b") as handle:
        handle.seek(5000)
        handle.write(b"\xff\xff")
    heard = []
    whole = deep_scan(mixed, start=part, on_bytes=heard.append)
    assert sum(heard) == mixed.file_size - mixed.data_start
    assert whole.complete


def shrink(path):
    with path.open("r+b") as handle:
        handle.truncate(20 << 20)


def rewrite(path):
    with path.open("r+b") as handle:
        handle.seek(10 << 20)
        handle.write(b"changed")


def grow(path):
    with path.open("ab") as handle:
        handle.write(b"more")


@pytest.mark.parametrize("change", [shrink, rewrite, grow])
@pytest.mark.parametrize("options", [{"workers": 1}, {"workers": 2}, {"sha256": True}])
def test_a_file_that_does_not_keep_still_gives_one_sentence(mixed, change, options):
    done = []

    def once(_count):
        if not done:
            done.append(change(mixed.path))

    census = deep_scan(mixed, on_bytes=once, **options)
    assert not census.complete
    assert census.sha256 == ""
    (finding,) = value_findings(mixed.path, census)
    assert (finding.rule, finding.severity) == ("changed-while-read", "medium")


def test_a_file_that_went_away_is_an_os_error(mixed):
    mixed.path.unlink()
    with pytest.raises(OSError, match=r"No such file|cannot find"):
        deep_scan(mixed)


def test_measures_name_the_worst_tensors_and_few(mixed):
    measures = value_measures(deep_scan(mixed))
    assert len(measures["worst_tensors"]) == 16
    assert next(iter(measures["worst_tensors"])) == "'noise.weight'"
    assert measures["tensors_examined"] == len(mixed.tensors)
    json.dumps(measures, allow_nan=False)
