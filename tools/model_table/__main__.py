"""``python -m tools.model_table``: write docs/models.md from the signatures and header fixtures."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from compat.formats.model import Header, TensorInfo
from compat.identify.identify import identify_header, signatures
from compat.identify.model import UNKNOWN, Role, Signature
from tools.header_fixtures.fixture import COMPUTED, Fixture, read_fixtures

PAGE = Path(__file__).resolve().parents[2] / "docs" / "models.md"

INTRODUCTION = """# Models that `framegate identify` knows

Written by `python -m tools.model_table` from the signatures in `compat/identify/signatures` and the
headers in `tests/identify/headers`. A header is *computed* where the real class was built at full
size on torch's meta device, *inferred* where names come from a loader or a converter. Sizes are
parameters times two bytes.
"""


def main() -> None:
    """Write the page; fail where a header has not exactly the answer it is there for."""
    fixtures = read_fixtures()
    wrong = [name for name, fixture in fixtures.items() if _answer(fixture) != fixture.expect]
    if wrong:
        raise SystemExit(f"not what they are there for: {', '.join(wrong)}")
    PAGE.write_text("\n".join(_page(fixtures)) + "\n", "utf-8")
    print(f"{len(signatures())} signatures, {len(fixtures)} headers, each with its one answer")


def _answer(fixture: Fixture) -> str:
    entries = fixture.tensors.items()
    tensors = {name: TensorInfo(name, dtype, shape, 0, 0) for name, (dtype, shape) in entries}
    header = Header(
        path=Path(fixture.name), format=fixture.format, tensors=tensors,
        metadata=fixture.metadata, data_start=0, file_size=0,
    )  # fmt: skip
    return identify_header(header).id


def _page(fixtures: Mapping[str, Fixture]) -> Iterator[str]:
    yield INTRODUCTION
    strangers = sum(fixture.expect == UNKNOWN for fixture in fixtures.values())
    yield (
        f"{len(signatures())} signatures were held against {len(fixtures)} headers: each header is "
        f"claimed by exactly the one it belongs to, {strangers} headers of other trades by none."
    )
    for role in Role:
        rows = [known for known in signatures().values() if known.role is role]
        if rows:
            yield f"\n## {role.value.replace('-', ' ').capitalize()}\n"
            yield "| id | what | layouts | parameters | 16-bit | ComfyUI | headers |"
            yield "|---|---|---|---|---|---|---|"
            yield from (_row(known, fixtures.values()) for known in rows)


def _row(known: Signature, fixtures: Iterable[Fixture]) -> str:
    own = [fixture for fixture in fixtures if fixture.expect == known.id]
    computed = sum(fixture.origin["kind"] == COMPUTED for fixture in own)
    headers = [f"{computed} computed"] if computed else []
    if len(own) > computed:
        headers.append(f"{len(own) - computed} inferred")
    layouts = ", ".join([known.layout, *(layout.name for layout in known.layouts)])
    size = f"{known.parameters * 2 / 1e9:.2f} GB" if known.parameters else ""
    billions = f"{known.parameters / 1e9:.3f} B" if known.parameters else ""
    place = known.placement.comfyui_folder
    what = known.variant.replace("|", "/")
    cells = (f"`{known.id}`", what, layouts, billions, size, place, ", ".join(headers))
    return f"| {' | '.join(cells)} |"


main()
