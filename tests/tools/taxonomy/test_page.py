"""docs/taxonomy.md is what its data says now, and its pictures are what the generators make."""

import re

import numpy as np
import pytest
from PIL import Image

from tools.taxonomy.__main__ import picture_of
from tools.taxonomy.cases import cases_of
from tools.taxonomy.entries import entries
from tools.taxonomy.kinds import KINDS
from tools.taxonomy.page import PAGE, PICTURES, page
from tools.taxonomy.verdicts import recorded

ENTRIES = entries()
# Mean grey levels, on the picture at an eighth: what WebP may change, and no more.
TOLERANCE = 6


def test_the_page_is_up_to_date():
    assert PAGE.read_text("utf-8") == page(ENTRIES, recorded()), "run python -m tools.taxonomy"


def test_every_kind_is_recorded_on_all_its_cases():
    cases = {name: [(one.base, one.seed) for one in all_] for name, all_ in recorded().items()}
    assert cases == {k.name: [(c.base, c.seed) for c in cases_of(k)] for k in KINDS.values()}


def test_links_within_the_page_lead_somewhere():
    text = PAGE.read_text("utf-8")
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    places = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    places |= set(re.findall(r'<a id="([^"]+)">', text))
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) - places == set()


def test_pictures_are_small():
    sizes = [path.stat().st_size for path in PICTURES.iterdir()]
    assert max(sizes) <= 25_000
    assert sum(sizes) <= 1_500_000


@pytest.mark.parametrize("name", ENTRIES)
def test_a_picture_shows_what_its_generator_makes(name):
    if cases_of(KINDS[name])[ENTRIES[name].picture].needs_torch:
        pytest.importorskip("diffusers")
    now = picture_of(KINDS[name], ENTRIES[name])
    with Image.open(PICTURES / f"{name}.webp") as kept:
        assert kept.size == now.size
        pair = [np.asarray(one.convert("RGB").reduce(8), float) for one in (kept, now)]
    assert np.abs(pair[0] - pair[1]).mean() < TOLERANCE
