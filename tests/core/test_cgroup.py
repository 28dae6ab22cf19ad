"""A container's memory limit is found in either version of Linux' groups."""

import pytest

from compat.core import cgroup as subject

GIB = 1 << 30


def tree(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


V2 = {
    "proc/self/cgroup": "0::/\n",
    "sys/fs/cgroup/memory.max": f"{8 * GIB}\n",
    "sys/fs/cgroup/memory.current": f"{5 * GIB}\n",
    "sys/fs/cgroup/memory.stat": f"anon 7\ninactive_file {2 * GIB}\n",
}
V1 = {
    "proc/self/cgroup": "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n",
    "sys/fs/cgroup/memory/memory.limit_in_bytes": f"{4 * GIB}\n",
    "sys/fs/cgroup/memory/memory.usage_in_bytes": f"{GIB}\n",
}
NESTED = {
    "proc/self/cgroup": "0::/user.slice/run.scope\n",
    "sys/fs/cgroup/user.slice/run.scope/memory.max": "max\n",
    "sys/fs/cgroup/user.slice/memory.max": f"{3 * GIB}\n",
    "sys/fs/cgroup/user.slice/memory.current": f"{GIB}\n",
    "sys/fs/cgroup/memory.max": f"{30 * GIB}\n",
    "sys/fs/cgroup/memory.current": f"{29 * GIB}\n",
}


@pytest.mark.parametrize(
    ("files", "limit", "free"),
    [(V2, 8 * GIB, 5 * GIB), (V1, 4 * GIB, 3 * GIB), (NESTED, 3 * GIB, GIB)],
    ids=["version 2 less its cache", "version 1 under the host's name", "the tightest above"],
)
def test_the_limit_and_what_it_leaves(tmp_path, files, limit, free):
    found = subject.memory_limit(tree(tmp_path, files))
    assert (found.limit_bytes, found.free_bytes) == (limit, free)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "max\n"},
        {**V1, "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712"},
        {"proc/self/cgroup": "rubbish\n::\n0::/../../etc\n"},
        {**V2, "sys/fs/cgroup/memory.max": "many"},
    ],
    ids=["no Linux", "max", "the largest number", "rubbish", "no number"],
)
def test_no_limit_is_none(tmp_path, files):
    assert subject.memory_limit(tree(tmp_path, files)) is None


def test_free_memory_is_what_the_container_leaves(monkeypatch):
    from compat.core import system

    limit = subject.MemoryLimit(limit_bytes=2000, free_bytes=1000)
    monkeypatch.setattr(system, "memory_limit", lambda: limit)
    assert system.free_memory_bytes() == 1000
