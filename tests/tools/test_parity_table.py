"""The page of what parity finds keeps the rows of families that are not made again."""

import pytest

from tools.parity_table.__main__ import PAGE, Row, before, page

CLEAN = [Row(family="ltx", bug="", outcome="9 compared, 0 alarms", dtype="bfloat16"),
         Row(family="wan", bug="", outcome="8 compared, 0 alarms", dtype="float16")]  # fmt: skip
ROWS = [
    Row(family="ltx", bug="cat reads views", outcome="located", dtype="float16", first="cat in x"),
    Row(family="wan", bug="neg does nothing", outcome="missed", dtype="float16"),
]


def test_a_page_is_read_back_as_it_was_written():
    assert before(page(CLEAN, ROWS), ()) == (CLEAN, ROWS)


def test_a_family_that_is_made_again_loses_its_old_rows():
    assert before(page(CLEAN, ROWS), ("ltx",)) == (CLEAN[1:], ROWS[1:])


def test_without_a_page_there_is_nothing_to_keep():
    assert before("", ("ltx",)) == ([], [])


@pytest.mark.parametrize("family", ["ltx", "wan", "hunyuan-video", "cogvideox"])
def test_the_page_that_is_shipped_shows_at_least_14_of_15_and_no_alarm(family):
    clean, rows = before(PAGE.read_text("utf-8"), ())
    own = [row for row in rows if row.family == family]
    assert sum(row.outcome == "located" for row in own) / len(own) >= 14 / 15
    assert all(row.outcome.endswith(" 0 alarms") for row in clean if row.family == family)
