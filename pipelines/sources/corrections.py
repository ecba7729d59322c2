"""``data/corrections/*.yml`` → the index: known errors in published documents, with what is printed and what is meant.

A correction is data that somebody reviewed: it names its place, the text that it expects there, the reason and a day on
which it must be looked at again. Belongs here: reading the files strictly, and which corrections concern which bytes. Does
not apply one (``parsed/corrected.py`` does).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.sources.index import SourceIndex

_SCHEMA = """
create table if not exists correction (file text not null, number integer not null, content text not null);
create table if not exists correction_state (state text not null);
create table if not exists parsed_document (
    sha256 text not null, fiscal_year integer not null, document_id text not null,
    primary key (sha256, fiscal_year, document_id)
);
"""


class CorrectionError(ValueError):
    """A file of corrections that cannot be used; the message names the file, the entry and what to change."""


@dataclass(frozen=True)
class Correction:
    """One reviewed error. The document is named by its bytes, or by identifier and year (then it concerns every version).

    The place is a cell (``table``, ``row``, ``column``, from 1, as ``jixiao explain`` shows them) or a fact of a
    ``project``: an ``amount`` by source, or an indicator, with a ``horizon`` its target. ``expires`` is an ISO date.
    """

    file: str
    number: int
    expected: str
    corrected: str
    reason: str
    expires: str
    sha256: str | None = None
    document_id: str | None = None
    fiscal_year: int | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None
    project: str | None = None
    unit: str | None = None
    amount: str | None = None
    indicator_no: int | None = None
    horizon: str | None = None
    reported_by: str | None = None

    def __str__(self) -> str:
        return f"corrections/{self.file} 第 {self.number} 条 (entry {self.number})"

    @property
    def digest(self) -> str:
        """Changes with anything that the entry says."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


class CorrectionIndex:
    """The corrections as the last landing found them, and which bytes were parsed as which document."""

    def __init__(self, index: SourceIndex) -> None:
        """Use the index's own file, so that a run sees one state of the corrections from its beginning to its end."""
        self._connection = index.connection
        self._connection.executescript(_SCHEMA)

    def land(self, folder: Path) -> None:
        """Take over the folder if a file of it changed. Raises ``CorrectionError`` and leaves the index as it was."""
        state = _state(folder)
        row = self._connection.execute("select state from correction_state").fetchone()
        if (row[0] if row else "") == state:
            return
        from pipelines.sources.correction_files import read_corrections  # YAML only when something changed

        corrections = read_corrections(folder)
        self._connection.execute("begin immediate")
        self._connection.execute("delete from correction")
        self._connection.execute("delete from correction_state")
        rows = [(one.file, one.number, json.dumps(asdict(one), ensure_ascii=False)) for one in corrections]
        self._connection.executemany("insert into correction values (?, ?, ?)", rows)
        self._connection.execute("insert into correction_state values (?)", (state,))
        self._connection.execute("commit")

    def all(self) -> list[Correction]:
        """Every correction, in the order of files and entries."""
        rows = self._connection.execute("select content from correction order by file, number")
        return [Correction(**json.loads(row[0])) for row in rows]

    def put_documents(self, documents: Iterable[tuple[str, int, str]]) -> None:
        """Remember (sha256, fiscal year, document_id) of what was parsed."""
        self._connection.executemany("insert or ignore into parsed_document values (?, ?, ?)", documents)

    def documents_named(self, corrections: Sequence[Correction]) -> dict[str, list[Correction]]:
        """Corrections that name a document by identifier and year, by the bytes that were parsed as that document."""
        named: dict[str, list[Correction]] = {}
        for one in corrections:
            query = "select sha256 from parsed_document where document_id = ? and fiscal_year = ?"
            for (sha256,) in self._connection.execute(query, (one.document_id, one.fiscal_year)):
                named.setdefault(sha256, []).append(one)
        return named


def problems(index: SourceIndex, parsed_years: set[int] | None = None) -> list[tuple[Correction, str, str]]:
    """Corrections that are outdated or concern nothing: (correction, status, what to do).

    Outdated by the archive's own time, the newest fetch, so that the same archive gives the same answer on any day.
    ``parsed_years``: years of which every document was parsed, where an identifier that is not known names nothing; all
    years without.
    """
    known = CorrectionIndex(index)
    corrections = known.all()
    if not corrections:
        return []
    rows = index.connection.execute("select sha256, max(fetched_at) from observation group by sha256").fetchall()
    landed, newest = {sha256 for sha256, _ in rows}, max((str(time) for _, time in rows), default="")[:10]
    used = {
        one
        for named in known.documents_named([one for one in corrections if one.document_id]).values()
        for one in named
    }
    found = []
    for one in corrections:
        is_judged = parsed_years is None or one.fiscal_year in parsed_years
        if newest > one.expires:
            told = f"已于 {one.expires} 到期 (expired; newest fetch {newest})"
            remedy = f"{told}: look at the document again, then renew or remove it"
            found.append((one, "expired", remedy))
        elif one.sha256 and one.sha256 not in landed:
            found.append((one, "document_not_found", f"没有文件 (no landed document) {one.sha256[:12]}…: remove it"))
        elif one.document_id and is_judged and one not in used:
            what = (
                f"没有文件 (no document) {one.document_id} {one.fiscal_year}: remove it, or name the document by sha256"
            )
            found.append((one, "document_not_found", what))
    return found


def _state(folder: Path) -> str:
    """Changes when a file of the folder does; costs no reading."""
    if not folder.is_dir():
        return ""
    states = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.y*ml"))]
    return json.dumps(states) if states else ""
