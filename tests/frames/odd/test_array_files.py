"""Arrays in every layout, type and range are judged, and what may run code is refused."""

import io
import pickle
import zipfile

import numpy as np
import pytest

from compat.frames.array_clip import clip_of
from compat.frames.arrays import frames_from_array

FINE = {"good", "suspect"}


def floats(scene):
    return scene.astype(np.float32) / 255


def bfloat16(values):
    return (np.ascontiguousarray(values, np.float32).view(np.uint32) >> 16).astype(np.uint16)


def safetensors(m, name="clip.safetensors", **tensors):
    from safetensors.numpy import save_file

    save_file({key: np.ascontiguousarray(value) for key, value in tensors.items()}, m.folder / name)
    return m.folder / name


def archive(m, **arrays):
    np.savez_compressed(m.folder / "clip.npz", **arrays)
    return m.folder / "clip.npz"


def brain_floats(m):
    import json

    values = bfloat16(floats(m.scene))
    head = {"frames": {"dtype": "BF16", "shape": list(values.shape),
                       "data_offsets": [0, values.nbytes]}}  # fmt: skip
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 8)
    return m.raw("clip.safetensors", len(text).to_bytes(8, "little") + text + values.tobytes())


READ = {
    "uint8": lambda m: m.array(m.scene),
    "float16": lambda m: m.array(floats(m.scene).astype(np.float16)),
    "float32 of -1 to 1": lambda m: m.array(floats(m.scene) * 2 - 1),
    "float64 of 0 to 255": lambda m: m.array(m.scene.astype(np.float64)),
    "bfloat16": lambda m: m.array(bfloat16(floats(m.scene)).view("V2")),
    "uint16 of 16 bits": lambda m: m.array(m.scene.astype(np.uint16) * 257),
    "uint16 of 10 bits": lambda m: m.array(m.scene.astype(np.uint16) * 4),
    "int64": lambda m: m.array(m.scene.astype(np.int64)),
    "TCHW": lambda m: m.array(m.scene.transpose(0, 3, 1, 2)),
    "CTHW": lambda m: m.array(m.scene.transpose(3, 0, 1, 2)),
    "a batch of one": lambda m: m.array(floats(m.scene).transpose(3, 0, 1, 2)[None]),
    "THW, grey": lambda m: m.array(m.scene.mean(3).astype(np.uint8)),
    "four channels": lambda m: m.array(np.pad(m.scene, ((0, 0),) * 3 + ((0, 1),),
                                              constant_values=255)),
    "Fortran order": lambda m: m.array(np.asfortranarray(m.scene)),
    "npz": lambda m: archive(m, frames=m.scene),
    "npz with more": lambda m: archive(m, fps=np.array(24), video=m.scene, seed=np.zeros(3)),
    "safetensors": lambda m: safetensors(m, frames=m.scene),
    "safetensors of CTHW floats": lambda m: safetensors(
        m, video=floats(m.scene).transpose(3, 0, 1, 2)[None]),
    "safetensors of bfloat16": brain_floats,
    "npy without its name": lambda m: m.array(m.scene).rename(m.folder / "clip.bin"),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_an_array_is_read_as_it_is_meant(name, make, judged):
    path = READ[name](make)
    said = judged(path)
    assert said.verdict in FINE, said
    assert said.measures["frames"] == 24
    assert said.code == 0

    from compat.frames.decode import open_clip

    frame = next(iter(open_clip(path))).astype(int)
    expected = make.scene[0].astype(int)
    if "grey" in name:
        expected = np.repeat(expected.mean(2, keepdims=True), 3, 2)
    # bfloat16 has eight bits of significance.
    assert np.abs(frame - expected).max() <= (1 if "bf" not in name else 2)


class Wish:
    """What a hostile pickle would do."""

    def __reduce__(self):
        return exec, ("raise SystemExit('the pickle was run')",)


def pickled(m, name):
    return m.raw(name, pickle.dumps(Wish()))


def torch_file(m):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as out:
        out.writestr("archive/data.pkl", pickle.dumps(Wish()))
        out.writestr("archive/version", "3")
    return m.raw("frames.pt", data.getvalue())


def objects(m):
    values = np.array([Wish()], dtype=object)
    np.save(m.folder / "clip.npy", values, allow_pickle=True)
    return m.folder / "clip.npy"


def objects_packed(m):
    np.savez(m.folder / "clip.npz", frames=np.array([Wish()], dtype=object), allow_pickle=True)
    return m.folder / "clip.npz"


def zip_bomb(m):
    head = io.BytesIO()
    shape = (60_000, 1000, 1000, 3)
    np.lib.format.write_array_header_1_0(
        head, {"descr": "|u1", "fortran_order": False, "shape": shape}
    )
    path = m.folder / "clip.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("frames.npy", head.getvalue() + bytes(1000))
    # The directory says how large a member is; a hostile one says what it likes.
    data = path.read_bytes()
    at = data.rfind(b"PK\x01\x02")
    return m.patched(path, at + 24, (0xFFFFFFF0).to_bytes(4, "little"))


def claimed(shape):
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        head, {"descr": "|u1", "fortran_order": False, "shape": shape}
    )
    return b"\x93NUMPY\x01\x00" + head.getvalue().split(b"\x01\x00", 1)[1] + bytes(1000)


