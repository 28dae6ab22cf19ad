"""Puts docs/taxonomy.md together from the entries and the recorded verdicts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.taxonomy.cases import FRAMES, HEIGHT, WIDTH
from tools.taxonomy.entries import Entry
from tools.taxonomy.kinds import FAMILIES, KINDS, Kind, Label
from tools.taxonomy.verdicts import Seen, Verdict, seen

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "taxonomy.md"
PICTURES = ROOT / "docs" / "img" / "taxonomy"

HEAD = f"""# Taxonomy of garbage

Written by `python -m tools.taxonomy` from `tools/taxonomy/entries/*.toml`; do not edit it here.

Every picture below was made by the generators in `tools/taxonomy` and `tools/judge_training`, from
scenes that are drawn from nothing: a green bar marks the right clip, a red one the fault, a blue
one a clip that only looks like a fault. What the judge says is measured on these very clips
({FRAMES} frames of {WIDTH}x{HEIGHT} px, two to four bases a kind, never encoded but for the family
of files); it is told nothing of what was ordered unless that is said. These verdicts describe
single clips: how often the judge is right, [docs/judge.md](judge.md) says. "Preflight" names the
rules that are made to see the fault before a long render, with or without pixels.

A labelled set of any size, without anybody's corpus, as lossless video with a manifest that
`tools.judge_training.extract` reads:

    python -m tools.taxonomy make OUT --count 500 --seed 1 --size 256x160

To add a kind: write its generator (a function of a clip and random numbers), give it an entry in
`tools/taxonomy/entries/<family>.toml`, run `python -m tools.taxonomy`, look at the picture.
"""


def page(texts: Mapping[str, Entry], verdicts: Mapping[str, Sequence[Verdict]]) -> str:
    """Return the whole page."""
    parts = [HEAD, _table(verdicts)]
    for family, heading in FAMILIES.items():
        parts.append(f"## {heading}\n")
        parts += [
            _entry(KINDS[name], entry, verdicts[name])
            for name, entry in texts.items()
            if KINDS[name].family == family
        ]
    return "\n".join(parts)


def _table(verdicts: Mapping[str, Sequence[Verdict]]) -> str:
    lines = [
        "| family | kinds | clips | garbage | suspect | good | undecided |",
        "|---|---|---|---|---|---|---|",
    ]
    for family, heading in FAMILIES.items():
        names = [name for name in verdicts if KINDS[name].family == family]
        said = Counter(one.verdict for name in names for one in verdicts[name])
        row = [len(names), said.total(), *(said[word] for word in _WORDS)]
        link = f"[{heading}](#{_anchor(heading)})"
        lines.append(f"| {link} | {' | '.join(map(str, row))} |")
    passed = [name for name in verdicts if _unseen(name, verdicts[name])]
    ordered = [name for name in passed if {one.ordered for one in verdicts[name]} == {"garbage"}]
    unseen = [name for name in passed if name not in ordered]
    wrongly = [name for name in verdicts if _stopped_wrongly(name, verdicts[name])]
    return "\n".join([
        *lines, "",
        f"**Not seen by pixels** (every clip called good): {_links(unseen)}.", "",
        f"**Seen only by who knows what was ordered**: {_links(ordered)}.", "",
        f"**Stopped though fine** (at least one clip): {_links(wrongly)}.", "",
    ])  # fmt: skip


_WORDS = ("garbage", "suspect", "good", "undecided")


def _unseen(name: str, verdicts: Sequence[Verdict]) -> bool:
    return KINDS[name].label is not Label.GOOD and seen(verdicts) is Seen.UNSEEN


def _stopped_wrongly(name: str, verdicts: Sequence[Verdict]) -> bool:
    return KINDS[name].label is Label.GOOD and any(one.verdict == "garbage" for one in verdicts)


def _links(names: Sequence[str]) -> str:
    return ", ".join(f"[`{name}`](#{name})" for name in names) or "none"


def _anchor(heading: str) -> str:
    kept = "".join(c for c in heading.lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")


def _entry(kind: Kind, entry: Entry, verdicts: Sequence[Verdict]) -> str:
    about = "why it is fine" if kind.label is Label.GOOD else "cause"
    lines = [
        f'<a id="{kind.name}"></a>\n',
        f"### {entry.title}\n",
        f"![{entry.title}](img/taxonomy/{kind.name}.webp)\n",
        f"`{kind.name}`: {entry.sees}\n",
        f"- **{about}**: {entry.cause}",
        f"- **judge**: {_said(entry, verdicts)}",
    ]
    if entry.questions:
        lines.append(f"- **preflight**: {', '.join(f'`{rule}`' for rule in entry.questions)}")
    lines.append(f"- **what to do**: {entry.remedy}")
    if seen_in := _threads(entry):
        lines.append(f"- **seen in**: {seen_in}")
    return "\n".join(lines) + "\n"


def _threads(entry: Entry) -> str:
    known = [f"`framegate explain` entry `{name}`" for name in entry.known]
    return ", ".join([*(_thread(thread) for thread in entry.threads), *known])


def _thread(thread: str) -> str:
    repository, _, number = thread.partition("#")
    return f"[{thread}](https://github.com/{repository}/issues/{number})"


def _said(entry: Entry, verdicts: Sequence[Verdict]) -> str:
    counted = Counter(one.verdict for one in verdicts)
    words = ", ".join(f"{word} {counted[word]}" for word in _WORDS if counted[word])
    text = f"of {len(verdicts)} clips {words}"
    rules = Counter(rule for one in verdicts for rule in one.rules)
    if rules:
        text += "; by " + ", ".join(f"`{rule}` ({n})" for rule, n in rules.most_common(5))
    shown = verdicts[entry.picture]
    if shown.sentence:
        text += f'. To the clip above: **{shown.verdict}**, "{shown.sentence}"'
    if entry.expect:
        told = Counter(one.ordered for one in verdicts)
        with_order = ", ".join(f"{word} {told[word]}" for word in _WORDS if told[word])
        text += f". With `--expect {entry.expect}`: {with_order}"
    return text + "."
