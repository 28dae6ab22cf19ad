"""Operations that go wrong in every way a framework can."""

import ctypes
import os
import signal
import subprocess
import sys
import time


def add(arguments, emit):
    emit({"adding": [arguments["a"], arguments["b"]]})
    return {"sum": arguments["a"] + arguments["b"]}


def fail(arguments, emit):
    raise ValueError(arguments["text"])


def leave(arguments, emit):
    sys.exit(3)


def hang(arguments, emit):
    emit({"state": "about to hang"})
    if arguments.get("with_child"):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        emit({"child": child.pid})
    time.sleep(600)


def crash(arguments, emit):
    emit({"state": "about to crash"})
    sys.stderr.write("last words\n")
    ctypes.string_at(0)


def vanish(arguments, emit):
    emit({"state": "about to vanish"})
    os._exit(7)


def killed(arguments, emit):
    os.kill(os.getpid(), signal.SIGKILL)


def fork_and_vanish(arguments, emit):
    if os.fork() == 0:
        time.sleep(600)
    os._exit(7)


def flood(arguments, emit):
    block = "x" * 65536
    for _ in range(arguments["mib"] * 16):
        sys.stdout.write(block)
        sys.stderr.write(block)
    os.write(1, b"raw bytes on stdout\n")
    return {"said": "all of it"}


def echo(arguments, emit):
    emit(arguments)
    return arguments


def read_stdin(arguments, emit):
    return {"read": sys.stdin.read()}


def unprintable(arguments, emit):
    return {"value": object()}


def whoami(arguments, emit):
    return {
        "pid": os.getpid(),
        "cwd_on_path": "" in sys.path,
        "variable": os.environ.get("FRAMEGATE_TEST", ""),
        "interrupt": signal.getsignal(signal.SIGINT) == signal.SIG_IGN,
    }


HANDLERS = {
    function.__name__: function
    for function in (
        add,
        fail,
        leave,
        hang,
        crash,
        vanish,
        killed,
        fork_and_vanish,
        flood,
        echo,
        read_stdin,
        unprintable,
        whoami,
    )
}
