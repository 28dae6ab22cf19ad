"""The reference reader of safetensors and ours agree on what is a right file."""

import json
import random
import struct

import pytest
from safetensors import SafetensorError, safe_open

from compat.formats.dtypes import SAFETENSORS_BITS
from compat.formats.safetensors_file import read_safetensors

DTYPES = ("F32", "BF16", "F16", "F8_E4M3", "F8_E5M2", "U8", "I64", "BOOL")


def random_table(dice):
    table, end = {}, 0
    for number in range(dice.randint(1, 4)):
        dtype = dice.choice(DTYPES)
        shape = [dice.choice([0, 1, 2, 3]) for _ in range(dice.randint(0, 3))]
        size = SAFETENSORS_BITS[dtype] // 8
        for side in shape:
            size *= side
        table[f"t{number}"] = {
            "dtype": dtype, "shape": shape, "data_offsets": [end, end + size],
        }  # fmt: skip
        end += size
    return table, end


def shift_offset(dice, entry):
    entry["data_offsets"][dice.randint(0, 1)] += dice.choice([-1, 1, 2, 8])


def drop_key(dice, entry):
    entry.pop(dice.choice(list(entry)))


FAULTS = (
    lambda dice, entry: None,
    shift_offset,
    drop_key,
    lambda dice, entry: entry["shape"].append(dice.choice([1, 2])),
    lambda dice, entry: entry.update(dtype=dice.choice(["F33", "f32", "F64"])),
    lambda dice, entry: entry.update(shape=dice.choice([None, [1.0], ["1"], [True], [-1]])),
    lambda dice, entry: entry.update(extra=1),
)


def opens(path):
    try:
        with safe_open(str(path), framework="np") as handle:
            list(handle.keys())
    except SafetensorError:
        return False
    return True


@pytest.mark.parametrize("seed", range(10))
def test_both_readers_accept_and_refuse_the_same_files(tmp_path, seed):
    dice, path = random.Random(seed), tmp_path / "x.safetensors"
    for _ in range(30):
        table, size = random_table(dice)
        dice.choice(FAULTS)(dice, table[dice.choice(list(table))])
        text = json.dumps(table).encode() + b" " * dice.randint(0, 7)
        data = (
            struct.pack("<Q", len(text)) + text + b"x" * max(0, size + dice.choice([0, 0, -1, 5]))
        )
        path.write_bytes(data)
        findings = read_safetensors(path).findings
        assert opens(path) == all(finding.severity != "high" for finding in findings), data
