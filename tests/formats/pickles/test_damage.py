"""Broken archives and cut checkpoints: one rule for each cause, with the byte numbers."""

import struct
import zipfile

import pytest

from compat.formats.verify import verify

torch = pytest.importorskip("torch")


def rules(path, **options):
    return [f.rule for f in verify(path, **options).findings if f.severity != "info"]


def only(path, rule):
    findings = [f for f in verify(path).findings if f.rule == rule]
    assert findings, [f.rule for f in verify(path).findings]
    return findings[0]


def test_a_zip_cut_in_its_data_says_how_much_is_whole(put, made):
    data = made.saved(made.state())
    path = put("x.pt", data[: data.find(b"data/2") + 70])
    finding = only(path, "torch-zip-cut")
    assert finding.evidence["whole_storages"] == 2
    assert finding.evidence["difference_bytes"] < 0
    assert rules(path) == ["torch-zip-cut"]


@pytest.mark.parametrize("missing", [1, 30, 300])
def test_a_zip_without_its_directory_is_cut_though_every_storage_is_there(put, made, missing):
    path = put("x.pt", made.saved(made.state())[:-missing])
    assert only(path, "torch-zip-cut").evidence["whole_storages"] == 3


def test_a_zip_cut_inside_its_pickle_is_cut(put, made):
    path = put("x.pt", made.saved(made.state())[:150])
    assert rules(path) == ["torch-zip-cut"]


def test_a_legacy_file_cut_in_its_data_has_exact_numbers(put, made):
    data = made.legacy(made.state())
    finding = only(put("x.ckpt", data[:-100]), "torch-cut-in-data")
    assert finding.evidence["expected_bytes"] == len(data)
    assert finding.evidence["difference_bytes"] == -100


def test_a_legacy_file_cut_in_its_pickle_is_cut(put, made):
    assert rules(put("x.ckpt", made.legacy(made.state())[:200])) == ["pickle-cut"]


@pytest.mark.parametrize(
    ("form", "rule"), [("saved", "zip-trailing-bytes"), ("legacy", "torch-trailing-bytes")]
)
def test_trailing_bytes_are_not_a_cut(put, made, form, rule):
    path = put("x.pt", getattr(made, form)(made.state()) + b"x" * 25)
    assert only(path, rule).evidence["difference_bytes"] == 25
    assert rules(path) == [rule]


def test_a_flipped_bit_is_found_by_the_checksum(put, made):
    data = bytearray(made.saved(made.state()))
    at = data.find(bytes(made.state()["down.0.bias"].numpy()))
    data[at + 3] ^= 1
    assert rules(put("x.pt", bytes(data))) == ["zip-checksum-differs"]


def without(part):
    return lambda name, content: [] if name.endswith(part) else [(name, content)]


def test_a_storage_that_is_not_in_the_archive_is_named(put, made):
    path = put("x.pt", made.repacked(made.saved(made.state()), without("data/1")))
    finding = only(path, "torch-storage-missing")
    assert finding.evidence["storages"] == ["1"]
    assert finding.evidence["difference_bytes"] == -32


def resized(by):
    def change(name, content):
        changed = content[:by] if by < 0 else content + bytes(by)
        return [(name, changed if name.endswith("data/1") else content)]

    return change


@pytest.mark.parametrize(("by", "rule"), [(-4, "torch-storage-short"), (4, "torch-storage-long")])
def test_a_storage_of_another_length_is_named(put, made, by, rule):
    path = put("x.pt", made.repacked(made.saved(made.state()), resized(by)))
    assert only(path, rule).evidence["difference_bytes"] == by


def test_an_archive_without_its_pickle_is_named(put, made):
    def change(name, content):
        return [] if name.endswith("data.pkl") else [(name, content)]

    data = made.repacked(made.saved(made.state()), change)
    assert rules(put("x.pt", data)) == ["torch-zip-no-pickle"]


def extra(new, content=b"x"):
    return lambda name, old: [(name, old), (new, content)] if "data.pkl" in name else [(name, old)]


EXTRA = {
    "zip-name-escapes": "archive/../../evil",
    "torch-zip-several-pickles": "other/data.pkl",
    "torch-storage-unnamed": "archive/data/99",
    "torch-zip-foreign-entry": "__MACOSX/x",
}