def packed(m):
    path = m.folder / "frames.zip"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("frame_1.png", b"not read")
    return path


REFUSED = {
    "a pickle": (lambda m: pickled(m, "frames.pkl"), "may run code"),
    "a pickle called mp4": (lambda m: pickled(m, "frames.mp4"), "may run code"),
    "a torch file": (torch_file, "may run code"),
    "an array of objects": (objects, "Python objects"),
    "a packed array of objects": (objects_packed, "expected one|Python objects|cannot be read"),
    "latents": (lambda m: m.array(np.zeros((1, 16, 5, 18, 32), np.float32)), "not that of frames"),
    "a batch of two": (lambda m: m.array(np.stack([m.scene, m.scene])), "batch of 2 clips"),
    "no frames": (lambda m: m.array(np.zeros((0, 64, 64, 3), np.uint8)), "is empty"),
    "complex numbers": (lambda m: m.array(m.scene.astype(np.complex64)), "complex64"),
    "texts": (lambda m: m.array(np.full((4, 64, 64, 3), "a")), "values, expected"),
    "a matrix": (lambda m: m.array(np.zeros((64, 64), np.uint8)), "not that of frames"),
    "weights": (lambda m: safetensors(m, **{"a.weight": np.zeros((8, 8), np.float32),
                                            "b.bias": np.zeros(8, np.float32)}),
                "none that can be frames"),
    "two clips in one file": (lambda m: safetensors(m, a=m.scene, b=m.scene), "may be frames"),
    "a cut safetensors": (lambda m: m.cut(safetensors(m, frames=m.scene), 0.5), "is damaged"),
    "a cut npy": (lambda m: m.cut(m.array(m.scene), 0.5), "cannot be read"),
    "a cut npz": (lambda m: m.cut(archive(m, frames=m.scene), 0.5), "zip archive"),
    "an npy that claims terabytes": (
        lambda m: m.raw("clip.npy", claimed((10**6, 4096, 4096, 3))), "cannot be read"),
    "an npz that unpacks to terabytes": (zip_bomb, "unpacks to|cannot be read"),
    "frames of 100000 by 100000": (
        lambda m: m.raw("clip.npy", claimed((1, 10**5, 10**5, 3))), "cannot be read"),
    "a zip of pictures": (packed, "zip archive"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_holds_no_frames_is_refused_with_a_sentence(name, make, judged):
    build, words = REFUSED[name]
    said = judged(build(make))
    assert (said.code, said.verdict, said.rules) == (5, "undecided", ("not-a-clip",)), said
    assert any(word in said.sentences for word in words.split("|")), said
    assert all(said.remedies)


def test_values_far_outside_are_said_to_be_no_pictures():
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 1, (4, 32, 32, 3)).astype(np.float32)
    assert [f.rule for f in frames_from_array(noise).findings] == ["values-out-of-range"]


def test_a_little_overshoot_is_not_mentioned():
    values = np.linspace(-1.04, 1.04, 4 * 32 * 32 * 3, dtype=np.float32).reshape(4, 32, 32, 3)
    assert frames_from_array(values).findings == ()


@pytest.mark.torch
def test_tensors_of_every_kind_are_seen_as_clips(scene):
    torch = pytest.importorskip("torch")
    values = torch.from_numpy(scene).permute(3, 0, 1, 2)[None].float() / 127.5 - 1
    for tensor in (values, values.half(), values.bfloat16(), values.clone().requires_grad_()):
        frames = list(clip_of(tensor))
        assert len(frames) == 24
        assert np.abs(frames[3].astype(int) - scene[3]).max() <= 2
