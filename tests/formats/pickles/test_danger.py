"""Pickles that would run something are named with what and where; nothing of it ever happens."""

import builtins
import datetime
import os
import pathlib
import pickle
import struct

import pytest

from compat.formats.pickles.globals import LISTED, Safety, sort_globals
from compat.formats.pickles.opcodes import MOST_OPCODES
from compat.formats.pickles.symbols import Global
from compat.formats.verify import verify

torch = pytest.importorskip("torch")


def rules(path):
    return {finding.rule for finding in verify(path).findings}


def named(path, rule):
    return {f.evidence["name"] for f in verify(path).findings if f.rule == rule}


def test_the_list_is_that_of_the_installed_torch():
    from torch._weights_only_unpickler import _get_allowed_globals

    assert set(_get_allowed_globals()) == LISTED


@pytest.mark.parametrize("protocol", range(6))
def test_a_call_of_the_shell_is_found_in_every_protocol(put, made, tmp_path, protocol):
    trap = made.calls(os.mkdir, str(tmp_path / "sprung"))
    path = put("model.ckpt", pickle.dumps([trap], protocol=protocol))
    (report,) = verify(path).reports
    assert (report.verdict, report.kind) == ("damaged", "pickle")
    assert report.findings[0].rule == "pickle-dangerous-global"
    assert f"byte {path.read_bytes().find(os.mkdir.__module__.encode())}"[:5] in str(
        report.findings[0].place
    )
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("form", ["saved", "legacy"])
def test_a_call_inside_a_checkpoint_is_found_beside_its_tensors(put, made, form):
    trap = made.calls(eval, "1")
    path = put("model.pt", getattr(made, form)({**made.state(), "x": trap}))
    assert named(path, "pickle-dangerous-global") == {"'builtins.eval'"}
    assert verify(path).verdict == "damaged"


CALLS = {
    "__import__": "builtins.__import__", "importlib": "importlib.import_module",
    "webbrowser": "webbrowser.open", "pathlib write": "pathlib.Path.write_text",
    "attribute walk": "torch.serialization.os.system",
    "dunder": "torch.Tensor.__init__.__globals__",
    "torch.load": "torch.load", "hub": "torch.hub.load", "numpy.load": "numpy.load",
    "pip": "pip.main", "runpy": "runpy.run_path", "joblib": "joblib.load",
    "Python 2": "__builtin__.execfile", "getattr": "builtins.getattr", "marshal": "marshal.loads",
    "walk out of a data module": "datetime.sys.modules",
}  # fmt: skip


@pytest.mark.parametrize("case", CALLS)
def test_what_runs_code_is_dangerous_by_either_list(case):
    module, _, name = CALLS[case].rpartition(".")
    if case in ("attribute walk", "dunder", "walk out of a data module"):
        module, _, name = CALLS[case].partition(".")
    found = Global(module, name, 0)
    assert sort_globals([found]) == {found: Safety.DANGEROUS}


HARMLESS = {
    "numpy.dtype": Safety.DATA, "numpy._core.multiarray.scalar": Safety.DATA,
    "collections.OrderedDict": Safety.LISTED, "torch.FloatStorage": Safety.LISTED,
    "__builtin__.set": Safety.LISTED, "copy_reg._reconstructor": Safety.UNKNOWN,
    "argparse.Namespace": Safety.UNKNOWN, "ultralytics.nn.tasks.DetectionModel": Safety.UNKNOWN,
    "datetime.datetime": Safety.UNKNOWN, "torch.nn.modules.linear.Linear": Safety.UNKNOWN,
}  # fmt: skip


@pytest.mark.parametrize("name", HARMLESS)
def test_what_does_not_run_code_is_not_called_dangerous(name):
    found = Global(*name.rsplit(".", 1), 0)
    assert sort_globals([found])[found] is HARMLESS[name]


def test_training_leftovers_are_unknown_and_not_a_pass(put, made):
    left = {"when": datetime.timedelta(1), "where": pathlib.PurePosixPath("x")}
    content = {"state_dict": made.state(), **left}
    path = put("x.ckpt", made.saved(content))
    assert verify(path).verdict == "unknown"
    assert "'datetime.timedelta'" in named(path, "pickle-unknown-global")


def stack_global(*operations):
    return b"\x80\x04" + b"".join(operations) + b"."


def word(text):
    return b"\x8c" + bytes([len(text)]) + text.encode()


MEMOISED = stack_global(
    word("os"), b"\x940", word("system"), b"\x940h\x00h\x01\x93", word("x"), b"\x85R"
)
COMPUTED = stack_global(b"cbuiltins\nstr\n", word("os"), b"\x85R", word("system"), b"\x93")
FAR_MEMO = stack_global(word("os"), b"r\xff\xff\xff\x0f0j\xff\xff\xff\x0f", word("system"), b"\x93")
OLD_CLASS = b"(S'x'\nios\nsystem\n."
SECOND = b"\x80\x02N." + b"cos\nsystem\n(S'x'\ntR."
UNFINISHED = b"\x80\x02cos\nsystem\n(X\x01\x00\x00\x00xtR\xff\xff"
UNDERFLOW = b"\x80\x020cos\nsystem\n."


