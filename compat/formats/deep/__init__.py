"""The deep check: reads every value of a model file once and says what no trained model holds."""

from compat.formats.deep.census import Census, census_from_data
from compat.formats.deep.hashing import hash_file, hash_files
from compat.formats.deep.meaning import value_findings
from compat.formats.deep.measures import value_measures
from compat.formats.deep.scan import begin, deep_scan, scan_steps, take_census

__all__ = [
    "Census",
    "begin",
    "census_from_data",
    "deep_scan",
    "hash_file",
    "hash_files",
    "scan_steps",
    "take_census",
    "value_findings",
    "value_measures",
]
