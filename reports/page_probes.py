"""The part of the page about probes: the tiles and the matrix of probe by device."""

from collections import Counter

from compat.core.job import GateState
from compat.core.model import ProbeResult
from compat.knowledge.match import verdict
from compat.knowledge.model import KnownFailure
from reports.attempts import latest_results
from reports.evidence import Evidence, is_cell
from reports.page_parts import tile, word
from reports.wording import count, for_html, say_environment, say_target, say_time

_PROBE_TILES = {
    "ok": "pass",
    "known": "fail as known",
    "new": "fail, nobody knew",
    "stale": "stale entries",
    "undecided": "not decided",
}
_STATE_TILES = ("finished", "stopped", "interrupted", "unfinished")


def tiles(evidence: Evidence, failures: tuple[KnownFailure, ...]) -> str:
    """Return the counts: latest probe verdicts, latest gate decisions, states of runs."""
    verdicts = Counter(_verdict(r, evidence, failures) for r in latest_results(evidence))
    gates = Counter({d.fingerprint: d.state for d in evidence.decisions}.values())
    states = Counter(story.run.state for story in evidence.runs)
    probes = [tile(verdicts[key], text, key) for key, text in _PROBE_TILES.items()]
    decided = [
        tile(gates[GateState.OPEN], "open", "open"),
        tile(gates[GateState.SHUT], "shut", "shut"),
    ]
    ended = [tile(states[key], key, key) for key in _STATE_TILES]
    groups = {"Probes": probes, "Gates": decided, "Runs": ended}
    return '<div class="groups">' + "".join(_group(*group) for group in groups.items()) + "</div>"


def _group(name: str, shown: list[str]) -> str:
    return (
        f'<section class="group" style="flex: {len(shown)} 1 {len(shown) * 7}rem"><h3>{name}</h3>'
        f'<div class="tiles">{"".join(shown)}</div></section>'
    )


def matrix(evidence: Evidence, failures: tuple[KnownFailure, ...]) -> str:
    """Return one table of probe by target for each environment; empty where nothing was probed.

    The cells of models have a page of their own, which is linked.
    """
    latest = [result for result in latest_results(evidence) if not is_cell(result)]
    if not latest:
        return _renders(evidence)
    legend = "".join(
        f"<span>{word(key)} {for_html(text)}</span>"
        for key, text in (
            ("ok", "passes"),
            ("known", "fails as the knowledge base says"),
            ("new", "fails and nobody knew"),
            ("stale", "passes although an entry says it fails"),
            ("undecided", "skipped or broke: no answer"),
        )
    )
    tables = [
        _table(fingerprint, [r for r in latest if r.environment == fingerprint], evidence, failures)
        for fingerprint in dict.fromkeys(r.environment for r in latest)
    ]
    return (
        f'<h2 id="probes">Probes by device</h2><div class="legend">{legend}</div>{"".join(tables)}'
        f"{_renders(evidence)}"
    )


def _renders(evidence: Evidence) -> str:
    cells = sum(is_cell(result) for result in latest_results(evidence))
    if not cells:
        return ""
    return (
        f"<p>{count(cells, 'cell')} of model, loader and device: "
        '<a href="matrix.html">the matrix</a></p>'
    )


def _table(
    fingerprint: str,
    results: list[ProbeResult],
    evidence: Evidence,
    failures: tuple[KnownFailure, ...],
) -> str:
    targets = sorted({say_target(result.target) for result in results})
    cells = {(result.probe, say_target(result.target)): result for result in results}
    head = "".join(f'<th scope="col">{for_html(target)}</th>' for target in targets)
    rows = "\n".join(
        f'<tr><th scope="row">{for_html(probe)}</th>'
        + "".join(_cell(cells.get((probe, target)), evidence, failures) for target in targets)
        + "</tr>"
        for probe in sorted({result.probe for result in results})
    )
    environment = evidence.environments.get(fingerprint)
    return (
        f"<h3>{for_html(say_environment(environment))}</h3>"
        f'<div class="panel"><table class="matrix"><thead><tr><th>probe</th>{head}</tr></thead>'
        f"<tbody>\n{rows}\n</tbody></table></div>"
    )


def _cell(
    result: ProbeResult | None, evidence: Evidence, failures: tuple[KnownFailure, ...]
) -> str:
    if result is None:
        return '<td class="blank" title="never asked">·</td>'
    why = [result.reason, *(f.message for f in result.findings), say_time(result.started_at)]
    said = "; ".join(dict.fromkeys(part for part in why if part))
    return f"<td>{word(_verdict(result, evidence, failures), said)}</td>"


def _verdict(result: ProbeResult, evidence: Evidence, failures: tuple[KnownFailure, ...]) -> str:
    return verdict(result, failures, evidence.environments.get(result.environment)).value


def environments(evidence: Evidence) -> str:
    """Return every environment with its devices and packages, folded."""
    cards = []
    for environment in evidence.environments.values():
        devices = "".join(
            f"<li>{for_html(_devices(device.name or device.kind, device.unavailable))}</li>"
            for device in environment.devices
        )
        packages = ", ".join(f"{name} {version}" for name, version in environment.packages.items())
        cards.append(
            f'<details class="card"><summary>{for_html(say_environment(environment))}</summary>'
            f'<ul class="plain small">{devices}</ul>'
            f'<p class="small soft">{for_html(packages)}</p>'
            f'<p class="small soft"><code>{for_html(environment.fingerprint[:16])}</code></p>'
            "</details>"
        )
    return f'<h2 id="environments">Environments</h2>{"".join(cards)}' if cards else ""


def _devices(name: str, unavailable: str) -> str:
    return f"{name}: not usable, {unavailable}" if unavailable else name
