"""Sessions of framegate; ``python3 noxfile.py -s demo`` needs nothing but Python.

Run as a script it finds nox, or puts one into a private environment beside this file, so that an
externally managed Python (Debian, Homebrew) is no obstacle. ``nox -s ...`` works as usual.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
PRIVATE = HERE / ".framegate-nox"
LOWEST_PYTHON = (3, 11)


def _private_python() -> Path:
    folder = "Scripts" if os.name == "nt" else "bin"
    return PRIVATE / folder / ("python.exe" if os.name == "nt" else "python")


def _bring_nox() -> Path:
    """Return a Python that has nox, making a private environment where there is none."""
    python = _private_python()
    if not _has_nox(python):
        print("framegate: setting up nox in a private environment (about 1 MB to download)")
        _make_private()
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", "nox>=2024.10.9"], check=True
        )
    return python


def _make_private() -> None:
    """Make the private environment; Debian splits the module that puts pip into it off Python."""
    if importlib.util.find_spec("ensurepip") is None:
        print(
            "framegate: this Python has no ensurepip, so no private environment can be made\n"
            "  what to do: install your system's python3-venv package, or nox itself",
            file=sys.stderr,
        )
        sys.exit(2)
    venv.create(PRIVATE, with_pip=True, clear=True)


def _has_nox(python: Path) -> bool:
    if not python.exists():
        return False
    probe = [str(python), "-c", "import nox"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def _run_as_script() -> int:
    if sys.version_info < LOWEST_PYTHON:
        found = ".".join(str(part) for part in sys.version_info[:2])
        print(f"framegate needs Python 3.11 or newer, this is {found}", file=sys.stderr)
        return 2
    python = Path(sys.executable) if _has_nox(Path(sys.executable)) else _bring_nox()
    command = [str(python), "-m", "nox", "-f", str(HERE / "noxfile.py"), *sys.argv[1:]]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(_run_as_script())

import nox  # noqa: E402 - as a script this file must work before nox is there

nox.options.sessions = ["lint", "types", "tests"]
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = True

CONSTRAINTS = HERE / "constraints.txt"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
"""PyTorch's own index of CPU builds: 200 MB on Linux instead of gigabytes of CUDA libraries."""

SIZES = {
    "base": "about 65 MB (numpy, PyAV, pillow, ...)",
    "torch": "about 200 MB of CPU torch (several GB on Linux where no CPU build is offered)",
    "diffusers": "about 40 MB of diffusers and transformers",
    "mlx": "10 to 50 MB of MLX",
    "quanto": "about 1 MB of optimum-quanto",
    "dev": "about 30 MB of test tools",
}


def _say_sizes(session: nox.Session, *parts: str) -> None:
    wanted = ", ".join(SIZES[part] for part in ("base", *parts))
    session.log(f"first time only, downloads: {wanted}")


def _install(session: nox.Session, extras: str = "", *, gpu: bool = False) -> None:
    """Install this checkout with its extras, held by the constraints."""
    parts = ["diffusers" if extra == "all" else extra for extra in extras.split(",") if extra]
    needs_torch = any(part in ("torch", "diffusers", "quanto", "all") for part in parts)
    _say_sizes(session, *(["torch"] if needs_torch else []), *parts)
    if needs_torch and not gpu:
        _install_cpu_torch(session)
    target = f".[{extras}]" if extras else "."
    session.install("-e", target, "-c", str(CONSTRAINTS))


def _install_cpu_torch(session: nox.Session) -> None:
    """Prefer a CPU build of torch; where its index cannot be reached, take what pip offers.

    macOS and Windows wheels on PyPI are CPU (and MPS) builds already.
    """
    torch = _pinned_torch()
    if sys.platform != "linux" or _torch_is(session, torch):
        session.install(torch)
        return
    found = session.run(
        "python", "-m", "pip", "install", "--quiet", "--retries", "0", "--timeout", "5",
        "--index-url", CPU_INDEX, "--no-deps", torch,
        success_codes=range(256), silent=True, log=False,
    )  # fmt: skip
    if found is None or not _torch_is(session, torch):
        session.log("no CPU build from PyTorch's index; taking what the default index offers")
    session.install(torch)


