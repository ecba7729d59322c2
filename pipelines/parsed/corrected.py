"""Documents and the corrections that concern them → parsed tables of what is meant, with the place of what is printed.

A correction changes the printed text before the form is read, so that layouts, sums and the value parser see what they would
have seen had it been printed right. Belongs here: finding the place, changing the text, moving offsets back to the printed
cell, and telling of every correction what became of it. Does not read the files of corrections.
"""

from __future__ import annotations

import copy
import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from pipelines.layouts.recognise import printed_cell
from pipelines.layouts.rows import PROJECT, Place
from pipelines.parsed.documents import ReadDocument, parse_documents
from pipelines.parsed.schema import TABLES
from pipelines.parsed.targets import KnownTexts
from pipelines.raw.table import Cell, RawDocument
from pipelines.sources.corrections import Correction

APPLIED = "applied"
_SHOWN = 40
Frames = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class _Region:
    """Where a correction looks: a cell, from ``start`` to ``end`` (its end without), and the fact that it is."""

    place: Place
    start: int = 0
    end: int | None = None
    project_no: int | None = None
    indicator_no: int | None = None
    horizon: str | None = None


@dataclass(frozen=True)
class _Edit:
    """A text that is replaced: ``start`` counts characters of the printed cell."""

    correction: Correction
    region: _Region
    cell: Cell
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.correction.expected)


class _Unusable(Exception):
    """A correction that cannot be applied; ``status`` is for queries."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status = status


def parse_corrected(
    documents: Iterable[ReadDocument], corrections: Sequence[Correction], known: KnownTexts | None = None
) -> Frames:
    """As ``parse_documents``, with the corrections that name one of the documents applied and accounted for."""
    given = list(documents)
    if not corrections:
        return parse_documents(given, known)
    groups: dict[str, list[ReadDocument]] = {}
    for document in given:
        groups.setdefault(document.observation.sha256, []).append(document)
    outcomes: list[dict[str, Any]] = []
    edits: dict[str, list[_Edit]] = {}
    for sha256, group in groups.items():
        edits[sha256] = _edits_of(sha256, group, corrections, outcomes)
    corrected = {sha256: _changed(group[0].raw, edits[sha256]) for sha256, group in groups.items()}
    frames = parse_documents((replace(one, raw=corrected[one.observation.sha256]) for one in given), known)
    frames = _with_printed_places(frames, edits)
    frames["parsed_findings"] = _with_findings(frames, edits)
    frames["parsed_corrections"] = _told(frames, outcomes)
    return frames


def _edits_of(
    sha256: str, group: list[ReadDocument], corrections: Sequence[Correction], outcomes: list[dict[str, Any]]
) -> list[_Edit]:
    """The edits of one document's bytes; ``outcomes`` gets a row for every correction that names them."""
    concerned = [one for one in corrections if one.sha256 == sha256]
    by_name = [one for one in corrections if one.document_id and one.fiscal_year == group[0].fiscal_year]
    if not concerned and not by_name:
        return []
    printed = parse_documents(group)
    names = {*printed["parsed_documents"]["document_id"], *(one.observation.statement.document_id for one in group)}
    concerned += [one for one in by_name if one.document_id in names]
    edits: list[_Edit] = []
    for correction in concerned:
        outcome = {"sha256": sha256, "fiscal_year": group[0].fiscal_year, **_told_of(correction)}
        try:
            edit = _edit(group[0], printed, correction)
            if any(edit.cell is other.cell and edit.start < other.end and other.start < edit.end for other in edits):
                raise _Unusable("places_overlap", "与另一条更正重叠 (overlaps another correction): join the two")
            edits.append(edit)
            outcomes.append({**outcome, "status": APPLIED, "message": correction.reason, **_span_of(edit)})
        except _Unusable as reason:
            outcomes.append({**outcome, "status": reason.status, "message": f"{correction}: {reason}"})
    return edits


