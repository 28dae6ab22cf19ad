"""The list of public clips can be fetched again, and only as it was."""

import csv
import hashlib

import pytest

from tools.judge_training.collect import MOST_BYTES, SOURCES, Source, collect, sources
from tools.judge_training.material import collected_items

CLIP = b"GIF89a, or so"


def source(content=CLIP, path="docs/a clip.gif"):
    return Source(
        repository="owner/name", commit="1" * 40, path=path, domain="graphic",
        sha256=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip


def test_what_was_fetched_is_listed_as_training_reads_it(tmp_path):
    asked = []
    assert list(collect([source()], tmp_path, lambda url: asked.append(url) or CLIP)) == []
    (item,) = collected_items(tmp_path)
    assert (item.source, item.domain, item.path.read_bytes()) == ("owner/name", "graphic", CLIP)
    assert asked == [f"https://raw.githubusercontent.com/owner/name/{'1' * 40}/docs/a%20clip.gif"]


def test_nothing_is_fetched_twice(tmp_path):
    list(collect([source()], tmp_path, lambda _: CLIP))
    assert list(collect([source()], tmp_path, pytest.fail)) == []
    assert len(collected_items(tmp_path)) == 1


@pytest.mark.parametrize(
    ("fetched", "why"), [(b"other", "other bytes"), (b"0" * (MOST_BYTES + 1), "more than")]
)
def test_other_bytes_are_left_out_and_named(tmp_path, fetched, why):
    (sentence,) = collect([source()], tmp_path, lambda _: fetched)
    assert why in sentence
    assert "owner/name/docs/a clip.gif" in sentence
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]


def test_a_clip_that_is_gone_does_not_stop_the_others(tmp_path):
    def fetch(url):
        if "gone" in url:
            raise OSError("HTTP Error 404: Not Found")
        return CLIP

    (sentence,) = collect([source(b"x", "gone.gif"), source()], tmp_path, fetch)
    assert "404" in sentence
    assert len(collected_items(tmp_path)) == 1


def test_a_path_cannot_leave_the_folder(tmp_path):
    assert "/" not in source(path="../../x.gif").file


def test_the_list_is_large_and_names_no_clip_twice():
    found = sources()
    by_domain = {d: {s.repository for s in found if s.domain == d} for d in ("natural", "graphic")}
    assert len({s.sha256 for s in found}) == len(found)
    assert {s.domain for s in found} == set(by_domain)
    assert len(by_domain["natural"]) >= 60
    assert sum(s.domain == "graphic" for s in found) >= 200
    assert all(len(s.sha256) == 64 and len(s.commit) == 40 for s in found)


def test_the_list_is_a_plain_table():
    with SOURCES.open(encoding="utf-8", newline="") as file:
        assert all(None not in row for row in csv.DictReader(file))