def _torch_is(session: nox.Session, wanted: str) -> bool:
    code = "import importlib.metadata as m; print(m.version('torch').partition('+')[0])"
    said = session.run("python", "-c", code, success_codes=range(256), silent=True, log=False)
    return isinstance(said, str) and f"torch=={said.strip()}" == wanted


def _pinned_torch() -> str:
    lines = CONSTRAINTS.read_text("utf-8").splitlines()
    return next(line.strip() for line in lines if line.startswith("torch=="))


@nox.session
def tests(session: nox.Session) -> None:
    """Run the test suite on this machine's CPU, with coverage."""
    _install(session, "diffusers,mlx,quanto,dev")
    # One BLAS thread per process: the tests themselves run in parallel.
    session.run(
        "pytest", "-n", "auto", "--dist", "loadgroup", "--cov",
        "--cov-report=term:skip-covered", "--cov-report=xml",
        *session.posargs,
        env={"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
    )  # fmt: skip


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and the layers."""
    _install(session, "dev")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """Type-check for Linux, macOS and Windows."""
    _install(session, "dev")
    for platform in ("linux", "darwin", "win32"):
        session.run("mypy", "--platform", platform)


@nox.session
def bench(session: nox.Session) -> None:
    """Run the benchmarks; figures are ratios against a peer in the same run."""
    _install(session, "diffusers,dev")
    session.run(
        "pytest", "tests/bench", "--benchmark-only", "-p", "no:xdist", "-o",
        "addopts=--import-mode=importlib", *session.posargs,
    )  # fmt: skip


@nox.session
def demo(session: nox.Session) -> None:
    """Run the whole job on the embedded model: preflight, gate, loop, reports."""
    _install(session, "diffusers")
    session.run("framegate", "demo", *session.posargs)


@nox.session
def preflight(session: nox.Session) -> None:
    """Check a plan: nox -s preflight -- PLAN."""
    _install(session, "diffusers")
    session.run("framegate", "preflight", *session.posargs)


@nox.session
def report(session: nox.Session) -> None:
    """Write the reports from the evidence store."""
    _install(session)
    session.run("framegate", "report", *session.posargs)


@nox.session
def matrix(session: nox.Session) -> None:
    """Run and show model x loader x device on this machine: nox -s matrix -- --device cpu."""
    _install(session, "diffusers,mlx,quanto")
    session.run("framegate", "matrix", "--run", *session.posargs)


@nox.session(name="probe-cpu")
def probe_cpu(session: nox.Session) -> None:
    """Probe torch on this machine's CPU."""
    _install(session, "diffusers,quanto")
    session.run("framegate", "probe", "--device", "cpu", *session.posargs)


@nox.session(name="probe-cuda")
def probe_cuda(session: nox.Session) -> None:
    """Probe torch on CUDA or ROCm; fails with the reason (exit 5) where there is none.

    PyPI has a CUDA build for Linux alone; on Windows, and for ROCm, framegate probe --python asks
    an environment that has the right torch.
    """
    _install(session, "diffusers,quanto", gpu=True)
    session.run("framegate", "probe", "--device", "cuda", *session.posargs)


@nox.session(name="probe-mps")
def probe_mps(session: nox.Session) -> None:
    """Probe torch on Apple's GPU; fails with the reason (exit 5) where there is none."""
    _install(session, "diffusers,quanto")
    session.run("framegate", "probe", "--device", "mps", *session.posargs)


@nox.session(name="probe-mlx")
def probe_mlx(session: nox.Session) -> None:
    """Probe MLX: Metal on Apple silicon, its CPU build on Linux."""
    _install(session, "mlx")
    session.run("framegate", "probe", "--device", "mlx", *session.posargs)
