"""What the README says of commands, sessions and exit codes is so."""

import re
from pathlib import Path

import pytest

from compat.cli.commands import SUMMARIES
from compat.core.errors import ExitCode

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_every_command_it_names_exists():
    named = set(re.findall(r"framegate ([a-z]+)", README)) - {"looks", "checks"}
    assert named <= set(SUMMARIES)


def test_every_command_there_is_is_named():
    assert set(SUMMARIES) <= set(re.findall(r"(?:framegate|nox -s) ([a-z]+)", README))


def test_the_exit_codes_are_all_there():
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)} == set(
        ExitCode
    )


def test_every_session_it_names_exists():
    noxfile = (ROOT / "noxfile.py").read_text("utf-8")
    sessions = set(re.findall(r"^def ([a-z]\w*)\(session", noxfile, re.MULTILINE))
    listed = re.search(r"Sessions: `nox -s ([^`]*)`", README).group(1)
    assert {name.strip().replace("-", "_") for name in listed.split("|")} == sessions


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", *sorted(
    str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md")
)])  # fmt: skip
def test_every_link_leads_somewhere(page):
    text = (ROOT / page).read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    folder = (ROOT / page).parent
    assert [link for link in links if not (folder / link).exists()] == []
