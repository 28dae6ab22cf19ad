"""What is shown to others holds no name of the user."""

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from compat.cli import privacy as subject

ANN = subject.Discreet(Path("/home/ann"), ["ann"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/ann", "~"),
        ("/home/ann/ComfyUI: Python 3.12", "~/ComfyUI: Python 3.12"),
        ("A=/home/ann/x:/home/ann/y", "A=~/x:~/y"),
        ("'/home/ann/a b/c'", "'~/a b/c'"),
        ("/media/ann/models", "/media/USER/models"),
        ("C:\\Users\\ann\\AppData", "C:\\Users\\USER\\AppData"),
        ("C:/Users/Ann/venv", "C:/Users/USER/venv"),
        ("/home/anna/x", "/home/anna/x"),
        ("/opt/home/ann-models", "/opt/home/ann-models"),
        ("cannot import name ann from torch", "cannot import name ann from torch"),
    ],
)
def test_the_home_is_a_tilde_and_the_name_is_hidden_in_paths(text, shown):
    assert ANN.text(text) == shown


def test_data_is_cleaned_to_its_depth():
    data = {"/home/ann": [{"x": "/home/ann/y", "n": 3, "none": None}], "t": ("/home/ann",)}
    assert ANN.data(data) == {"~": [{"x": "~/y", "n": 3, "none": None}], "t": ["~"]}


def test_a_home_with_a_space_is_hidden_whole():
    hide = subject.Discreet(Path("/Users/John Smith"), ["John Smith"])
    assert hide.text("/Users/John Smith/ComfyUI/venv") == "~/ComfyUI/venv"


@pytest.mark.parametrize("home", [PurePosixPath("/"), PureWindowsPath("C:/")])
def test_a_home_that_is_the_root_of_the_disk_hides_nothing(home):
    assert subject.Discreet(home, [""]).text("/opt/x and C:/y") == "/opt/x and C:/y"


def test_the_name_comes_from_the_environment():
    hide = subject.discreet({"USERNAME": "bob"}, Path("/data/home"))
    assert hide.text("/mnt/bob/x") == "/mnt/USER/x"
