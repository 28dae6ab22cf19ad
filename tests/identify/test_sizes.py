"""Expected sizes follow the dtypes found, and only a real loss is a finding."""

from dataclasses import replace

from compat.identify.identify import identify_header
from tests.identify.conftest import HEADERS, header_of_entries


def rules(found):
    return [finding.rule for finding in found.findings]


def test_a_file_of_its_size_is_silent_and_one_far_below_is_found():
    header = header_of_entries(HEADERS["wan-t2v-1-3b"].tensors)
    assert rules(identify_header(header)) == []
    short = replace(header, file_size=int(header.file_size * 0.8))
    (finding,) = identify_header(short).findings
    assert (finding.rule, finding.severity) == ("smaller-than-published", "medium")
    assert finding.evidence["found_bytes"] == short.file_size
    assert finding.evidence["expected_bytes"] > short.file_size


def test_half_the_bits_are_half_the_size():
    plain = HEADERS["wan-t2v-1-3b"].tensors
    eight = {key: ("F8_E4M3", shape) for key, (_, shape) in plain.items()}
    whole = identify_header(header_of_entries(plain)).expected_bytes
    half = identify_header(header_of_entries(eight))
    assert (half.expected_bytes, rules(half)) == (whole // 2, [])


def test_what_is_not_recognised_has_no_size_to_keep():
    header = header_of_entries({"a": ("BF16", (4, 4))})
    assert rules(identify_header(replace(header, file_size=10))) == []
