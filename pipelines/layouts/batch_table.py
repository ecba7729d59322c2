"""The batch form: one row per project, all of its indicators packed into one cell, subtotals between the projects.

Seen at Guangzhou (layout family A). Belongs here: telling header, 合计, unit subtotals and projects apart by what they
hold and by their sums. Does not split the packed cell, nor read a target.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipelines.layouts.amounts import read_amount, rounding_tolerance
from pipelines.layouts.form_tables import FormTable
from pipelines.layouts.identity import is_identity_line
from pipelines.layouts.labels import column_fields, grid_label, money_factors, normalise_label
from pipelines.layouts.rows import (
    DOCUMENT,
    PROJECT,
    TOTAL,
    UNIT,
    AmountRow,
    DocumentRows,
    Finding,
    PackedCell,
    Place,
    ProjectRow,
    UnreadableForm,
)
from pipelines.raw.table import RawTable

LAYOUT = "batch_table"
_REQUIRED = {"project_or_unit", "amount:total", "packed_indicators"}
_TALL = {
    "unit_name",
    "department_name",
}  # with a column for the unit it is a tall table, without subtotals to tell apart
_DOCUMENT_TOTAL = {"合计", "总计"}
_NOTE = re.compile(
    r"(?:备?注|说明|填表说明|联系人|填报人|填表人|制表人|负责人|审核人|公开日期|填报日期)(?:[:：0-9（(]|$)"
)


@dataclass
class _Line:
    """A data row spread over the header's fields."""

    place: Place
    texts: dict[str, str]
    is_repaired: bool = False
    scope: str = PROJECT
    unit_name: str | None = None
    project_number: int | None = None
    covers_to_row: int | None = None

    @property
    def name(self) -> str:
        return self.texts["project_or_unit"].replace("\n", "").strip()  # a name is one line, however it was set

    def amount(self, source: str) -> Decimal | None:
        return read_amount(self.texts.get(f"amount:{source}", ""))


def is_batch_table(table: RawTable) -> bool:
    """Whether the table has this form's header."""
    return _header(table) is not None


def lines_above(form: FormTable) -> list[str]:
    """What is printed inside the table above its header: title, department, money unit. Raises on anything else."""
    header = _header(form.table)
    lines = []
    for number, texts in enumerate(form.table.grid()[: header.first if header else 0]):
        for text in filter(None, (text.strip() for text in texts if text)):
            if not is_identity_line(text):
                message = "表头以上有未识别的文字 (text above the header)"
                raise UnreadableForm("cell_unclaimed", message, str(form.place(number)), text)
            lines.append(text)
    return lines


def read_batch_table(form: FormTable, rows: DocumentRows) -> None:
    """Append the table's projects, amounts, packed cells and findings to ``rows``. Raises ``UnreadableForm``."""
    header = _header(form.table)
    if header is None:
        raise UnreadableForm("form_unknown", "表头不是已知的格式 (header of no known form)", str(form.place(0)))
    fields = _fields(form, header)
    lines = list(_lines(form, header, fields, rows))
    _classify(lines, rows.department_name)
    for line in lines:
        _claim(line, rows)
    _check_totals(lines)


@dataclass(frozen=True)
class _Header:
    """Rows ``first`` to ``last`` (from 0, inclusive) head the columns; the lowest label of a column names it."""

    first: int
    last: int


def _header(table: RawTable) -> _Header | None:
    known = column_fields()
    expanded = table.expanded()
    depths: dict[int, int] = {}
    for cell in table.cells:
        depths[cell.row] = max(depths.get(cell.row, 1), cell.row_span)
    for first in range(table.row_count):
        last = min(first + depths.get(first, 1), table.row_count) - 1
        names_units = any((label := grid_label(text or "")) and label.field in _TALL for text in expanded[last])
        if not names_units and _REQUIRED <= {known.get(normalise_label(text or "")) for text in expanded[last]}:
            return _Header(first, last)
    return None


def _fields(form: FormTable, header: _Header) -> list[str]:
    """A field per column. Labels of groups above the columns must be known too."""
    expanded, known = form.table.expanded(), column_fields()
    fields = []
    for column, text in enumerate(expanded[header.last]):
        field = known.get(normalise_label(text or ""))
        place = str(form.place(header.last, column + 1))
        if field is None or field == "group":
            message = f"列名“{(text or '').strip()}”不在词表中 (unknown column)"
            raise UnreadableForm("column_unknown", message, place, text or "")
        if field in fields:
            raise UnreadableForm("column_repeated", f"列名“{text}”重复 (column stated twice)", place, text or "")
        fields.append(field)
        for group in {expanded[row][column] or "" for row in range(header.first, header.last)} - {text}:
            if known.get(normalise_label(group)) != "group":
                message = f"列名“{group.strip()}”不在词表中 (unknown column group)"
                raise UnreadableForm("column_unknown", message, place, group)
    return fields


