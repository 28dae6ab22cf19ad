"""Writes index.html: one plain page with everything, that loads nothing from anywhere."""

from importlib import resources

from compat.knowledge.model import KnownFailure, Solution
from reports.evidence import Evidence
from reports.page_jobs import attempts, preflights, runs, waivers
from reports.page_parts import facts, table, word
from reports.page_probes import environments, matrix, tiles
from reports.pictures import Pictures
from reports.wording import for_html, say_time
from reports.working import confirmations, passing_now

# Nothing is loaded and nothing runs, even if hostile text should ever slip through the escaping.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def render_page(
    evidence: Evidence, failures: tuple[KnownFailure, ...], solutions: tuple[Solution, ...]
) -> str:
    """Return the whole page; the same evidence and pictures give the same bytes."""
    pictures = Pictures()
    sections = {
        "runs": runs(evidence, pictures),
        "preflights": preflights(evidence, pictures),
        "failed": attempts(evidence, failures),
        "probes": matrix(evidence, failures),
        "solutions": _solutions(evidence, solutions),
        "waivers": waivers(evidence),
        "environments": environments(evidence),
    }
    links = "".join(
        f'<a href="#{name}">{name}</a>' for name, section in sections.items() if section
    )
    style = resources.files("reports").joinpath("page.css").read_text("utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>framegate report</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        "<header><h1>framegate report</h1>"
        f'<p class="soft">What was probed, checked and rendered on this machine, up to '
        f"{for_html(say_time(evidence.last_at))}.</p><nav>{links}</nav></header>\n<main>\n"
        f"<h2>At a glance</h2>{tiles(evidence, failures)}\n"
        + "\n".join(section for section in sections.values() if section)
        + "\n</main>\n<footer>Evidence is only ever appended. What is not in here was not "
        "checked.</footer>\n</body>\n</html>\n"
    )


def _solutions(evidence: Evidence, solutions: tuple[Solution, ...]) -> str:
    found = confirmations(passing_now(evidence), solutions, evidence.environments.values())
    confirmed = [
        (
            f"<strong>{for_html(c.solution.title)}</strong>"
            + facts([("steps", "<br>".join(for_html(step) for step in c.solution.steps))]),
            "<br>".join(f"{word('pass')} {for_html(p.probe)}, {for_html(p.target)}" for p in c.by),
        )
        for c in found
        if c.by
    ]
    if not confirmed:
        return ""
    return '<h2 id="solutions">Solutions this machine confirms</h2>' + table(
        ("solution", "confirmed by"), confirmed
    )
