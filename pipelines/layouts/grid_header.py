"""The header of an indicator grid: which rows it is, and what each column holds.

Belongs here: one or two header rows, spans, columns that repeat for a second horizon, columns per sub-area. Does not
read the rows below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipelines.layouts.labels import Label, grid_label, normalise_label
from pipelines.layouts.rows import ANNUAL, CYCLE, UnreadableForm
from pipelines.layouts.sheet import Sheet

SIDE = ("side", "cycle_side", "annual_side")
_VALUES = {"annual", "cycle", "actual", "area"}
_NAMES = {"name", "name_or_description"}
_MANY = {"description", "ignored", "project_ignored", "area", "side", "reason", "name_or_description"}
_AREA = re.compile(
    r".{1,14}(?:省|自治区|市|县|区|旗|州|盟|镇|乡|村|街道|街道办|社区|农场|林场|开发区|新区|师|团)(?:\(.*\))?"
)
_AREA_TOTAL = {"合计", "总计", "小计", "全省", "全市", "全县", "全区", "全镇", "全乡"}


@dataclass
class GridGroup:
    """The columns of one horizon. ``horizon`` is None where the header leaves it to the form.

    ``columns`` maps a field to its columns; ``areas`` maps a column to the sub-area that it is about (None: the total).
    """

    horizon: str | None = None
    columns: dict[str, list[int]] = field(default_factory=dict)
    areas: dict[int, str | None] = field(default_factory=dict)

    def first(self, name: str) -> int | None:
        """The only column of a field."""
        return self.columns[name][0] if self.columns.get(name) else None


@dataclass(frozen=True)
class GridHeader:
    """Rows ``first`` to ``last`` (inclusive) head ``groups``; ``money_units`` are stated in amount columns' labels."""

    first: int
    last: int
    groups: tuple[GridGroup, ...]
    side_columns: tuple[int, ...]
    money_units: dict[int, str]

    @property
    def has_projects(self) -> bool:
        """Whether every row names its project: a tall table of many projects."""
        return "project_name" in self.groups[0].columns


@dataclass(frozen=True)
class _Column:
    field: str
    label: Label | None = None
    area: str | None = None


def find_header(sheet: Sheet, row: int) -> GridHeader | None:
    """The header that begins in ``row``, or None. Raises ``UnreadableForm`` for a header with an unknown column."""
    if not _looks_like_header(sheet, row):
        return None
    last = _last_row(sheet, row)
    columns = [_column(sheet, row, last, column) for column in range(sheet.column_count)]
    fields = {one.field for one in columns if one}
    if "graded" in fields and sum(one is not None and one.field == "graded" for one in columns) >= 3:
        text = " | ".join(sheet.line(cell) for cell in sheet.printed(row))
        message = "按优良中差分档的指标表没有单一目标值 (graded thresholds: no single target)"
        raise UnreadableForm("form_graded_thresholds", message, str(sheet.form.place(row)), text[:200])
    resolved = _with_areas(sheet, last, columns)
    return GridHeader(
        row,
        last,
        tuple(_groups(sheet, last, resolved)),
        tuple(number for number, one in enumerate(resolved) if one and one.field in SIDE),
        {
            number: one.label.money_unit
            for number, one in enumerate(resolved)
            if one and one.label and one.label.money_unit
        },
    )


def _looks_like_header(sheet: Sheet, row: int) -> bool:
    """A row that names the indicator and a value, or the levels: at least three known labels, all from a header."""
    labels = [grid_label(cell.text) for cell in sheet.printed(row)]
    fields = {label.field for label in labels if label}
    has_name = bool(fields & _NAMES)
    has_value = bool(fields & {"annual", "cycle", "actual", "area_group", "graded"})
    has_levels = {"level1", "level2"} <= fields
    return (has_name and has_value and len(fields) >= 2) or (has_levels and (has_name or has_value))


def _last_row(sheet: Sheet, first: int) -> int:
    """A header is as deep as its deepest named column; an unspanned second row fills only what the first groups."""
    depth = 1
    for cell in sheet.printed(first):
        label = grid_label(cell.text)
        if label and label.field not in SIDE and cell.row_span <= 3:
            depth = max(depth, cell.row_span)
    if depth == 1 and first + 1 < sheet.row_count:
        below = sheet.printed(first + 1)
        grouped = {
            column
            for cell in sheet.printed(first)
            if cell.column_span > 1
            for column in range(cell.column, cell.column + cell.column_span)
        }
        own = [cell for cell in below if cell.row == first + 1]
        if len(own) >= 2 and all(
            cell.column in grouped and (grid_label(cell.text) or _is_area(cell.text)) for cell in own
        ):
            depth = 2
    return min(first + depth, sheet.row_count) - 1


