"""Keys are found on the line where they stand."""

import time

from compat.plan.toml_lines import key_lines, line_of

TEXT = '''\
# [not] = "a table"
top = 1
[video] # a comment
"width" = 64
text = """
[hidden]
width = 3 \\"""
"""
list = [
  1, # ]
  [2],
]
inline = { a = 1,  b = "]" }
raw = \'\'\'x
[also hidden]
\'\'\'
[[prompts]]
at = 0
[[prompts]]
  at = 1
[a . "b"]
c.d = 2
'''


def test_tables_keys_and_counted_tables_have_their_lines():
    assert key_lines(TEXT) == {
        "top": 2,
        "video": 3,
        "video.width": 4,
        "video.text": 5,
        "video.list": 9,
        "video.inline": 13,
        "video.raw": 14,
        "prompts": 17,
        "prompts[0]": 17,
        "prompts[0].at": 18,
        "prompts[1]": 19,
        "prompts[1].at": 20,
        "a.b": 21,
        "a.b.c.d": 22,
    }


def test_a_key_that_does_not_stand_there_has_the_line_of_what_holds_it():
    lines = key_lines(TEXT)
    assert line_of("prompts[1].text", lines) == 19
    assert line_of("video.list[0]", lines) == 9
    assert line_of("video.inline.a", lines) == 13
    assert line_of("output.crf", lines) is None
    assert line_of("prompts[7].at", lines) == 17


def test_a_long_line_of_blanks_or_quotes_takes_no_time():
    started = time.perf_counter()
    for filler in (" ", "a ", "'' ", '"" '):
        key_lines(filler * 100_000 + "# =")
    assert time.perf_counter() - started < 2
