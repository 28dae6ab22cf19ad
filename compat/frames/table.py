"""A growing table of numbers, one row per frame: eight bytes per number and nothing else."""

from array import array
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray


class Table:
    """Columns of floats; a dictionary per frame would take ten times the memory."""

    def __init__(self) -> None:
        """Start without rows."""
        self._columns: dict[str, array[float]] = {}
        self.rows = 0

    def add(self, row: Mapping[str, float]) -> None:
        """Add a row; each has the names of the first. KeyError for one that is missing."""
        if not self.rows:
            self._columns = {name: array("d") for name in row}
        for name, column in self._columns.items():
            column.append(row[name])
        self.rows += 1

    def columns(self) -> dict[str, NDArray[np.float64]]:
        """Return one array per column."""
        return {name: np.array(column, np.float64) for name, column in self._columns.items()}