def _column(sheet: Sheet, first: int, last: int, column: int) -> _Column | None:
    """What the labels over a column say, the lowest first; a known group above may add horizon or area."""
    texts = list(dict.fromkeys(sheet.text(row, column) for row in range(first, last + 1) if sheet.text(row, column)))
    if not texts:
        return None
    lowest, above = grid_label(texts[-1]), [grid_label(text) for text in texts[:-1]]
    group = next((label for label in above if label), None)
    if group and group.field in {"area_group", "annual"} and (lowest is None or lowest.field == "amount:total"):
        return _Column("area", group, texts[-1])
    if lowest is None:
        joined = grid_label("".join(texts))
        return _Column(joined.field, joined) if joined else _Column("unknown", None, texts[-1])
    if lowest.field in {"goal", "cycle_goal"} and len(texts) > 1 and group is None:
        return _Column(lowest.field, lowest)
    horizon = lowest.horizon or _group_horizon(group)
    return _Column(lowest.field, Label(lowest.field, horizon, lowest.money_unit, lowest.year))


def _group_horizon(group: Label | None) -> str | None:
    if group is None:
        return None
    stated = {"cycle_side": CYCLE, "cycle_goal": CYCLE, "annual_side": ANNUAL, "goal": ANNUAL}.get(group.field)
    return stated or group.horizon


def _is_area(text: str) -> bool:
    key = normalise_label(text)
    return key in _AREA_TOTAL or bool(_AREA.fullmatch(key))


def _with_areas(sheet: Sheet, last: int, columns: list[_Column | None]) -> list[_Column | None]:
    """Unknown columns are sub-areas where the header has no value column and each is named like a place."""
    unknown = [number for number, one in enumerate(columns) if one and one.field == "unknown"]
    if not unknown:
        return columns
    has_value = any(one and one.field in {"annual", "cycle", "actual"} for one in columns)
    names = [columns[number].area or "" for number in unknown]  # type: ignore[union-attr]
    if has_value or not all(_is_area(name) for name in names):
        text = names[0]
        place = str(sheet.form.place(last, unknown[0] + 1))
        raise UnreadableForm("column_unknown", f"列名“{text}”不在词表中 (unknown column)", place, text)
    return [_Column("area", None, one.area) if one and one.field == "unknown" else one for one in columns]


def _groups(sheet: Sheet, last: int, columns: list[_Column | None]) -> list[GridGroup]:
    """Columns in groups: a field that comes again begins the columns of a second horizon."""
    owned: dict[int, int] = {}
    for number in range(len(columns)):
        owner = sheet.owner(last, number)
        owned[number] = owner.column if owner else number
    groups = [GridGroup()]
    has_name = any(one and one.field == "name" for one in columns)
    has_level1 = any(one and one.field == "level1" for one in columns)
    for number, one in enumerate(columns):
        if one is None or (owned[number] < number and one.field != "side"):
            continue  # a label over two columns names the first of them
        name = _resolved(one.field, has_name, has_level1)
        group = groups[-1]
        horizon = one.label.horizon if one.label else None
        if name not in _MANY and (name in group.columns or (horizon and group.horizon and horizon != group.horizon)):
            shared = {key: group.columns[key] for key in ("level1",) if key in group.columns and name != "level1"}
            group = GridGroup(columns=dict(shared))
            groups.append(group)
        if horizon and name != "cycle":
            group.horizon = horizon
        group.columns.setdefault(name, []).append(number)
        if name == "area":
            key = normalise_label(one.area or "")
            group.areas[number] = None if key in _AREA_TOTAL else one.area
    if len(groups) > 2 or (len(groups) == 2 and "name" not in groups[1].columns):
        repeated = next(iter(groups[1].columns))
        message = f"列“{repeated}”重复 (column stated twice)"
        raise UnreadableForm("column_repeated", message, str(sheet.form.place(last)))
    return groups


def _resolved(name: str, has_name: bool, has_level1: bool) -> str:
    if name == "name_or_description":
        return "description" if has_name else "name"
    if name == "level1_or_ignored":
        return "project_ignored" if has_level1 else "level1"
    return name
