"""Says which model a file or folder holds, from headers and configs alone."""

from pathlib import Path

from compat.core.errors import CompatError
from compat.core.model import Finding
from compat.formats.bounded_json import UnreadableJsonError, read_json_object
from compat.formats.header import try_header
from compat.formats.imposters import imposter_finding
from compat.formats.sniff import sniff
from compat.identify.folder import identify_component, identify_folder
from compat.identify.header import identify_header
from compat.identify.model import UNKNOWN, Identification, Role
from compat.identify.recognise import signatures
from compat.identify.sharded import index_of, lone_shard, merged_header

__all__ = ["identify", "identify_header", "signatures"]


def identify(path: Path) -> Identification:
    """Name the model in ``path``; what fits nothing is "unknown".

    A file, a shard or its index, a diffusers folder or a folder of one component. Reads headers
    and configs, never weights. ``CompatError`` where ``path`` cannot be opened.
    """
    try:
        if path.is_dir():
            return identify_folder(path)
        return _identify_file(path)
    except OSError as error:
        raise CompatError(f"{path} cannot be read: {error.strerror or error}") from error


def _identify_file(path: Path) -> Identification:
    index = index_of(path)
    if index is not None:
        header, findings = merged_header(index)
        return identify_header(header, findings)
    problem = imposter_finding(path, sniff(path))
    reading = None if problem is not None else try_header(path)
    if reading is None or reading.header is None:
        findings = (problem,) if problem else reading.findings if reading else ()
        return _unknown(findings)
    found = identify_header(reading.header, lone_shard(path))
    if found.id == UNKNOWN and not any(miss.mine for miss in found.near_misses):
        found = _by_config(path) or found
    return found


def _by_config(path: Path) -> Identification | None:
    try:
        config = read_json_object(path.with_name("config.json"))
    except UnreadableJsonError:
        return None
    return identify_component(str(config.get("_class_name", "")), config)


def _unknown(findings: tuple[Finding, ...]) -> Identification:
    return Identification(
        id=UNKNOWN, family=UNKNOWN, variant="", role=Role.UNKNOWN, traits=None, findings=findings
    )