def _edit(document: ReadDocument, printed: Frames, correction: Correction) -> _Edit:
    if not isinstance(document.raw, RawDocument):
        raise _Unusable("document_refused", f"文件无法读取 (document not readable): {document.raw.message}")
    region = _region(printed, correction)
    found = printed_cell(document.raw, region.place)
    cell = _same_cell(document.raw, region.place, found) if found is not None else None
    if cell is None:
        raise _Unusable(
            "place_not_found", f"没有这个单元格 (no such cell): {region.place}; look at `jixiao read --table`"
        )
    end = len(cell.text) if region.end is None else region.end
    text = cell.text[region.start : end]
    count = text.count(correction.expected)
    if count != 1:
        stands = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
        if count:
            message = (
                f"“{correction.expected}”出现 {count} 次 (stands there {count} times): write more of the text around it"
            )
            raise _Unusable("expected_ambiguous", message)
        message = f"原文不是“{correction.expected}”而是“{stands}” (the text has changed): remove the correction, or correct it"
        raise _Unusable("expected_not_found", message)
    return _Edit(correction, region, cell, region.start + text.index(correction.expected))


def _region(printed: Frames, correction: Correction) -> _Region:
    """The cell or part of a cell that a correction names."""
    if correction.table is not None and correction.row is not None:
        return _Region(Place(correction.table, correction.row, correction.column))
    projects = printed["parsed_projects"].filter(pl.col("project_name") == correction.project)
    if correction.unit is not None:
        projects = projects.filter(pl.col("unit_name") == correction.unit)
    numbers = projects["project_no"].unique().to_list()
    if len(numbers) != 1:
        what = (
            "没有这个项目 (no such project)"
            if not numbers
            else f"有 {len(numbers)} 个同名项目 (several; name the unit)"
        )
        raise _Unusable("place_not_found", f"{what}: {correction.project}")
    condition = pl.col("project_no") == numbers[0]
    if correction.amount is not None:
        table = "parsed_amounts"
        condition &= (pl.col("funding_source_code") == correction.amount) & (pl.col("scope") == PROJECT)
    else:
        table = "parsed_indicators" if correction.horizon is None else "parsed_targets"
        condition &= pl.col("indicator_no") == correction.indicator_no
        condition &= pl.lit(True) if correction.horizon is None else pl.col("horizon") == correction.horizon
    rows = printed[table].filter(condition).to_dicts()
    if not rows:
        raise _Unusable(
            "place_not_found", f"项目中没有所指的内容 (no such amount, indicator or target): {correction.project}"
        )
    row = rows[0]
    place = Place(row["source_table"], row["source_row"], row["source_column"])
    start, end = row.get("source_start") or 0, row.get("source_end")
    return _Region(place, start, end, numbers[0], row.get("indicator_no"), correction.horizon)


def _same_cell(document: RawDocument, place: Place, found: Cell) -> Cell | None:
    """The raw cell that a form's cell is a copy of: rows that lost a cell are realigned, so columns may differ."""
    for table in document.tables:
        if table.number == place.table:
            for cell in table.cells:
                if cell.row == place.row - 1 and cell.text == found.text and cell.positions == found.positions:
                    return cell
    return None


def _changed(raw: Any, edits: list[_Edit]) -> Any:
    """A copy of the document with the texts replaced, from the last to the first of each cell."""
    if not edits:
        return raw
    memo: dict[int, Any] = {}
    document = copy.deepcopy(raw, memo)
    for edit in sorted(edits, key=lambda one: one.start, reverse=True):
        cell: Cell = memo[id(edit.cell)]
        cell.text = cell.text[: edit.start] + edit.correction.corrected + cell.text[edit.end :]
        cell.raw = cell.text
        cell.flags.add("corrected")
    return document