@pytest.mark.parametrize("rule", EXTRA)
def test_a_member_that_does_not_belong_is_named(put, made, rule):
    path = put("x.pt", made.repacked(made.saved(made.state()), extra(EXTRA[rule], b"\x80\x02N.")))
    assert rule in rules(path)


def test_two_members_of_one_name_are_named(put, made):
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = made.repacked(made.saved(made.state()), extra("archive/byteorder", b"little"))
    assert "zip-duplicate-name" in rules(put("x.pt", data))


def test_an_archive_packed_again_is_read_and_told(put, made):
    data = made.repacked(made.saved(made.state()), compression=zipfile.ZIP_DEFLATED)
    path = put("x.pt", data)
    (report,) = verify(path).reports
    assert (report.verdict, rules(path)) == ("ok", ["zip-compressed"])
    assert report.measures["tensors"] == 3


def test_a_bomb_is_named_and_never_inflated(put, made):
    bomb = extra("archive/data/9", bytes(200 << 20))
    data = made.repacked(made.saved(made.state()), bomb, compression=zipfile.ZIP_DEFLATED)
    assert "zip-bomb" in rules(put("x.pt", data))


def test_a_pickle_that_inflates_too_far_is_not_read(put, made):
    bomb = extra("archive/more.pkl", bytes(50 << 20))
    data = made.repacked(made.saved(made.state()), bomb, compression=zipfile.ZIP_DEFLATED)
    path = put("x.pt", data)
    assert "pickle-unread" in rules(path)
    assert verify(path).verdict == "unknown"


def patched(data, at, new):
    return data[:at] + new + data[at + len(new) :]


def directory_entry(data, name):
    """Where the directory's entry for the member called ``name`` begins."""
    return data.rfind(name.encode(), 0, data.rfind(b"PK\x06\x06")) - 46


def test_a_locked_member_is_named(put, made):
    data = made.saved(made.state())
    at = directory_entry(data, "archive/data/1")
    assert "zip-encrypted" in rules(put("x.pt", patched(data, at + 8, b"\x01\x08")))


def test_members_that_overlap_are_named(put, made):
    data = made.saved(made.state())
    at = directory_entry(data, "archive/data/0")
    longer = patched(data, at + 20, struct.pack("<LL", 900, 900))
    assert "zip-entries-overlap" in rules(put("x.pt", longer))


def test_a_member_beyond_the_end_is_named(put, made):
    data = made.saved(made.state())
    at = directory_entry(data, "archive/data/0")
    path = put("x.pt", patched(data, at + 20, struct.pack("<LL", 90_000, 90_000)))
    assert only(path, "zip-entry-beyond-end").evidence["found_bytes"] == len(data)


def test_a_member_at_the_wrong_place_is_named(put, made):
    data = made.saved(made.state())
    at = directory_entry(data, "archive/data/0")
    assert "zip-entry-misplaced" in rules(put("x.pt", patched(data, at + 42, struct.pack("<L", 3))))


def test_a_member_with_two_names_is_named(put, made):
    data = made.saved(made.state())
    at = directory_entry(data, "archive/data/0") + 46
    assert "zip-two-names" in rules(put("x.pt", patched(data, at, b"archive/data/7")))


def test_an_archive_that_was_never_filled_is_told_from_a_cut_one(put, made):
    data = made.saved({f"w{n}": torch.randn(100, 100) for n in range(4)})
    for kept in (100_000, 300):
        path = put("x.pt", data[:kept] + bytes(len(data) - kept))
        finding = only(path, "torch-zip-unfilled")
        assert abs(finding.evidence["zero_from"] - kept) < 8192
        assert rules(path) == ["torch-zip-unfilled"]


def test_an_archive_of_very_many_members_is_not_read(put, made):
    from compat.formats.pickles import zip_directory

    data = made.saved({f"w{n}": torch.zeros(1) for n in range(60)})
    path = put("x.pt", data)
    assert rules(path) == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zip_directory, "MOST_ENTRIES", 50)
        assert rules(path) == ["zip-too-many-members"]
        assert verify(path).verdict == "unknown"


@pytest.mark.parametrize("count", [2**40, 49_000])
def test_a_directory_that_lies_costs_nothing(put, made, count):
    data = made.saved(made.state())
    at = data.rfind(b"PK\x05\x06")
    lying = patched(data, at + 8, struct.pack("<HHLL", 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF))
    wide = data.rfind(b"PK\x06\x06")
    lying = patched(lying, wide + 24, struct.pack("<QQ", count, count))
    assert "zip-directory-unreadable" in rules(put("x.pt", lying))


