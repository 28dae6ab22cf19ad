"""Puts what the store holds into words that are safe in Markdown, HTML and a terminal.

Model names, paths and error texts come from strangers: nothing of them may become markup, an
escape sequence or a reversed line.
"""

import html
import re
from collections.abc import Mapping

from compat.core.model import Environment, Target

# Control characters, surrogates, and the marks that turn the direction of text around.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)

MAX_LENGTH = 600
"""Characters of one text that a report shows; the store keeps the whole."""


def visible(text: object) -> str:
    """One line in which everything can be seen: white space folded, control characters named."""
    folded = " ".join(str(text).split())
    shown = _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", folded)
    return shown if len(shown) <= MAX_LENGTH else f"{shown[: MAX_LENGTH - 1]}…"


def for_html(text: object) -> str:
    """Escape for element content and quoted attributes alike."""
    return html.escape(visible(text), quote=True)


def for_markdown(text: object) -> str:
    """Escape for running text and table cells."""
    escaped = re.sub(r"([\\`*\[\]|#~])", r"\\\1", visible(text))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_code(text: object) -> str:
    """Quote literally as a Markdown code span, whatever backticks it holds."""
    shown = visible(text)
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest else ""
    return f"{fence}{pad}{shown or '-'}{pad}{fence}"


def say_seconds(seconds: float) -> str:
    """Write a duration the way a person says it."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def say_bytes(count: float) -> str:
    """Write a size with a fitting binary unit."""
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"


def say_time(stamp: str) -> str:
    """Shorten an ISO 8601 time stamp to the minute; "no date" where there is none."""
    match = re.match(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}))?", stamp)
    if match is None:
        return "no date"
    return " ".join(part for part in match.groups() if part)


def count(number: int, thing: str, things: str = "") -> str:
    """Write a number with the right form of its noun."""
    return f"{number} {thing if number == 1 else things or thing + 's'}"


def say_target(target: Target) -> str:
    """Name a target shortly: device, dtype, and what else was asked for."""
    backend = "" if target.backend in ("", "torch") else target.backend
    parts = [target.device, backend, target.dtype, target.quantisation, target.loader, target.model]
    return " · ".join(part for part in dict.fromkeys(parts) if part)


def say_environment(environment: Environment | None) -> str:
    """Name an environment in one line: system, Python, torch, and the devices it has."""
    if environment is None:
        return "environment not recorded"
    packages = environment.packages
    named = [
        f"{name} {packages[name]}" for name in ("torch", "mlx", "diffusers") if name in packages
    ]
    devices = [
        device.name or device.kind for device in environment.devices if not device.unavailable
    ]
    parts = [environment.os, environment.machine, f"Python {environment.python}", *named, *devices]
    return ", ".join(part for part in dict.fromkeys(parts) if part)


def say_plan(plan: Mapping[str, object]) -> str:
    """Name a plan in one line: model, size, length, windows, steps, device."""
    model, video = _part(plan, "model"), _part(plan, "video")
    window, sampling = _part(plan, "window"), _part(plan, "sampling")
    known = [
        str(model.get("path", "")),
        f"{video['width']}x{video['height']}" if {"width", "height"} <= video.keys() else "",
        f"{video['seconds']} s at {video.get('fps', '?')} fps" if "seconds" in video else "",
        f"windows of {window['frames']} frames" if "frames" in window else "",
        f"overlap {window['overlap']}" if "overlap" in window else "",
        f"{sampling['steps']} steps" if "steps" in sampling else "",
        f"seed {sampling['seed']}" if "seed" in sampling else "",
        "/".join(str(model[key]) for key in ("device", "dtype") if model.get(key)),
    ]
    return ", ".join(part for part in known if part) or "plan not recorded"


def say_model(plan: Mapping[str, object]) -> str:
    """Name the model of a plan."""
    return str(_part(plan, "model").get("path") or "model not recorded")


def _part(plan: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = plan.get(key)
    return value if isinstance(value, Mapping) else {}
