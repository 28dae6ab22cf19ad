"""Hostile text stays text."""

import pytest

from compat.core.model import Target
from reports.wording import (
    MAX_LENGTH,
    as_code,
    count,
    for_html,
    for_markdown,
    say_bytes,
    say_environment,
    say_plan,
    say_seconds,
    say_target,
    say_time,
    visible,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("two\n lines\t", "two lines"),
        ("red \x1b[31m", "red \\u001b[31m"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("\udc80", "\\udc80"),
        ("nul\x00", "nul\\u0000"),
        (7, "7"),
    ],
)
def test_everything_in_a_text_can_be_seen(text, shown):
    assert visible(text) == shown


def test_a_long_text_is_cut_with_a_mark():
    assert len(visible("x" * 9999)) == MAX_LENGTH
    assert visible("x" * 9999).endswith("…")


def test_markup_is_escaped():
    assert for_html("<a href='x'>\"&") == "&lt;a href=&#x27;x&#x27;&gt;&quot;&amp;"
    assert for_markdown("<b>|`*[x](y)#") == "&lt;b&gt;\\|\\`\\*\\[x\\](y)\\#"


@pytest.mark.parametrize(
    ("text", "code"),
    [("a|b", "`a|b`"), ("a`b", "`` a`b ``"), ("a``b`", "``` a``b` ```"), ("", "`-`")],
)
def test_a_code_span_holds_any_backticks(text, code):
    assert as_code(text) == code


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.04, "0.0 s"), (31.7, "31.7 s"), (65, "1 min 05 s"), (16560, "4 h 36 min")],
)
def test_durations_are_said_as_people_say_them(seconds, said):
    assert say_seconds(seconds) == said


def test_sizes_dates_and_counts():
    assert say_bytes(3 * 2**30) == "3.0 GiB"
    assert say_bytes(700 * 2**20) == "700 MiB"
    assert say_time("2026-11-21T08:15:30.123+00:00") == "2026-11-21 08:15"
    assert say_time("2026-11-21") == "2026-11-21"
    assert say_time("yesterday") == "no date"
    assert (count(1, "window"), count(2, "window")) == ("1 window", "2 windows")


def test_a_target_and_a_plan_are_named_in_one_line(story):
    assert say_target(Target(device="cuda:0", dtype="bfloat16")) == "cuda:0 · bfloat16"
    assert say_target(Target(backend="mlx", device="mlx")) == "mlx"
    assert "832x448, 60.0 s at 25.0 fps, windows of 161 frames" in say_plan(story.PLAN)
    assert say_plan({}) == "plan not recorded"
    assert say_plan({"model": 7}) == "plan not recorded"


def test_an_environment_is_named_in_one_line(story):
    said = "macOS 15.3.1, arm64, Python 3.12.4, torch 2.5.1, M3, M3 GPU"
    assert say_environment(story.MAC) == said
    assert say_environment(None) == "environment not recorded"
