"""Writes a plan as commented TOML: every key with its meaning, legal values and default."""

import dataclasses
import json
import textwrap
from collections.abc import Iterator
from typing import Any

from compat.core.job import Waiver
from compat.plan.keys import KEYS, TABLES, legal_text
from compat.plan.limits import written
from compat.plan.model import PromptAt, RenderPlan

EXAMPLE = RenderPlan(
    prompts=(
        PromptAt(at=0.0, text="red circle moving right on blue background"),
        PromptAt(at=5.0, text="red circle moving down on blue background"),
    )
)
"""The defaults, with prompts in the words that the embedded model was trained on."""

_HEADER = """\
# A plan for framegate: one long video, rendered in windows.
#
# framegate plan FILE        checks it and shows the windows
# framegate preflight FILE   checks everything the render needs, and decides the gate
# framegate run FILE         preflight, gate and render
#
# Every key may be left out, except the prompts; then its default holds.
"""


def template(plan: RenderPlan = EXAMPLE) -> str:
    """Return ``plan`` as TOML in which every key is explained.

    It loads as the same plan again, and without arguments is the example that
    ``framegate init`` writes.
    """
    parts = [_HEADER]
    for item in dataclasses.fields(RenderPlan):
        value = getattr(plan, item.name)
        section = (
            _tables(item.name, value) if isinstance(value, tuple) else _table(item.name, value)
        )
        parts.append("\n".join(section) + "\n")
    return "\n".join(parts)


def _table(name: str, value: Any) -> Iterator[str]:
    yield from _comment(TABLES[name])
    yield f"[{name}]"
    for item in dataclasses.fields(value):
        yield from _explained(f"{name}.{item.name}", item.default)
        yield f"{item.name} = {toml_value(getattr(value, item.name))}"


def _tables(name: str, values: tuple[Any, ...]) -> Iterator[str]:
    yield from _comment(TABLES[name])
    for item in dataclasses.fields(Waiver if name == "waivers" else PromptAt):
        yield from _explained(f"{name}[].{item.name}", dataclasses.MISSING, name=item.name)
    for value in values:
        yield f"[[{name}]]"
        for item in dataclasses.fields(value):
            yield f"{item.name} = {toml_value(getattr(value, item.name))}"
    if not values:
        yield f"#[[{name}]]"
        for item in dataclasses.fields(Waiver):
            yield f'#{item.name} = "..."'


def _explained(key: str, default: Any, *, name: str = "") -> Iterator[str]:
    meaning = f"{name}: {KEYS[key].meaning}" if name else KEYS[key].meaning
    legal = legal_text(key)
    facts = [f"Legal: {legal}." if legal else ""]
    if default is not dataclasses.MISSING:
        facts.append(f"Default: {toml_value(default)}")
    yield from _comment(" ".join([meaning, *filter(None, facts)]))


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, 96, break_on_hyphens=False)]


def toml_value(value: object) -> str:
    """Write one value as TOML; strings with every escape TOML asks for."""
    match value:
        case str():
            # JSON strings are TOML strings, but for DEL, which TOML wants escaped.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case float():
            return repr(value)
        case tuple():
            return f"[{', '.join(toml_value(item) for item in value)}]"
        case int():
            return written(value)
        case _:
            raise TypeError(f"a plan holds no {type(value).__name__}")
