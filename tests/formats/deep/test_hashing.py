import hashlib

import pytest

from compat.formats.deep import hash_file, hash_files


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (3 << 20) + 5])
def test_the_hash_is_the_one_of_hashlib(tmp_path, size):
    path = tmp_path / "x"
    data = bytes(range(256)) * (size // 256 + 1)
    path.write_bytes(data[:size])
    heard = []
    assert hash_file(path, heard.append) == hashlib.sha256(data[:size]).hexdigest()
    assert sum(heard) == size


def test_several_files_come_in_order_and_one_that_is_missing_does_not_stop_them(tmp_path):
    paths = [tmp_path / name for name in ("a", "b", "c")]
    paths[0].write_bytes(b"a" * 100)
    paths[2].write_bytes(b"c" * 5_000_000)
    heard = []
    found = dict(hash_files(paths, heard.append, workers=2))
    assert list(found) == paths
    assert found[paths[0]] == hashlib.sha256(b"a" * 100).hexdigest()
    assert isinstance(found[paths[1]], FileNotFoundError)
    assert found[paths[2]] == hashlib.sha256(b"c" * 5_000_000).hexdigest()
    assert sum(heard) == 5_000_100
