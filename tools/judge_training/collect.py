"""Fetches the further good clips that the score was trained on, from the public repositories.

    python -m tools.judge_training.collect FOLDER

``sources.csv`` names each clip: repository, commit, path, domain (natural or graphic) and the
SHA-256 of its bytes. What was fetched before stays; what has other bytes than it should is left
out and named. The clips keep the licences of their repositories and are not part of the project.
"""

import argparse
import csv
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote
from urllib.request import urlopen

SOURCES = Path(__file__).with_name("sources.csv")
HOST = "https://raw.githubusercontent.com"
MOST_BYTES = 5_000_000
"""No clip of the list is larger than 4.1 MB."""
SECONDS = 30.0

Fetch = Callable[[str], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One clip and where it lies."""

    repository: str
    commit: str
    path: str
    domain: str
    sha256: str

    @property
    def address(self) -> str:
        """Where the bytes are served."""
        return f"{HOST}/{self.repository}/{self.commit}/{quote(self.path)}"

    @property
    def file(self) -> str:
        """A name that tells the repository and cannot leave the folder."""
        suffix = PurePosixPath(self.path).suffix.lower()
        return f"{self.repository.replace('/', '+')}__{self.sha256[:12]}{suffix}"


def sources(table: Path = SOURCES) -> list[Source]:
    """Return the clips of the list."""
    with table.open(encoding="utf-8", newline="") as file:
        return [Source(**row) for row in csv.DictReader(file)]


def from_network(address: str) -> bytes:
    """Return the bytes at an address, at most one more than ``MOST_BYTES``."""
    with urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - always below HOST
        content: bytes = answer.read(MOST_BYTES + 1)
    return content


def collect(wanted: list[Source], folder: Path, fetch: Fetch) -> Iterator[str]:
    """Fetch what is missing, write ``list.csv``, and yield a sentence per clip left out."""
    folder.mkdir(parents=True, exist_ok=True)
    kept: list[Source] = []
    for source in wanted:
        trouble = "" if (folder / source.file).exists() else _bring(source, folder, fetch)
        if trouble:
            yield f"left out {source.repository}/{source.path}: {trouble}"
        else:
            kept.append(source)
    with (folder / "list.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("file", "repo", "path", "domain", "sha256"))
        rows.writerows(
            (s.file, s.repository.replace("/", "+"), s.path, s.domain, s.sha256) for s in kept
        )


def _bring(source: Source, folder: Path, fetch: Fetch) -> str:
    try:
        content = fetch(source.address)
    except OSError as error:
        return str(error)
    if len(content) > MOST_BYTES:
        return f"more than {MOST_BYTES} bytes"
    if hashlib.sha256(content).hexdigest() != source.sha256:
        return "other bytes than when the list was made"
    (folder / source.file).write_bytes(content)
    return ""


def main() -> None:
    """Fetch every clip of the list."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    for sentence in collect(sources(), parser.parse_args().folder, from_network):
        print(sentence, flush=True)


if __name__ == "__main__":
    main()
