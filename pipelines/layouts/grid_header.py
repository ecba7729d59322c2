"""The header of an indicator grid: which rows it is, and what each column holds.

Belongs here: one or two header rows, spans, columns that repeat for a second horizon, columns per sub-area. Does not
read the rows below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from pipelines.layouts.label_rows import is_note
from pipelines.layouts.labels import Label, form_label, grid_label, normalise_label
from pipelines.layouts.rows import ANNUAL, CYCLE, UnreadableForm
from pipelines.layouts.sheet import Sheet

SIDE = ("side", "cycle_side", "annual_side")
_VALUES = {"annual", "cycle", "actual", "area"}
_NAMES = {"name", "name_or_description"}
_MANY = {"description", "ignored", "project_ignored", "area", "side", "reason", "name_or_description", "nature"}
_AREA = re.compile(
    r".{1,14}(?:省|自治区|市|县|区|旗|州|盟|镇|乡|村|街道|街道办|社区|农场|林场|开发区|新区|师|团)(?:\(.*\))?"
)
_LEVEL2 = re.compile(
    r"(?:数量|质量|时效|成本|经济成本|社会成本|生态环境成本|经济效益|社会效益|生态效益|环境效益|生态环境效益|可持续(?:发展)?影响|"
    r"(?:服务对象|受益对象|社会公众|群众|社会公众或服务对象)?满意度|经济|社会|生态|环境|生态环境)(?:指标|目标|值)?(?:\([^()]*\))?"
)
_PERIOD = re.compile(r"[0-9]{2}年|季度|半年|月份?$")  # a column of a period is none of an area
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
    years: tuple[tuple[str, int], ...] = ()  # what a column's label says of its year: (annual, 2024)

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
    columns = _with_packed(sheet, last, columns)
    fields = {one.field for one in columns if one}
    if "graded" in fields and sum(one is not None and one.field == "graded" for one in columns) >= 3:
        text = " | ".join(sheet.line(cell) for cell in sheet.printed(row))
        message = "按优良中差分档的指标表没有单一目标值 (graded thresholds: no single target)"
        raise UnreadableForm("form_graded_thresholds", message, str(sheet.form.place(row)), text[:200])
    resolved = _with_previous(_with_areas(sheet, last, _with_cut_label(sheet, last, columns)))
    groups = _groups(sheet, last, resolved)
    _settle(sheet, last, groups)
    return GridHeader(
        row,
        last,
        tuple(groups),
        tuple(number for number, one in enumerate(resolved) if one and one.field in SIDE),
        {
            number: one.label.money_unit
            for number, one in enumerate(resolved)
            if one and one.label and one.label.money_unit
        },
        tuple((one.field, one.label.year) for one in resolved if one and one.label and one.label.year),
    )


def _looks_like_header(sheet: Sheet, row: int) -> bool:
    """A row that names the indicator and a value, or the levels: at least three known labels, all from a header."""
    labels = [grid_label(cell.text) for cell in sheet.printed(row)]
    fields = {label.field for label in labels if label}
    has_name = bool(fields & _NAMES)
    has_value = bool(fields & {"annual", "cycle", "actual", "area_group", "graded"})
    has_levels = {"level1", "level2"} <= fields
    is_packed = {"project_name", "side"} <= fields and not has_levels and len(fields) >= 3
    if is_packed and not fields & {"name", "level1", "level2"}:
        return True
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
    is_area = group is not None and (group.field == "area_group" or (group.field == "annual" and _is_area(texts[-1])))
    if is_area and (lowest is None or lowest.field == "amount:total") and not _PERIOD.search(texts[-1]):
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


def _with_packed(sheet: Sheet, last: int, columns: list[_Column | None]) -> list[_Column | None]:
    """In a table of projects 项目绩效目标 heads goals; without levels and names, 绩效指标 heads cells with all of them."""
    fields = {one.field for one in columns if one}
    if "project_name" not in fields:
        return columns
    is_packed = not fields & {"name", "level1", "level2"}
    settled: list[_Column | None] = []
    for number, one in enumerate(columns):
        label = form_label(sheet.text(last, number)) if one and one.field in SIDE else None
        if label is not None and label.field in {"goal", "cycle_goal"}:
            one = _Column(label.field, label)
        elif one is not None and one.field == "side" and is_packed:
            one = _Column("packed")
        settled.append(one)
    return settled


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
    return [
        _Column("area", None, sheet.text(last, number)) if one and one.field in {"unknown", "amount:total"} else one
        for number, one in enumerate(columns)
    ]


def _with_previous(columns: list[_Column | None]) -> list[_Column | None]:
    """2023年实际值 before 2024年指标值 is the year before, not what came of the targets."""
    planned = [one.label.year for one in columns if one and one.field == "annual" and one.label and one.label.year]
    return [
        replace(one, field="previous")
        if one and one.field == "actual" and planned and one.label and one.label.year and one.label.year < min(planned)
        else one
        for one in columns
    ]


def _with_cut_label(sheet: Sheet, last: int, columns: list[_Column | None]) -> list[_Column | None]:
    """A header cell cut to 年度 names the value column where there is no other."""
    if any(one and one.field in _VALUES for one in columns):
        return columns
    cut = [
        number
        for number in range(len(columns))
        if normalise_label(sheet.text(last, number)) in {"年度", "指标", "目标"}
    ]
    named = any(one and one.field == "name" and number not in cut for number, one in enumerate(columns))
    if len(cut) != 1 or not named:
        return columns
    return [_Column("annual") if number == cut[0] else one for number, one in enumerate(columns)]


def _settle(sheet: Sheet, last: int, groups: list[GridGroup]) -> None:
    """Every group needs names and values; a name column that holds level-2 names only is level 2."""
    for group in groups:
        name, level1 = group.first("name"), group.first("level1")
        has_level2 = "level2" in group.columns
        if name is not None and not has_level2 and "description" in group.columns and _holds_level2(sheet, last, name):
            if level1 is None:
                message = "旧版模板：指标列只有二级指标名称 (template of before 2020, without levels)"
                raise UnreadableForm("form_without_levels", message, str(sheet.form.place(last)))
            group.columns["level2"] = [name]
            group.columns["name"] = [group.columns["description"].pop(0)]
        elif name is not None and level1 is not None and not has_level2:
            between = [number for number in range(level1 + 1, name) if _holds_level2(sheet, last, number)]
            if between:
                group.columns["level2"] = between[:1]
        is_packed = "packed" in group.columns
        if not is_packed and ("name" not in group.columns or not _VALUES & set(group.columns)):
            text = " | ".join(sheet.line(cell) for cell in sheet.printed(last))
            message = "表头没有指标名称列或指标值列 (no name column or no value column)"
            raise UnreadableForm("value_column_missing", message, str(sheet.form.place(last)), text[:200])


def _holds_level2(sheet: Sheet, last: int, column: int) -> bool:
    """Whether a column without a telling label holds names of level 2 and nothing else."""
    cells = [sheet.owner(row, column) for row in range(last + 1, sheet.row_count)]
    own = [
        cell
        for cell in cells
        if cell is not None and cell.column == column and grid_label(cell.text) is None and not is_note(cell.text)
    ]
    texts = {normalise_label(cell.text) for cell in own} - {""}
    return bool(texts) and all(_LEVEL2.fullmatch(text) for text in texts)


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
