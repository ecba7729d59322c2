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

    Options: ``levels`` (merge, blank, repeat, middle), ``signs`` (sign → the words of the sign column), ``blank_rows``,
    ``template`` (shape of the names), ``more`` (indicator → further truth).
    """
    taste, draw = form.taste, form.taste.draw
    record = form.truth["projects"][-1]
    items = project.items
    way = options.get("levels") or taste.pick("merge", "merge", "merge", "blank", "repeat")
    template = options.get("template") or taste.pick("{0}", "{0}", *TEMPLATE)
    blanks = options.get("blank_rows", taste.chance(0.25))
    rows = _with_blanks(form, items, blanks)
    keys = [(item.level1_text, item.level2_text) for item in rows]
    firsts, seconds = runs([key[0] for key in keys]), runs(keys)
    grouped = any(column.group for column in columns)
    again = len(rows) // 2 if way in ("blank", "repeat") and not grouped and taste.chance(0.1) else 0
    height = len(rows) + 1 + grouped + bool(again)
    sheet.grid_row = len(sheet.rows)
    _headings(sheet, columns, taste.label(lead) if lead else None, height, grouped)
    counter = 0
    for place, item in enumerate(rows):
        level_texts = keys[place]
        if place == 0 or keys[place - 1] != level_texts:
            counter = 0
        counter += 1
        if again and place == again:
            sheet.add(*[(column.label, column.span) for column in columns])  # the heading of the next page
        cells: list[tuple[Any, ...]] = []
        values: dict[str, str] = {}
        for column in columns:
            if column.key in ("level1", "level2"):
                first = column.key == "level1"
                cells += _level_cell(column, level_texts[not first], firsts if first else seconds, place, way)
                continue
            if not item.name:
                text = draw.choice(SKIPPED_TEXT) if column.key == "name" else ""
            elif column.key == "name":
                text = template.format(item.name, counter)
            elif column.key == "sign":
                text = options.get("signs", {}).get(item.sign, item.sign) if not item.in_words else "定性"
            else:
                text = cell_text(form, item, column.key, place + 1)
            if column.key == "weight" and item.name:
                text += options.get("weight_ending", "")
            values[column.key] = text
            cells.append((text, column.span))
        sheet.add(*cells)
        if item.name:
            _state(form, record, item, values, columns, options)


def _level_cell(column: Column, text: str, run_of: list[int], place: int, way: str) -> list[tuple[Any, ...]]:
    """A level's cell: merged over its run, printed once, on each row, or in the middle row of the run."""
    if way == "merge":
        return [(text, column.span, run_of[place])] if run_of[place] else []
    start = max(number for number in range(place + 1) if run_of[number])
    shown = {"blank": place == start, "repeat": True, "middle": place == start + run_of[start] // 2}[way]
    return [(text if shown else "", column.span)]


def _with_blanks(form: Form, items: list[Item], blanks: bool) -> list[Item]:
    """The indicators, and among them template rows that nobody filled in: nameless, of a level that may be unused."""
    draw = form.taste.draw
    rows: list[Item] = []
    unused = [one for one in (words.ECOLOGY, words.LASTING) if one not in {(i.level1, i.level2) for i in items}]
    for place, item in enumerate(items):
        rows.append(item)
        following = items[place + 1] if place + 1 < len(items) else None
        last = following is None or following.level2 != item.level2
        if blanks and last and draw.random() < 0.35:
            rows.append(_template_row(item, item.level2_text))
        if blanks and unused and item.level1 == "效益指标" and (following is None or following.level1 != item.level1):
            ending = "指标" if item.level2_text.endswith("指标") else ""
            rows += [_template_row(item, second.removesuffix("指标") + ending) for _, second in unused]
    return rows


def _template_row(near: Item, level2_text: str) -> Item:
    made = Item(near.level1, near.level2, "", "", "", "", "", "")
    made.level1_text, made.level2_text = near.level1_text, level2_text
    return made


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
