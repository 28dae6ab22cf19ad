"""Puts versions side by side in few bytes: one sign per version for each operation and text."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tools.backend_facts.wheel import TEXTS, WheelFacts

SIGNS = {"none": "0", "mps": "1", "composite": "1", "": "-"}
"""0 has no way to run on MPS, 1 has one, - is not in that version."""

_APART = re.compile(
    r"^_?(foreach|fused|cudnn|miopen|mkldnn|mkl|nested|sparse|quantized|fbgemm|thnn|nnpack|mps|xnn)"
    r"|backward|sparse|quantize|nested|_int4pack|_for_cpu|cuda|wrapped_|_cslt|slow_conv|_flash|"
    r"_efficient|^q_|_csr|_coo\b|ctc|lstm|rnn|gru|fake_quant|symint|_test_|nonsymbolic"
)
"""Operations no render asks for: training, other devices' own kernels, sparse, quantised."""


def table(facts: Iterable[WheelFacts], before: Mapping[str, Any]) -> dict[str, Any]:
    """The data file; versions of ``before`` that were not read again stay as they are."""
    columns = {version: _column(before, version) for version in before.get("torch", [])}
    for one in facts:
        columns[one.version] = {
            "ops": {name: SIGNS[status] for name, status in one.ops.items() if _asked_for(name)},
            "stores": list(one.stores),
            "texts": {text: "1" if text in one.texts else "0" for text in TEXTS},
        }
    versions = sorted(columns, key=_release)
    return {
        "torch": versions,
        "stores": {v: columns[v]["stores"] for v in versions if columns[v]["stores"]},
        "texts": _rows([columns[v]["texts"] for v in versions], keep=lambda _row: True),
        "ops": _rows([columns[v]["ops"] for v in versions], keep=lambda row: "0" in row),
    }


def _column(before: Mapping[str, Any], version: str) -> dict[str, Any]:
    at = before["torch"].index(version)
    return {
        "ops": {name: row[at] for name, row in before["ops"].items() if row[at] != "-"},
        "stores": before["stores"].get(version, []),
        "texts": {text: row[at] for text, row in before["texts"].items()},
    }


def _rows(columns: list[dict[str, str]], *, keep: Any) -> dict[str, str]:
    names = sorted({name for column in columns for name in column})
    rows = {name: "".join(column.get(name, "-") for column in columns) for name in names}
    return {name: row for name, row in rows.items() if keep(row)}


def _asked_for(name: str) -> bool:
    return not (_APART.search(name) or name.endswith(("out", "_out")))


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