def test_numbers_turned_round_are_told_and_their_values_left_alone(put, made):
    def change(name, content):
        return [(name, b"big" if name.endswith("byteorder") else content)]

    path = put("x.pt", made.repacked(made.saved(made.state()), change))
    assert "torch-big-endian" in rules(path)


def test_a_tensor_larger_than_its_storage_is_named(put, made):
    data = made.saved({"w": torch.zeros(77)})
    lying = data.replace(b"KM\x85", b"K\xff\x85").replace(b"KM\x85", b"K\xff\x85")
    assert lying != data
    assert "torch-tensor-beyond-storage" in rules(put("x.pt", lying))


def test_tensors_without_data_are_named(put, made):
    path = put("x.pt", made.saved({"w": torch.empty(3, device="meta")}))
    assert "torch-meta-tensor" in rules(path)


def test_a_pickle_under_a_tensor_name_is_named(put, made):
    path = put("x.safetensors", made.saved(made.state()))
    assert "pickle-misnamed" in rules(path)


def test_text_and_other_archives_are_no_pickles(put):
    assert rules(put("x.pt", b"Entry not found")) == ["text-content"]
    assert rules(put("y.pt", b"<html><body>")) == ["html-page"]


PATCHES = {
    "zip-unknown-method": (10, b"\x0c\x00"),
    "zip-sizes-differ": (20, struct.pack("<L", 3)),
    "zip-several-disks": (34, b"\x07\x00"),
    "zip-strange-flags": (8, b"\x20\x08"),
    "zip-folder-flag": (38, b"\x10\x00\x00\x00"),
}


@pytest.mark.parametrize("rule", PATCHES)
def test_a_directory_entry_that_torch_refuses_is_named(put, made, rule):
    data = made.saved(made.state())
    offset, new = PATCHES[rule]
    at = directory_entry(data, "archive/data/0")
    path = put("x.pt", patched(data, at + offset, new))
    assert rule in rules(path)
    assert verify(path).verdict == "damaged"


def test_a_byte_order_that_is_none_is_named(put, made):
    def change(name, content):
        return [(name, b"lottle" if name.endswith("byteorder") else content)]

    path = put("x.pt", made.repacked(made.saved(made.state()), change))
    assert rules(path) == ["torch-bad-byteorder"]


def test_a_legacy_file_of_another_protocol_is_named(put, made):
    data = made.legacy(made.state())
    path = put("x.pt", data.replace(b"M\xe9\x03.", b"M\xea\x03.", 1))
    assert rules(path) == ["torch-other-protocol"]


def test_an_unknown_device_is_told(put, made):
    data = made.legacy(made.state())
    assert rules(put("x.pt", data.replace(b"X\x03\x00\x00\x00cpu", b"X\x03\x00\x00\x00cqu"))) == [
        "torch-unknown-device"
    ]


def test_a_checkpoint_of_protocol_4_is_told(put, made):
    path = put("x.pt", made.saved(made.state(), pickle_protocol=4))
    assert rules(path) == ["pickle-opcode-refused"]
    assert verify(path).verdict == "ok"


def test_a_storage_list_with_strangers_is_named(put, made):
    data = made.legacy({"w": torch.ones(3)})
    at = data.rfind(b"]q\x00X") + 8
    broken = data[:at] + b"0" + data[at + 1 :]
    assert "torch-storage-unknown" in rules(put("x.pt", broken))


def test_a_tensor_of_nonsense_is_named(put, made):
    data = made.saved({"w": torch.ones(3)})
    assert data.count(b"torch\nFloatStorage") == 1
    wrong = data.replace(b"torch\nFloatStorage", b"torch\nFloatStorago")
    assert "torch-bad-tensor" in rules(put("x.pt", wrong))


def test_bytes_behind_a_plain_pickle_are_named(put):
    assert "pickle-trailing-bytes" in rules(put("x.pkl", b"\x80\x02N." + bytes(20)))


def test_a_comment_that_is_cut_is_named(put, made):
    data = made.saved(made.state())
    assert "zip-cut-in-comment" in rules(put("x.pt", data[:-2] + b"\x09\x00"))
