"""Checkpoints as torch writes them, and pickles as attackers do."""

import io
import pickle
import zipfile

import pytest

torch = pytest.importorskip("torch")

NAMES = ("down.0.weight", "down.0.bias", "up.0.weight")


def state(dtype=None):
    """A small state dict of random values."""
    torch.manual_seed(0)
    shapes = ((8, 16), (8,), (4, 4, 3))
    dtype = dtype or torch.float32
    return {n: torch.randn(*s).to(dtype) for n, s in zip(NAMES, shapes, strict=True)}


def saved(content, **options):
    """What torch.save writes for ``content``."""
    stream = io.BytesIO()
    torch.save(content, stream, **options)
    return stream.getvalue()


def legacy(content):
    return saved(content, _use_new_zipfile_serialization=False)


def repacked(data, change=lambda name, content: [(name, content)], **options):
    """The archive with every member passed through ``change``, which may drop or add members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", **options) as new:
        for name in old.namelist():
            for key, content in change(name, old.read(name)):
                new.writestr(key, content)
    return stream.getvalue()


class Calls:
    """Pickles as a call of ``function`` with ``arguments``."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


@pytest.fixture
def made():
    """The builders of this file, as attributes."""

    class Builders:
        pass

    for builder in (state, saved, legacy, repacked, Calls):
        setattr(Builders, builder.__name__.lower(), staticmethod(builder))
    Builders.pickle = staticmethod(pickle.dumps)
    return Builders
