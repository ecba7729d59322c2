"""Budget execution on a form: a table of sources against budget and spending, or one row of labels.

Belongs here: which number is budget, spending, share or points, and that they agree. Does not decide where such a table
stands (``form_reader``).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from pipelines.layouts.drafts import DocumentDraft, ExecutionDraft, read_money, read_rate, read_score
from pipelines.layouts.labels import amount_label, form_field, form_label
from pipelines.layouts.rows import TOTAL, Place, UnreadableForm
from pipelines.layouts.sheet import Sheet
from pipelines.raw.table import Cell

_MONEY = {"initial", "adjusted", "executed"}
_COLUMNS = {"execution_weight": "weight", "execution_score": "score"}
EXECUTION_FIELDS = _MONEY | {"rate"}
_NEAR = Decimal("0.01")


def is_execution_header(sheet: Sheet, row: int) -> bool:
    """A row that heads columns of budget, budget as changed and spending: two of the labels with no value between."""
    cells = sheet.printed(row)
    known = [label for cell in cells if (label := form_label(cell.text)) and label.field in _MONEY]
    plain = [cell for cell in cells if form_field(cell.text) is None]
    return len(known) >= 2 and not plain


def read_execution(sheet: Sheet, row: int, draft: DocumentDraft) -> int:
    """Read the execution table whose header is ``row``; returns the first row behind it."""
    columns: dict[str, int] = {}
    for cell in sheet.printed(row):
        label = form_field(cell.text)
        sheet.claim(cell)
        if label is not None:
            draft.note_unit(label.money_unit)
            columns[_COLUMNS.get(label.field, label.field)] = cell.column
    columns = {name: column for name, column in columns.items() if name in {*EXECUTION_FIELDS, "weight", "score"}}
    row += 1
    while row < sheet.row_count and _execution_row(sheet, row, columns, draft):
        row += 1
    return row


def _execution_row(sheet: Sheet, row: int, columns: dict[str, int], draft: DocumentDraft) -> bool:
    """One funding source's line, or False where the table has ended."""
    heads = [cell for cell in sheet.printed(row) if cell.column < min(columns.values())]
    source = next((label for cell in reversed(heads) if (label := amount_label(cell.text))), None)
    if source is None:
        return False
    sheet.claim(*(cell for cell in heads if amount_label(cell.text) or form_label(cell.text)))
    cells = {name: sheet.owner(row, column) for name, column in columns.items()}
    sheet.refuse_shared(cells)
    texts = {name: (sheet.line(cell) if cell and cell.row == row else "") for name, cell in cells.items()}
    places = {name: sheet.place(cell) for name, cell in cells.items() if cell}
    sheet.claim(*cells.values())
    own = {name: read_money(texts[name], places[name]) for name in _MONEY & places.keys()}
    here = sheet.form.place(row)
    amounts = {name: (found[0], found[1] or source.money_unit) if found else None for name, found in own.items()}
    line = ExecutionDraft(
        source=source.field.replace("cycle_total", TOTAL),
        place=here,
        amounts=amounts,
        rate=_rate(texts.get("rate", ""), places.get("rate", here), amounts),
        weight=read_score(texts.get("weight", ""), places.get("weight", here)),
        score=read_score(texts.get("score", ""), places.get("score", here)),
        texts=tuple(texts.values()),
    )
    if any(line.amounts.values()) or any(one is not None for one in (line.rate, line.weight, line.score)):
        draft.current.executions.append(line)  # a line of the template that was left blank states nothing
    draft.has_results = True
    return True


def _rate(text: str, place: Place, amounts: dict[str, tuple[Decimal, str | None] | None]) -> Decimal | None:
    """A share in percent. A spreadsheet may print 0.5 for 50 %: a small number without % is what the amounts say."""
    rate = read_rate(text, place)
    if rate is None or "%" in text or "％" in text or not 0 < abs(rate) <= 2:
        return rate
    budget, spent = amounts.get("adjusted") or amounts.get("initial"), amounts.get("executed")
    if budget and spent and budget[0] and budget[1] == spent[1]:
        share = spent[0] / budget[0]
        if abs(rate - share) <= _NEAR:
            return rate * 100
        if abs(rate - share * 100) <= 1:
            return rate
    message = f"执行率“{text}”不知是百分数还是小数 (a share: in percent, or of one?)"
    raise UnreadableForm("rate_unreadable", message, str(place), text)


def fill_execution(name: str, line: str, cell: Cell, sheet: Sheet, draft: DocumentDraft) -> None:
    """``年初预算 | 100 | 全年执行 | 95 | 执行率 | 95%``, beside or below each other: the line that states the total."""
    place, project = sheet.place(cell), draft.current
    last = project.executions[-1] if project.executions else None
    is_open = last is not None and last.source == TOTAL and last.place.table == place.table
    if last is None or not is_open or name in last.amounts or (name == "rate" and last.rate is not None):
        last = ExecutionDraft(TOTAL, sheet.form.place(cell.row), {}, None, None, None, ())
        project.executions.append(last)
    texts = (*last.texts, line)
    if name == "rate":
        changed = replace(last, rate=_rate(line, place, last.amounts), texts=texts)
    else:
        changed = replace(last, amounts={**last.amounts, name: read_money(line, place)}, texts=texts)
    project.executions[-1] = changed
    draft.has_results = True


def fill_points(name: str, line: str, cell: Cell, sheet: Sheet, draft: DocumentDraft) -> None:
    """``执行率 | 95% | 得分 | 9.5``: points of the execution that stands in the same row; any others are nobody's."""
    place, executions = sheet.place(cell), draft.current.executions
    points = read_score(line, place)
    if points is None:
        return
    beside = executions and any(_field_of(one) in EXECUTION_FIELDS for one in sheet.printed(cell.row))
    if not beside:
        message = f"“{line}”是哪一项的分值，没有写明 (points of what?)"
        raise UnreadableForm("score_unreadable", message, str(place), line)
    last = replace(executions[-1], texts=(*executions[-1].texts, line))
    executions[-1] = replace(last, weight=points) if name == "execution_weight" else replace(last, score=points)


def _field_of(cell: Cell) -> str | None:
    """The field that a cell's label names."""
    label = form_label(cell.text)
    return label.field if label else None


def refuse_repeated(executions: list[ExecutionDraft]) -> None:
    """One source has one line; with two, neither is known to be its execution. Raises ``UnreadableForm``."""
    seen: set[str] = set()
    for line in executions:
        if line.source in seen:
            text = " | ".join(line.texts)
            message = "同一资金来源有两行预算执行 (two lines of execution for one source)"
            raise UnreadableForm("amount_conflict", message, str(line.place), text[:200])
        seen.add(line.source)
