"""The indicator grid of a form: headings, rows with levels merged, printed once or repeated, and the truth of each row.

Does not hold what stands above and below it (``parts``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.forms import vocabulary as words
from bench.forms.content import Item, Project
from bench.forms.page import Form, Sheet, target

SKIPPED_TEXT = ["……", "指标2：", "……", "指标3："]


@dataclass(frozen=True)
class Column:
    """A grid column: what it holds, how it is headed, under which upper heading, how wide."""

    key: str
    label: str
    group: str | None = None
    span: int = 1


def runs(values: Sequence[Any]) -> list[int]:
    found = [0] * len(values)
    start = 0
    for place in range(1, len(values) + 1):
        if place == len(values) or values[place] != values[start]:
            found[start] = place - start
            start = place
    return found


def cell_text(form: Form, item: Item, key: str, number: int) -> str:
    """What stands in a column for an indicator."""
    draw = form.taste.draw
    made: dict[str, Callable[[], str]] = {
        "annual": lambda: form.value(item),
        "cycle": lambda: form.value(item, "cycle"),
        "previous": lambda: form.value(item, "previous"),
        "number": lambda: item.number,
        "unit_column": lambda: item.unit,
        "polarity": lambda: item.polarity,
        "standard": lambda: draw.choice(words.STANDARDS),
        "description": lambda: draw.choice(words.DESCRIPTIONS),
        "content": lambda: draw.choice(words.DESCRIPTIONS),
        "note": lambda: "",
        "method": lambda: "按比例计分",
        "rate": lambda: "100%",
        "evidence": lambda: draw.choice(["台账", "验收报告"]),
        "number_column": lambda: str(number),
    }
    if key in made:
        return made[key]()
    return {"weight": item.weight, "score": item.score, "actual": item.actual, "reason": item.reason}[key]


TEMPLATE = ["{0}", "指标{1}：{0}", "指标{1}:{0}", "指标{1}.{0}", "{1}.{0}"]


def grid(
    form: Form, sheet: Sheet, project: Project, columns: list[Column], lead: str | None = "grid", **options: Any
) -> None:
    """The indicator grid: headings, rows with levels merged, printed once or repeated, and the truth of each row.

    Options: ``levels`` (merge, blank, repeat), ``signs`` (sign → the words of the sign column), ``blank_rows``,
    ``template`` (shape of the names), ``more`` (indicator → further truth).
    """
    taste, draw = form.taste, form.taste.draw
    record = form.truth["projects"][-1]
    items = project.items
    way = options.get("levels") or taste.pick("merge", "merge", "merge", "blank", "repeat")
    template = options.get("template") or taste.pick("{0}", "{0}", *TEMPLATE)
    blanks = options.get("blank_rows", taste.chance(0.25))
    rows = _with_blanks(form, items, blanks)
    keys = _carried(rows)
    firsts, seconds = runs([k[0] for k in keys if k]), runs(keys)
    grouped = any(column.group for column in columns)
    height = len(rows) + 1 + grouped
    _headings(sheet, columns, taste.label(lead) if lead else None, height, grouped)
    counter = 0
    for place, maybe in enumerate(rows):
        level_texts = keys[place]
        assert level_texts is not None
        if place == 0 or keys[place - 1] != level_texts:
            counter = 0
        counter += 1
        cells: list[tuple[Any, ...]] = []
        values: dict[str, str] = {}
        for column in columns:
            if column.key in ("level1", "level2"):
                run = (firsts if column.key == "level1" else seconds)[place]
                text = level_texts[0 if column.key == "level1" else 1]
                if way == "merge":
                    cells += [(text, column.span, run)] if run else []
                else:
                    cells.append((text if run or way == "repeat" else "", column.span))
                continue
            if maybe is None:
                text = draw.choice(SKIPPED_TEXT) if column.key == "name" else ""
            elif column.key == "name":
                text = template.format(maybe.name, counter)
            elif column.key == "sign":
                text = options.get("signs", {}).get(maybe.sign, maybe.sign) if not maybe.in_words else "定性"
            else:
                text = cell_text(form, maybe, column.key, place + 1)
            values[column.key] = text
            cells.append((text, column.span))
        sheet.add(*cells)
        if maybe is not None:
            _state(form, record, maybe, values, columns, options)


def _with_blanks(form: Form, items: list[Item], blanks: bool) -> list[Item | None]:
    """The indicators, and ``None`` for a template row that nobody filled in."""
    rows: list[Item | None] = []
    for place, item in enumerate(items):
        rows.append(item)
        last = place + 1 == len(items) or items[place + 1].level2 != item.level2
        if blanks and last and form.taste.draw.random() < 0.35:
            rows.append(None)
    return rows


def _carried(rows: list[Item | None]) -> list[tuple[str, str] | None]:
    """The level texts of each row; a blank row belongs to the levels above it."""
    keys = [(i.level1_text, i.level2_text) if i else None for i in rows]
    for place, key in enumerate(keys):
        keys[place] = key or keys[place - 1]
    return keys


def _headings(sheet: Sheet, columns: list[Column], lead: str | None, height: int, grouped: bool) -> None:
    top: list[tuple[Any, ...]] = [(lead, 1, height)] if lead else []
    for place, column in enumerate(columns):
        if column.group is None:
            top.append((column.label, column.span, 1 + grouped))
        elif place == 0 or columns[place - 1].group != column.group:
            top.append((column.group, sum(c.span for c in columns if c.group == column.group)))
    sheet.add(*top)
    if grouped:
        sheet.add(*[(c.label, c.span) for c in columns if c.group])


def _state(
    form: Form,
    record: dict[str, Any],
    item: Item,
    values: dict[str, str],
    columns: list[Column],
    options: dict[str, Any],
) -> None:
    """The truth of one row, from what its cells print."""
    printed = {column.key for column in columns}
    targets = []
    if "number" in printed:
        sign = values.get("sign")
        stated = target("annual", values["number"], item, sign if sign is not None else "")
        if "unit_column" not in printed:
            stated["unit"] = None
        targets.append(stated)
    for horizon in ("cycle", "annual"):
        if horizon in printed:
            stated = target(horizon, values[horizon])
            if "unit_column" in printed:
                stated["unit"] = item.unit or None
            targets.append(stated)
    more: dict[str, Any] = {}
    for key, name in (
        ("weight", "weight"),
        ("actual", "actual"),
        ("score", "score"),
        ("reason", "deviation_reason"),
        ("previous", "previous"),
        ("polarity", "polarity"),
    ):
        if key in printed:
            more[name] = values[key] or None
    if "more" in options:
        more.update(options["more"](item, values))
    kept = item.level1_text, item.level2_text
    if "level1" not in printed:
        item.level1_text = ""
    if "level2" not in printed:
        item.level2_text = ""
    form.add_indicator(record, item, targets, **more)
    item.level1_text, item.level2_text = kept
