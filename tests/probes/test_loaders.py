"""A loader that opens a broken file without a word is seen; one that refuses passes."""

from importlib import import_module

import pytest

from compat.core.model import Outcome
from probes.loaders.damaged import (
    corrupted_gguf,
    corrupted_safetensors,
    gguf_file,
    safetensors_file,
    truncated_gguf,
    truncated_safetensors,
)

gguf = pytest.importorskip("gguf")
safetensors_numpy = pytest.importorskip("safetensors.numpy")

REAL = {
    "safetensors-numpy-refuses-damage": "safetensors.numpy",
    "safetensors-torch-refuses-damage": "safetensors.torch",
}


def careless(path):
    """Opens everything, as a reader does that never compares the header with the file."""
    return {"first": path.read_bytes()}


def strict(path):
    raise ValueError(f"{path} is broken")


def checks_only_that_there_is_something(path):
    if len(path.read_bytes()) < 9:
        raise ValueError("empty")
    return {}


@pytest.mark.parametrize("name", REAL)
def test_the_real_safetensors_loaders_refuse_all_damage(ask, name):
    pytest.importorskip(REAL[name])
    asked = ask(name)
    assert asked.outcome is Outcome.PASS, asked.text
    assert all("Error" in str(said) for said in asked.measures.values())


@pytest.mark.parametrize(
    ("load", "refused"), [(careless, 0), (checks_only_that_there_is_something, 2)]
)
@pytest.mark.parametrize("name", REAL)
def test_a_safetensors_loader_that_opens_damage_is_seen(ask, monkeypatch, name, load, refused):
    pytest.importorskip(REAL[name])
    monkeypatch.setattr(import_module(REAL[name]), "load_file", load)
    asked = ask(name)
    assert asked.rules == {"damage-opened-silently"}
    cases = len(truncated_safetensors()) + len(corrupted_safetensors())
    assert len(asked.findings) == cases - refused


def test_a_loader_that_refuses_sound_files_too_is_seen(ask, monkeypatch):
    monkeypatch.setattr(safetensors_numpy, "load_file", strict)
    assert ask("safetensors-numpy-refuses-damage").rules == {"sound-file-refused"}
    monkeypatch.setattr(gguf, "GGUFReader", strict)
    assert ask("gguf-refuses-truncation").rules == {"sound-file-refused"}


def test_the_real_gguf_reader_refuses_truncation(ask):
    asked = ask("gguf-refuses-truncation")
    assert asked.outcome is Outcome.PASS, asked.text


def test_the_real_gguf_reader_opens_two_kinds_of_corruption(ask):
    asked = ask("gguf-refuses-corruption")
    opened = {case for case, said in asked.measures.items() if said == "opened"}
    assert opened == {"an offset off the alignment", "offsets that overlap"}
    assert len(asked.findings) == len(opened)


@pytest.mark.parametrize("name", ["gguf-refuses-truncation", "gguf-refuses-corruption"])
def test_a_gguf_reader_that_opens_everything_is_seen(ask, monkeypatch, name):
    monkeypatch.setattr(gguf, "GGUFReader", careless)
    asked = ask(name)
    assert asked.outcome is Outcome.FAIL
    assert len(asked.findings) == len(asked.measures)


def test_a_gguf_reader_that_refuses_corruption_passes(ask, monkeypatch):
    real = gguf.GGUFReader

    def wary(path):
        if "damaged" in path.name:
            raise ValueError("corrupted")
        return real(path)

    monkeypatch.setattr(gguf, "GGUFReader", wary)
    assert ask("gguf-refuses-corruption").outcome is Outcome.PASS


def test_every_damaged_file_differs_from_the_sound_one(tmp_path):
    sound = safetensors_file()
    damaged = {**truncated_safetensors(), **corrupted_safetensors()}
    assert sound not in damaged.values()
    whole = gguf_file(tmp_path)
    damaged_gguf = {**truncated_gguf(whole), **corrupted_gguf(whole)}
    assert whole not in damaged_gguf.values()
    assert len(set(damaged.values())) == len(damaged)
    assert len(set(damaged_gguf.values())) == len(damaged_gguf)
