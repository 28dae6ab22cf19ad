"""Counts how the two readers compare, and keeps the cases that nobody can explain."""

from collections import Counter
from dataclasses import dataclass, field

from tools.fuzz_headers.judge import EXPLAINED, Comparison


@dataclass(slots=True)
class Tally:
    """Counts over many cases; ``bad`` holds (why, seed or bytes) of at most a few."""

    kind: str
    runs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    refused_alone: Counter[str] = field(default_factory=Counter)
    opened_alone: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    peak_mib: float | None = None
    bad: list[tuple[str, str]] = field(default_factory=list)

    def add(self, found: Comparison, case: str) -> None:
        """Count one comparison; ``case`` names it for whoever has to look."""
        self.runs += 1
        self.slowest = max(self.slowest, found.seconds)
        if found.reference is None:
            self.outcomes["ours refuses, reference not asked"] += 1
        elif found.refused and found.reference:
            self.outcomes["both refuse"] += 1
        elif not found.refused and not found.reference:
            self.outcomes["both open"] += 1
        elif found.refused:
            self._refused_alone(found, case)
        else:
            self._opened_alone(found, case)

    def _refused_alone(self, found: Comparison, case: str) -> None:
        self.outcomes["ours refuses, reference opens"] += 1
        self.refused_alone.update(found.refused_by[:1] or ["header not read"])
        if not set(found.refused_by) & EXPLAINED[self.kind].keys():
            self.fail(f"refused without a reason: {found.refused_by}", case)

    def _opened_alone(self, found: Comparison, case: str) -> None:
        self.outcomes["ours opens, reference refuses"] += 1
        self.opened_alone[(found.reference or "")[:60]] += 1
        if self.kind == "safetensors":
            self.fail(f"opened, but the reference says {found.reference}", case)

    def fail(self, why: str, case: str) -> None:
        """Keep a case that shows a mistake."""
        if len(self.bad) < 50:
            self.bad.append((why, case))

    def merge(self, other: "Tally") -> None:
        """Add what another process counted."""
        self.runs += other.runs
        self.outcomes.update(other.outcomes)
        self.refused_alone.update(other.refused_alone)
        self.opened_alone.update(other.opened_alone)
        self.slowest = max(self.slowest, other.slowest)
        peaks = [peak for peak in (self.peak_mib, other.peak_mib) if peak is not None]
        self.peak_mib = max(peaks, default=None)
        self.bad.extend(other.bad[: 50 - len(self.bad)])

    def lines(self) -> list[str]:
        """The report, a line each."""
        slowest = f"slowest {1000 * self.slowest:.1f} ms"
        grown = "memory not measured"
        if self.peak_mib is not None:
            grown = f"memory of both readers grew by {self.peak_mib:.0f} MiB"
        lines = [f"{self.kind}: {self.runs} headers, {slowest}, {grown}"]
        lines += [f"  {count:8d}  {what}" for what, count in self.outcomes.most_common()]
        for title, counts in (
            ("ours refuses, reference opens, by rule", self.refused_alone),
            ("ours opens, reference refuses, by its words", self.opened_alone),
        ):
            if counts:
                lines.append(f"{title}:")
                for what, count in counts.most_common(30):
                    why = EXPLAINED[self.kind].get(what, "")
                    lines.append(f"  {count:8d}  {what}" + (f": {why}" if why else ""))
        lines += [f"NOT EXPLAINED: {why} [{case}]" for why, case in self.bad]
        return lines
