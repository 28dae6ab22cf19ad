"""MATRIX.md is the same for the same evidence, and nothing hostile becomes markup."""

from pathlib import Path

from reports.matrix.markdown import render_markdown

SNAPSHOT = Path(__file__).with_name("expected.md")


def story(lab):
    return (
        lab.a_result(measures={"frames distance": 0.00123456, "frames limit": 0.01, "steps": 2}),
        lab.refused(lab.HALF),
        lab.wrong(lab.GGUF),
        lab.known(family="mochi"),
        lab.a_result(hour=6, cell=lab.GGUF, environment=lab.BEFORE.fingerprint),
        lab.refused(environment=lab.MAC.fingerprint),
    )


def test_the_report_is_what_it_was(lab):
    """After a wanted change, write the text below into expected.md and look at the difference."""
    assert render_markdown(lab.matrix(*story(lab))) == SNAPSHOT.read_text("utf-8")


def test_the_same_evidence_in_another_order_gives_the_same_text(lab):
    given = story(lab)
    apart = sorted(given[:-1], key=lambda r: r.outcome.value)
    assert render_markdown(lab.matrix(*apart, given[-1])) == render_markdown(lab.matrix(*given))


def test_hostile_words_do_not_become_markup(lab):
    finding = lab.a_finding(message=lab.HOSTILE, remedy=lab.HOSTILE)
    result = lab.a_result(
        lab.Outcome.FAIL,
        lab.FOLDER,
        finding,
        reason=lab.HOSTILE,
        measures={lab.HOSTILE: lab.HOSTILE},
    )
    text = render_markdown(lab.matrix(result, lab.skipped(lab.HALF, reason=lab.HOSTILE)))
    assert "alert(1)" in text
    for markup in ("<script", "\x1b", "\u202e", "](b)"):
        assert markup not in text.replace("\\](b)", "")
    rows = [line for line in text.splitlines() if line.startswith("| ltx, diffusers-folder")]
    assert all(row.replace("\\|", "").count("|") == 7 for row in rows)
    text.encode("utf-8")
