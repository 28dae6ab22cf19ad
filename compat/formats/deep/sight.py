"""What was seen of one tensor, piece by piece, in a form that can be added up and stored."""

from dataclasses import dataclass, field, fields

MOST_RUNS = 64
"""Zero runs kept per tensor; a sparse table has thousands, and their number is counted anyway."""


@dataclass(slots=True, kw_only=True)
class Sight:
    """Sums over the pieces of one tensor looked at so far; offsets are bytes in the file.

    For ggml blocks the values are the blocks' scales, and ``amax`` is the largest weight that they
    allow. ``same`` holds the bits of the only value met, None once there were two.
    """

    values: int = 0
    nan: int = 0
    inf: int = 0
    minus_inf: int = 0
    first_bad: int | None = None
    amax: float = 0.0  # largest finite magnitude
    same: int | None = None
    beyond: int = 0  # magnitudes above 2**33
    zeros: int = 0  # counted in scale tensors only
    negative: bool = False  # a scale below zero
    small: int = 0  # values below 1/32 of the largest, in a sample of ...
    faint: int = 0  # values below 2**-16 of the largest and not zero, in the same sample
    small_of: int = 0
    full: int = 0  # fp8 values at the end of the range, in a sample of ...
    full_of: int = 0
    zero_bytes: int = 0  # in whole pages of zeros
    zero_runs: list[tuple[int, int]] = field(default_factory=list)
    foreign_bytes: int = 0  # in pages that hold something else than weights
    foreign_from: int = -1
    foreign_to: int = -1
    foreign_kind: str = ""

    @property
    def not_finite(self) -> int:
        """Number of values that are NaN or infinite."""
        return self.nan + self.inf + self.minus_inf

    @property
    def is_zero(self) -> bool:
        """Whether every value is zero; minus zero counts as zero."""
        return self.values > 0 and self.amax == 0 and not self.not_finite

    @property
    def is_mask(self) -> bool:
        """Whether it holds zeros and minus infinity and nothing else, as attention masks do."""
        only_these = self.amax == 0 and not self.nan and not self.inf
        return only_these and 0 < self.minus_inf < self.values

    def add(self, later: "Sight") -> None:
        """Add what was seen of the piece that follows in the file."""
        if later.same != self.same and self.values:
            self.same = None
        elif not self.values:
            self.same = later.same
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(later, name))
        self.amax = max(self.amax, later.amax)
        self.negative = self.negative or later.negative
        if self.first_bad is None:
            self.first_bad = later.first_bad
        self._add_runs(later.zero_runs)
        self.mark_foreign(
            later.foreign_kind, later.foreign_from, later.foreign_to, later.foreign_bytes
        )

    def mark_foreign(self, kind: str, start: int, end: int, nbytes: int) -> None:
        """Note that ``nbytes`` between two offsets are no weights; the first kind seen is kept."""
        if not nbytes:
            return
        if not self.foreign_bytes:
            self.foreign_kind, self.foreign_from = kind, start
        self.foreign_to = end
        self.foreign_bytes += nbytes

    def _add_runs(self, runs: list[tuple[int, int]]) -> None:
        for start, end in runs:
            if self.zero_runs and self.zero_runs[-1][1] == start:
                self.zero_runs[-1] = (self.zero_runs[-1][0], end)
            elif len(self.zero_runs) < MOST_RUNS:
                self.zero_runs.append((start, end))

    def to_data(self) -> dict[str, object]:
        """Everything that differs from an empty sight, as JSON values."""
        empty = Sight()
        return {
            name: value for name in NAMES if (value := getattr(self, name)) != getattr(empty, name)
        }


NAMES = tuple(spec.name for spec in fields(Sight))
COUNTS = (
    "values", "nan", "inf", "minus_inf", "beyond", "zeros", "small", "faint", "small_of", "full",
    "full_of", "zero_bytes",
)  # fmt: skip
_OFFSETS = ("first_bad", "same", "foreign_bytes", "foreign_from", "foreign_to")


def sight_from_data(data: object) -> Sight:
    """The sight that :meth:`Sight.to_data` wrote; ``ValueError`` where it wrote no such thing."""
    if not isinstance(data, dict):
        raise ValueError("what was seen of a tensor is no table")  # noqa: TRY004 - bad data
    sight = Sight()
    for name, value in data.items():
        if name in (*COUNTS, *_OFFSETS) and type(value) is int:
            setattr(sight, name, value)
        elif name == "amax" and isinstance(value, int | float):
            sight.amax = float(value)
        elif name == "negative" and isinstance(value, bool):
            sight.negative = value
        elif name == "foreign_kind" and isinstance(value, str):
            sight.foreign_kind = value
        elif name == "zero_runs":
            sight.zero_runs = _runs(value)
        else:
            raise ValueError(f"{name!r} is no part of what was seen of a tensor")
    return sight


def _runs(value: object) -> list[tuple[int, int]]:
    if not isinstance(value, list) or len(value) > MOST_RUNS:
        raise ValueError("zero_runs is no short list")
    runs = []
    for run in value:
        match run:
            case [int() as start, int() as end]:
                runs.append((start, end))
            case _:
                raise ValueError("a zero run is no pair of offsets")
    return runs