def _with_printed_places(frames: Frames, edits: dict[str, list[_Edit]]) -> Frames:
    """Offsets into corrected cells become offsets into the printed ones."""
    by_cell: dict[tuple[Any, ...], list[_Edit]] = {}
    for sha256, group in edits.items():
        for edit in group:
            place = edit.region.place
            by_cell.setdefault((sha256, place.table, place.row, place.column), []).append(edit)
    if not by_cell:
        return frames
    is_edited = pl.col("sha256").is_in(list({sha256 for sha256, *_ in by_cell}))
    moved = dict(frames)
    for name, frame in frames.items():
        if "source_start" not in frame.columns or name == "parsed_corrections":
            continue
        numbered = frame.with_row_index("row")
        rows = numbered.filter(is_edited).to_dicts()
        for row in rows:
            cell = (row["sha256"], row["source_table"], row["source_row"], row["source_column"])
            if cell in by_cell and row["source_start"] is not None:
                row["source_start"] = _printed_offset(row["source_start"], by_cell[cell], is_end=False)
                row["source_end"] = _printed_offset(row["source_end"], by_cell[cell], is_end=True)
        replaced = pl.DataFrame(rows, schema=numbered.schema)
        moved[name] = pl.concat([numbered.filter(~is_edited), replaced]).sort("row").drop("row")
    return moved


def _printed_offset(offset: int, edits: list[_Edit], *, is_end: bool) -> int:
    """Where a character of the corrected cell stands in the printed one; inside a replaced text, at its edge."""
    shift = 0
    for edit in sorted(edits, key=lambda one: one.start):
        start = edit.start + shift
        end = start + len(edit.correction.corrected)
        if offset < start or (is_end and offset == start):
            break
        if offset < end or (is_end and offset == end):
            return edit.end if is_end else edit.start
        shift += len(edit.correction.corrected) - len(edit.correction.expected)
    return offset - shift


def _with_findings(frames: Frames, edits: dict[str, list[_Edit]]) -> pl.DataFrame:
    rows = []
    for document in frames["parsed_documents"].select("document_id", "sha256", "fiscal_year").to_dicts():
        for edit in edits.get(document["sha256"], []):
            region, correction = edit.region, edit.correction
            rows.append(
                {
                    **document,
                    "project_no": region.project_no or _project_at(frames, document, region.place),
                    "indicator_no": region.indicator_no,
                    "horizon": region.horizon,
                    "rule_code": "corrected",
                    "severity": "info",
                    "message": f"按更正数据读取 (read as corrected): {correction.reason}",
                    "evidence": f"{correction.expected} → {correction.corrected} [{region.place}]",
                }
            )
    return pl.concat([frames["parsed_findings"], pl.DataFrame(rows, schema=TABLES["parsed_findings"])])


def _project_at(frames: Frames, document: dict[str, Any], place: Place) -> int | None:
    projects = frames["parsed_projects"].filter(
        (pl.col("sha256") == document["sha256"])
        & (pl.col("document_id") == document["document_id"])
        & (pl.col("source_table") == place.table)
        & (pl.col("source_row") == place.row)
    )
    return int(projects["project_no"][0]) if projects.height == 1 else None


def _told(frames: Frames, outcomes: list[dict[str, Any]]) -> pl.DataFrame:
    names = dict(frames["parsed_documents"].select("sha256", "document_id").iter_rows())
    rows = [{"document_id": names.get(outcome["sha256"]), **outcome} for outcome in outcomes]
    return pl.DataFrame(rows, schema=TABLES["parsed_corrections"])


def _told_of(correction: Correction) -> dict[str, Any]:
    return {
        "file": correction.file,
        "entry_no": correction.number,
        "expected_text": correction.expected,
        "corrected_text": correction.corrected,
        "reason": correction.reason,
        "reported_by": correction.reported_by,
        "expires_on": datetime.date.fromisoformat(correction.expires),
    }


def _span_of(edit: _Edit) -> dict[str, Any]:
    place = edit.region.place
    return {
        "source_table": place.table,
        "source_row": place.row,
        "source_column": place.column,
        "source_start": edit.start,
        "source_end": edit.end,
    }