@pytest.mark.parametrize(
    "data", [MEMOISED, FAR_MEMO, OLD_CLASS, SECOND, UNFINISHED, UNDERFLOW],
    ids=["memoised", "far memo", "INST", "second pickle", "unfinished", "underflow"],
)  # fmt: skip
def test_hiding_places_are_looked_into(put, data):
    assert named(put("x.pkl", data), "pickle-dangerous-global") == {"'os.system'"}


def test_a_name_that_is_computed_is_a_finding_itself(put):
    assert "pickle-hidden-global" in rules(put("x.pkl", COMPUTED))


@pytest.mark.parametrize("code", [b"\x82\x05", b"\x83\x05\x00", b"\x84\x05\x00\x00\x00"])
def test_extension_codes_are_unknown(put, code):
    path = put("x.pkl", b"\x80\x02" + code + b".")
    assert "pickle-extension-code" in rules(path)
    assert verify(path).verdict == "unknown"


@pytest.mark.parametrize("protocol", [2, 4])
def test_a_pickle_inside_a_pickle_is_looked_into(put, made, protocol):
    inner = pickle.dumps(made.calls(eval, "1"))
    outer = pickle.dumps({"x": inner}, protocol=protocol)
    assert named(put("x.pkl", outer), "pickle-dangerous-global") == {"'builtins.eval'"}


def test_a_large_pickle_inside_a_pickle_is_looked_into_where_it_lies(put, made):
    inner = pickle.dumps([bytes(200_000), made.calls(eval, "1")])
    path = put("x.pkl", pickle.dumps({"x": inner}))
    assert named(path, "pickle-dangerous-global") == {"'builtins.eval'"}


def test_the_magic_number_cannot_be_faked_by_a_call(put, made):
    path = put("x.pt", pickle.dumps(made.calls(eval, "0x1950a86a20f9469cfc6c"), protocol=2))
    assert "'builtins.eval'" in named(path, "pickle-dangerous-global")


def test_an_old_torch_tar_is_named_and_scanned(put, made):
    import io
    import tarfile

    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, data in {"sys_info": b"\x80\x02}.", "pickle": b"\x80\x02cos\nsystem\n."}.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    path = put("x.pt", stream.getvalue())
    assert {"torch-tar", "pickle-dangerous-global"} <= rules(path)


HOSTILE = {
    "many opcodes": b"\x80\x02" + b"}" * 3 * MOST_OPCODES + b".",
    "many marks": b"\x80\x02" + b"(" * 3 * MOST_OPCODES + b".",
    "nested tuples": b"\x80\x02)" + b"\x85" * 3 * MOST_OPCODES + b".",
    "many globals": b"\x80\x02" + b"".join(b"ca%d\nb\n0" % n for n in range(60_000)) + b"N.",
    "long line": b"\x80\x02c" + b"a" * 1_000_000 + b"\nb\n.",
}


@pytest.mark.no_cover  # counting the lines of half a million opcodes takes ten times as long
@pytest.mark.parametrize("case", HOSTILE)
def test_a_pickle_that_asks_for_too_much_is_not_read_to_its_end(put, case):
    said = verify(put("x.pkl", HOSTILE[case]))
    assert "pickle-too-long" in {finding.rule for finding in said.findings}
    assert said.verdict != "ok"


def test_a_length_that_lies_is_a_cut(put):
    data = b"\x80\x04\x8e" + struct.pack("<Q", 1 << 60) + b"xxx."
    assert "pickle-cut" in rules(put("x.pkl", data))


def test_every_builtin_that_acts_is_dangerous():
    acting = {"eval", "exec", "compile", "open", "__import__", "getattr", "setattr", "input"}
    for name in acting & set(dir(builtins)):
        found = Global("builtins", name, 0)
        assert sort_globals([found])[found] is Safety.DANGEROUS


def test_an_array_of_objects_is_a_pickle_and_one_of_numbers_is_not(put, made):
    import io

    import numpy as np

    for array, expected in (
        (np.array([made.calls(eval, "1")], dtype=object), True),
        (np.ones(3), False),
    ):
        stream = io.BytesIO()
        np.save(stream, array, allow_pickle=True)
        path = put("x.npy", stream.getvalue())
        assert ("pickle-dangerous-global" in rules(path)) is expected
        assert ("numpy-objects" in rules(path)) is expected


def test_plain_data_that_torch_refuses_is_only_remarked(put, made):
    import collections

    content = {**made.state(), "x": collections.deque([1])}
    path = put("x.pt", made.saved(content))
    assert "pickle-beyond-weights-only" in rules(path)
    assert verify(path).verdict == "ok"


def nested_lists(count):
    return b"\x80\x02](" + b"]" * count + b"e."


def long_names():
    key = b"X" + struct.pack("<I", 60_000) + b"k" * 60_000 + b"q\x00"
    opened = b"}" + key + b"}" + (b"h\x00}" * 12)
    pairs = b"(" + b"".join(b"X\x04\x00\x00\x00%04d]" % n for n in range(9000)) + b"u"
    return b"\x80\x02" + opened + pairs + b"s" * 13 + b"."


@pytest.mark.no_cover  # as above
@pytest.mark.parametrize("data", [nested_lists(400_000), long_names()], ids=["lists", "names"])
def test_a_structure_that_is_too_large_to_walk_is_told(put, data):
    import io
    import zipfile

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("archive/data.pkl", data)
    said = verify(put("x.pt", stream.getvalue()))
    assert "pickle-too-long" in {finding.rule for finding in said.findings}
    assert said.verdict == "unknown"
