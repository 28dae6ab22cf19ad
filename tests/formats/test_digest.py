import os

import pytest

from compat.core.errors import CompatError
from compat.formats.digest import content_digest


def test_the_digest_follows_content_and_names(folder):
    before = content_digest(folder)
    assert content_digest(folder) == before
    config = folder / "vae" / "config.json"
    config.write_text('{"latent_channels": 9}', "utf-8")
    after = content_digest(folder)
    assert after != before
    config.rename(config.with_name("other.json"))
    assert content_digest(folder) not in (before, after)


def test_a_large_file_counts_by_head_size_and_time(put):
    path = put("x.bin", bytes(2 << 20))
    before = content_digest(path), content_digest(path, full=True)
    status = path.stat()
    with path.open("r+b") as handle:
        handle.seek(-1, os.SEEK_END)
        handle.write(b"x")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert content_digest(path) == before[0]
    assert content_digest(path, full=True) != before[1]
    os.utime(path, ns=(1, 1))
    assert content_digest(path) != before[0]


def test_a_full_digest_leaves_times_out(put):
    path = put("x.bin", bytes(2 << 20))
    before = content_digest(path, full=True)
    os.utime(path, ns=(1, 1))
    assert content_digest(path, full=True) == before


def test_a_linked_component_counts_by_its_content(folder, tmp_path):
    try:
        (tmp_path / "elsewhere").symlink_to(folder / "vae", target_is_directory=True)
    except OSError:
        pytest.skip("this system does not let us make links")
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "vae").symlink_to(folder / "vae", target_is_directory=True)
    (linked / "vae" / "round").symlink_to(linked, target_is_directory=True)
    before = content_digest(linked)
    (folder / "vae" / "config.json").write_text("{}", "utf-8")
    assert content_digest(linked) != before


def test_what_is_not_there_is_an_error_with_a_remedy(tmp_path):
    with pytest.raises(CompatError, match="neither a file nor a folder"):
        content_digest(tmp_path / "nothing")
