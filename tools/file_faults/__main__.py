"""Prints what the file detectors find of each fault, and of the clips as they are.

    python -m tools.file_faults CLIP.mp4 ... --scratch FOLDER

Clips are h264 in mp4, good ones, best from as many sources. Pictures are not judged here. A fault
counts as found where a rule of at least MEDIUM speaks or the file is refused; ``bytes-per-frame``
is counted apart as well.
"""

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path

from compat.core.errors import NothingCheckedError
from compat.core.model import Severity
from compat.frames.decode import open_clip
from compat.frames.expectation import ANYTHING
from compat.frames.file_side import file_findings
from tools.file_faults.faults import OF_FILES, OF_PACKETS, spoilt

REFUSED = "refused"


def rules_of(path: Path) -> dict[str, Severity]:
    """Read a clip and return the rules about its file that speak, with their severity."""
    try:
        clip = open_clip(path)
    except NothingCheckedError:
        return {REFUSED: Severity.HIGH}
    for _ in clip:
        pass
    return {f.rule: f.severity for f in file_findings(clip, ANYTHING, encode_again=True)}


def main() -> None:
    """Read the command line and print the answers of each clip, then one line per fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--scratch", type=Path, required=True)
    arguments = parser.parse_args()
    seen: dict[str, list[dict[str, Severity]]] = defaultdict(list)
    for source in arguments.clips:
        seen["as it is"].append(rules_of(source))
        for fault in (*OF_PACKETS, *OF_FILES):
            path = spoilt(source, arguments.scratch / "spoilt", fault)
            seen[fault].append(rules_of(path))
            path.unlink()
        print(f"{source.name}: {json.dumps({k: v[-1] for k, v in seen.items()})}", flush=True)
    for fault, answers in seen.items():
        grave = [{r for r, s in a.items() if s.rank >= Severity.MEDIUM.rank} for a in answers]
        rules = Counter(rule for answer in grave for rule in answer)
        named = ", ".join(f"{rule} {count}" for rule, count in rules.most_common())
        alone = rules["bytes-per-frame"]
        found = sum(bool(a) for a in grave)
        print(f"{fault}: {found} of {len(answers)}, bytes {alone}: {named}", flush=True)


if __name__ == "__main__":
    main()
