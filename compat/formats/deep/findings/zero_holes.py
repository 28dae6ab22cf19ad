"""Stretches of zeros inside tensors: what an unfinished download leaves, and unused rows."""

from collections.abc import Iterator
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.deep.census import Census
from compat.formats.deep.zero_region import RegionKind, ZeroRegion
from compat.formats.wording import damage, quoted

MOST_REGIONS = 16


def zero_holes(path: Path, census: Census) -> Iterator[Finding]:
    """Zeros that begin or end in the middle of a row were never written."""
    holes = [region for region in census.regions if region.kind is RegionKind.HOLE]
    if holes:
        yield _holes(path, holes)
    rows = [region for region in census.regions if region.kind is RegionKind.ROWS]
    if rows:
        largest = max(rows, key=_nbytes)
        yield damage(
            "weights-zero-rows",
            path,
            f"{len(rows)} stretch(es) of whole zero rows, {sum(map(_nbytes, rows))} bytes, largest "
            f"from byte {largest.start} to {largest.end} in {quoted(largest.tensors[0])}",
            remedy="nothing, where these are unused entries such as a padded vocabulary",
            detail=f"byte {largest.start}",
            severity=Severity.INFO,
            regions=_regions(rows),
        )


def _holes(path: Path, holes: list[ZeroRegion]) -> Finding:
    largest = max(holes, key=_nbytes)
    total = sum(map(_nbytes, holes))
    return damage(
        "weights-zero-region",
        path,
        f"{total} bytes in {len(holes)} stretch(es) are zero in the middle of weights, expected "
        f"values; largest from byte {largest.start} to {largest.end}, from inside "
        f"{quoted(largest.tensors[0])} over {largest.touched} tensor(s)",
        remedy="download again or repair the download; these parts were never written",
        detail=f"byte {largest.start}",
        zero_bytes=total,
        regions=_regions(holes),
        tensors=[quoted(name) for name in largest.tensors],
    )


def _regions(regions: list[ZeroRegion]) -> list[dict[str, object]]:
    return [
        {"from": region.start, "to": region.end, "bytes": _nbytes(region)}
        for region in regions[:MOST_REGIONS]
    ]


def _nbytes(region: ZeroRegion) -> int:
    return region.end - region.start
