"""matrix.html is one well-formed file that loads nothing; each cell opens its own evidence."""

import re
from html.parser import HTMLParser

import pytest

from reports.matrix.page import render_matrix_page

VOID = {"meta", "br"}


class Outline(HTMLParser):
    """Checks that tags nest, and collects them with their attributes."""

    def __init__(self):
        super().__init__()
        self.open, self.tags = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def outline_of(page):
    outline = Outline()
    outline.feed(page)
    assert outline.open == []
    return outline.tags


@pytest.fixture(scope="module")
def page(lab):
    results = (
        lab.a_result(measures={"frames distance": 0.00123456, "frames limit": 0.01}),
        lab.crashed(lab.HALF),
        lab.wrong(lab.GGUF),
        lab.known(family="mochi"),
        lab.a_result(hour=6, cell=lab.GGUF, environment=lab.BEFORE.fingerprint),
        lab.refused(environment=lab.MAC.fingerprint),
    )
    return render_matrix_page(lab.matrix(*results))


def test_every_cell_opens_a_card_that_is_there_once(page):
    tags = outline_of(page)
    opened = [attrs["popovertarget"] for _, attrs in tags if "popovertarget" in attrs]
    cards = [attrs["id"] for _, attrs in tags if "popover" in attrs]
    assert sorted(set(opened)) == sorted(cards)
    assert len(cards) == len(set(cards)) > 10


def test_a_card_holds_the_evidence(page):
    (card,) = re.findall(r"<article(?:(?!</article>).)*Q8_0, bfloat16 on cpu.*?</article>", page)[
        :1
    ]
    for part in (
        "silently wrong",
        "<code>render-ltx</code>",
        "render-silently-wrong: the frames are others",
        "nothing is raised",
        "was: works under diffusers 0.36.0",
        "2026-11-26 08:00, 2.0 s",
        "torch 2.13.0, diffusers 0.42.1",
        "aaaaaaaaaaaa",
    ):
        assert part in card, part
    assert "<dt>frames</dt>" not in card
    assert "frames <b>0.001235 of at most 0.01</b>" in page
    assert "Segmentation fault" in page
    assert "github.com/pytorch/pytorch/issues/110285" in page


def test_every_state_has_its_sign_and_its_word(page):
    for sign, word in (
        ("✓", "works"), ("!", "known failure"), ("✗", "fails"), ("≠", "silently wrong"),
        ("?", "unknown"),
    ):  # fmt: skip
        assert f"{sign} {word}</span>" in page
        assert page.count(sign) > 1


def test_nothing_is_loaded_and_nothing_runs(page):
    assert "default-src 'none'" in page
    for tag, attrs in outline_of(page):
        assert tag not in ("script", "img", "link", "iframe", "object", "base", "form")
        assert not any(name.startswith("on") or name == "src" for name in attrs)
        assert attrs.get("href", "https://").startswith(("https://", "#m"))
    assert "url(" not in page
    assert "@import" not in page


def test_absent_devices_and_machines_that_differ_are_told(page):
    assert "5 cells are unknown: torch is a build without CUDA" in page
    assert "Where the machines differ" in page
    assert "1 of 5 cells" in page or "3 of 5 cells" in page


def test_hostile_words_stay_words(lab):
    finding = lab.a_finding(rule=lab.HOSTILE, message=lab.HOSTILE, remedy=lab.HOSTILE)
    results = [
        lab.a_result(
            lab.Outcome.FAIL, lab.FOLDER, finding, reason=lab.HOSTILE,
            measures={lab.HOSTILE: lab.HOSTILE},
        ),
        lab.skipped(lab.HALF, reason=lab.HOSTILE),
    ]  # fmt: skip
    pool = lab.pool(*results, source=lab.HOSTILE)
    text = render_matrix_page(lab.build_matrix([pool], lab.PROBES, ()))
    for tag, attrs in outline_of(text):
        assert tag not in ("script", "a")
        assert "onload" not in attrs
    assert "\x1b" not in text
    assert "\u202e" not in text
    text.encode("utf-8")
