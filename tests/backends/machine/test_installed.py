"""What an interpreter has is read from the names of its files."""

import pytest

from compat.backends.machine import installed as subject

CUDA = (
    "from typing import Optional\n__version__ = '2.7.1+cu128'\ndebug = False\n"
    "cuda: Optional[str] = '12.8'\nhip: Optional[str] = None\nxpu: Optional[str] = None\n"
)
ROCM = "__version__ = '2.8.0+rocm6.4'\ncuda: Optional[str] = None\nhip: Optional[str] = '6.4.43'\n"
OLD = "__version__ = '2.0.1'\ndebug = False\ncuda = None\nhip = None\n"


def environment(prefix, *, site="lib/python3.11/site-packages", names=(), torch="", config=""):
    """An interpreter's folder; nothing in it could be run."""
    folder = prefix / site
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).mkdir()
    if torch:
        (folder / "torch").mkdir()
        (folder / "torch" / "version.py").write_text(torch)
    for file in ("python.exe",) if site.startswith("Lib") else ("bin/python",):
        (prefix / file).parent.mkdir(exist_ok=True)
        (prefix / file).write_text("not a program")
    if config:
        (prefix / "pyvenv.cfg").write_text(config)
    return prefix


@pytest.mark.parametrize(
    ("text", "title"),
    [(CUDA, "CUDA 12.8"), (ROCM, "ROCm 6.4.43"), (OLD, "no CUDA, no ROCm")],
)
def test_a_torch_is_told_by_what_it_was_built_for(tmp_path, text, title):
    found = subject.described("venv", environment(tmp_path / "x", torch=text))
    assert found.torch.title == title


@pytest.mark.parametrize("text", ["", "__version__ = 2\n", "\0" * 70_000, "import os\n"])
def test_a_torch_that_says_nothing_is_unknown(tmp_path, text):
    prefix = environment(tmp_path / "x", torch=text or " ")
    assert subject.described("venv", prefix).torch is None


def test_packages_of_every_form_are_seen_and_others_are_not(tmp_path):
    names = (
        "torch-2.7.1+cu128.dist-info", "optimum_quanto-0.2.7.dist-info", "torch",
        "numpy-2.2.6-py3.12.egg-info", "diffusers-0.36.0.dev0.dist-info",
        "requests-2.0.dist-info", "~orch-2.0.dist-info",
    )  # fmt: skip
    found = subject.described("venv", environment(tmp_path / "x", names=names))
    assert found.packages == {
        "diffusers": "0.36.0.dev0",
        "numpy": "2.2.6",
        "optimum-quanto": "0.2.7",
        "torch": "2.7.1+cu128",
    }


def portable(prefix):
    environment(prefix, site="Lib/site-packages")
    (prefix / "python313._pth").write_text("python313.zip\n")
    return prefix


def conda(prefix):
    environment(prefix)
    (prefix / "conda-meta").mkdir()
    (prefix / "conda-meta" / "python-3.10.14-h955ad1f_1.json").write_text("{}")
    return prefix


@pytest.mark.parametrize(
    ("arrange", "version"),
    [
        (lambda p: environment(p, config="home = /usr/bin\nversion = 3.12.4\n"), "3.12.4"),
        (lambda p: environment(p, config="version_info = 3.13.1.final.0\n"), "3.13.1"),
        (environment, "3.11"),
        (portable, "3.13"),
        (conda, "3.10.14"),
    ],
    ids=["venv", "virtualenv", "library", "portable", "conda"],
)
def test_the_version_is_told_by_whatever_tells_it(tmp_path, arrange, version):
    assert subject.described("venv", arrange(tmp_path / "x")).python == version


def test_a_venv_that_looks_through_has_what_the_system_has(tmp_path):
    environment(tmp_path / "usr", names=["torch-2.8.0.dist-info"], torch=CUDA)
    config = f"home = {tmp_path / 'usr' / 'bin'}\ninclude-system-site-packages = true\n"
    found = subject.described("venv", environment(tmp_path / "venv", config=config))
    assert found.packages == {"torch": "2.8.0"}
    assert found.torch.cuda == "12.8"


def test_a_folder_without_an_interpreter_is_none(tmp_path):
    assert subject.described("venv", tmp_path) is None


@pytest.mark.parametrize("file", ["bin/python3", "Scripts/python.exe", "python.exe"])
def test_the_folder_of_an_interpreter_is_known_by_its_file(tmp_path, file):
    assert subject.prefix_of(tmp_path / file) == tmp_path