def _lines(form: FormTable, header: _Header, fields: list[str], rows: DocumentRows) -> Iterator[_Line]:
    """Data rows spread over the fields; a row that is still short after the unique repair stops the document."""
    grid = form.table.grid()
    repaired = {cell.row for cell in form.table.cells if "realigned" in cell.flags}
    above = [any(text and text.strip() for text in texts) for texts in grid[: header.first]]
    rows.rows_read += len(grid)
    rows.rows_claimed += sum(above) + header.last - header.first + 1
    rows.rows_ignored += len(above) - sum(above)
    for number in range(header.last + 1, len(grid)):
        texts = [text for text in grid[number] if text is not None]
        printed = [text.strip() for text in texts if text.strip()]
        if not printed or (len(printed) == 1 and _NOTE.match(printed[0])):
            rows.rows_ignored += 1  # blank rows, notes, and who signed: personal data stays out
        elif len(texts) < len(fields):
            message = f"少 {len(fields) - len(texts)} 个单元格，位置不唯一 (cells lost, place not unique)"
            raise UnreadableForm("cells_shifted", message, str(form.place(number)), "\t".join(texts)[:200])
        else:
            line = _Line(form.place(number), dict(zip(fields, texts, strict=True)), is_repaired=number in repaired)
            line.texts["goal"] = form.unwrap(line.texts.get("goal", ""))
            yield line


def _repair_finding(line: _Line) -> Finding:
    return Finding(
        rule_code="shifted_columns_repaired",
        severity="info",
        message="行中丢失的空单元格已按合计与他行空列唯一还原 (lost empty cells put back)",
        evidence="\t".join(text for field, text in line.texts.items() if field not in ("goal", "packed_indicators")),
        project_number=line.project_number,
    )


def _classify(lines: list[_Line], department_name: str) -> None:
    """Set scope, unit and project number. A row without goal and indicators is a subtotal only if its sum says so."""
    for line in lines:
        if normalise_label(line.name) in _DOCUMENT_TOTAL:
            line.scope = DOCUMENT
        elif not line.texts.get("goal", "").strip() and not line.texts["packed_indicators"].strip():
            line.scope = UNIT
    unit_name, number = department_name, 0
    for position, line in enumerate(lines):
        if line.scope == UNIT:
            line.covers_to_row = _last_row_covered(position, lines)
            if line.covers_to_row is None:
                message = "没有目标和指标，也不是其后项目的小计 (neither project nor subtotal)"
                raise UnreadableForm("row_ambiguous", f"“{line.name}”{message}", str(line.place), line.name)
            unit_name = line.unit_name = line.name
        elif line.scope == PROJECT:
            number += 1
            line.unit_name, line.project_number = unit_name, number


def _last_row_covered(position: int, lines: list[_Line]) -> int | None:
    """The last row of the projects whose sum the amount is: up to some later subtotal or the end; None if it is none."""
    stated = lines[position].amount(TOTAL)
    if stated is None:
        return None
    amounts: list[Decimal] = []
    last_row = 0
    for line in [*lines[position + 1 :], None]:
        ends_here = line is None or line.scope != PROJECT
        if ends_here and amounts and abs(sum(amounts) - stated) <= rounding_tolerance(amounts, stated):
            return last_row
        if line is not None and line.scope == PROJECT:
            amounts.append(line.amount(TOTAL) or Decimal(0))
            last_row = line.place.row
    return None


def _claim(line: _Line, rows: DocumentRows) -> None:
    rows.rows_claimed += 1
    if line.is_repaired:
        rows.findings.append(_repair_finding(line))
    if line.scope == PROJECT:
        assert line.project_number is not None and line.unit_name is not None
        rows.projects.append(
            ProjectRow(line.project_number, line.unit_name, line.name, line.texts.get("goal", "").strip(), line.place)
        )
        packed = line.texts["packed_indicators"]
        if packed.strip():
            column = list(line.texts).index("packed_indicators") + 1
            place = Place(line.place.table, line.place.row, column)
            rows.packed_cells.append(PackedCell(line.project_number, packed, place))
    rows.amounts.extend(_amounts(line, money_factors()[rows.money_unit]))


def _amounts(line: _Line, factor: Decimal) -> Iterator[AmountRow]:
    for column, (field, text) in enumerate(line.texts.items(), start=1):
        kind, _, source = field.partition(":")
        if kind != "amount" or not text.strip():
            continue
        place = Place(line.place.table, line.place.row, column)
        amount = read_amount(text)
        if amount is None:
            raise UnreadableForm("amount_unreadable", f"金额“{text.strip()}”无法读取 (not an amount)", str(place), text)
        yield AmountRow(
            scope=line.scope,
            source=source,
            stated_text=text,
            stated_amount=amount,
            amount_cny=amount * factor,
            place=place,
            project_number=line.project_number,
            unit_name=line.unit_name,
            covers_to_row=line.covers_to_row,
        )


def _check_totals(lines: list[_Line]) -> None:
    """The printed 合计 of every money column must be the sum of the projects; otherwise nothing of it can be trusted."""
    projects = [line for line in lines if line.scope == PROJECT]
    for line in lines:
        if line.scope != DOCUMENT:
            continue
        for field in line.texts:
            kind, _, source = field.partition(":")
            stated = line.amount(source) if kind == "amount" else None
            if stated is None:
                continue
            amounts = [amount for project in projects if (amount := project.amount(source)) is not None]
            if abs(sum(amounts) - stated) > rounding_tolerance(amounts, stated):
                message = f"合计 {stated} 与项目之和 {sum(amounts)} 不符 (total and sum of projects differ)"
                raise UnreadableForm("total_mismatch", message, str(line.place), line.texts[field])
