"""Interpreters are found where the usual tools put them, and none of them is run."""

import json
import os

import pytest

from compat.backends.machine import interpreters as subject


def python(prefix):
    (prefix / "bin").mkdir(parents=True)
    # Would say so if anybody ran it.
    (prefix / "bin" / "python").write_text("#!/bin/sh\ntouch /tmp/framegate-was-run\n")
    return prefix


def found(home, *, variables=None, folder=None, known=()):
    seen = subject.other_interpreters(
        variables=variables or {}, home=home, folder=folder or home / "nowhere", known=known
    )
    return {(one.kind, one.prefix) for one in seen if one.prefix.startswith(str(home))}


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("conda", "miniconda3"),
        ("conda", "miniforge3/envs/video"),
        ("pyenv", ".pyenv/versions/3.12.1"),
        ("uv", ".local/share/uv/tools/framegate"),
        ("pipx", ".local/share/pipx/venvs/framegate"),
        ("comfyui", "StabilityMatrix/Data/Packages/ComfyUI/venv"),
        ("comfyui", "AppData/Roaming/StabilityMatrix/Packages/ComfyUI/venv"),
        ("comfyui", "pinokio/api/wan.git/app/env"),
        ("venv", ".virtualenvs/video"),
    ],
)
def test_an_environment_of_a_usual_tool_is_found(tmp_path, kind, place):
    assert found(tmp_path) == set()
    python(tmp_path / place)
    assert found(tmp_path) == {(kind, str(tmp_path / place))}


@pytest.mark.parametrize("below", ["", "Documents", "Downloads"])
@pytest.mark.parametrize("own", [".venv", "venv"])
def test_a_comfyui_brings_its_own(tmp_path, below, own):
    place = tmp_path / below / "ComfyUI"
    (place / "comfy").mkdir(parents=True)
    assert found(tmp_path) == set()
    python(place / own)
    assert found(tmp_path) == {("comfyui", str(place / own))}


def test_a_portable_comfyui_has_its_python_beside_it(tmp_path):
    (tmp_path / "ComfyUI_windows_portable/ComfyUI/comfy").mkdir(parents=True)
    place = tmp_path / "ComfyUI_windows_portable" / "python_embeded"
    place.mkdir()
    (place / "python.exe").touch()
    assert found(tmp_path) == {("comfyui", str(place))}


def test_the_desktop_app_says_where_it_is(tmp_path):
    place = python(tmp_path / "elsewhere" / ".venv")
    config = tmp_path / "Library/Application Support/ComfyUI/config.json"
    config.parent.mkdir(parents=True)
    config.write_text(json.dumps({"basePath": str(tmp_path / "elsewhere")}))
    assert found(tmp_path) == {("comfyui", str(place))}
    config.write_text("[1")
    assert found(tmp_path) == set()


def test_the_active_one_comes_first_and_once(tmp_path):
    python(tmp_path / "x" / ".venv")
    variables = {"VIRTUAL_ENV": str(tmp_path / "x" / ".venv"), "CONDA_PREFIX": "relative"}
    assert found(tmp_path, variables=variables, folder=tmp_path / "x") == {
        ("active", str(tmp_path / "x" / ".venv"))
    }


def test_what_is_known_already_is_left_out(tmp_path):
    place = python(tmp_path / ".virtualenvs" / "own")
    assert found(tmp_path, known=[place]) == set()


def test_conda_environments_elsewhere_are_read_from_its_list(tmp_path):
    place = python(tmp_path / "far" / "env")
    (tmp_path / ".conda").mkdir()
    (tmp_path / ".conda" / "environments.txt").write_text(f"{place}\n/no/such\n\n")
    assert found(tmp_path) == {("conda", str(place))}


@pytest.mark.parametrize(
    "line",
    ["\0", "x" * 70_000, "\udcff", "relative/env", "/\0/x"],
    ids=["null", "long", "no text", "relative", "null inside"],
)
def test_a_list_of_rubbish_finds_nothing(tmp_path, line):
    (tmp_path / ".conda").mkdir()
    text = line.encode("utf-8", "surrogateescape")
    (tmp_path / ".conda" / "environments.txt").write_bytes(text)
    config = tmp_path / ".config/ComfyUI/config.json"
    config.parent.mkdir(parents=True)
    config.write_text(json.dumps({"basePath": line}))
    assert found(tmp_path) == set()
    config.write_text("[" * 60_000)
    assert found(tmp_path) == set()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_in_place_of_a_file_does_not_block(tmp_path):
    place = python(tmp_path / ".virtualenvs" / "x")
    os.mkfifo(place / "pyvenv.cfg")
    assert found(tmp_path) == {("venv", str(place))}


def test_no_more_are_listed_than_a_person_reads(tmp_path, monkeypatch):
    for number in range(9):
        python(tmp_path / ".virtualenvs" / str(number))
    monkeypatch.setattr(subject, "MOST", 3)
    assert len(found(tmp_path)) == 3
    monkeypatch.setattr(subject, "MOST", 60)
    monkeypatch.setattr(subject, "_MOST_IN_ONE_PLACE", 5)
    assert len(found(tmp_path)) == 5
