"""The blocks most forms are put together from: titles, identity, money, goals, indicator grid, execution, foot.

Does not decide which of them a family has, nor their order.
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


def titles(form: Form, what: str, first: bool = True) -> list[str]:
    """Title lines with the year in one of the ways it is printed."""
    year, taste = form.content.year, form.taste
    department = form.content.department
    way = taste.pick("line", "line", "wide", "inside", "lost", "named", "cell")
    what = taste.pick(what, what, what.replace("项目支出", "部门预算项目支出"), what.replace("项目支出", "项目资金"))
    form.truth["year_in_cell"] = way == "cell"
    lines = {
        "line": [what, f"({year}年度)"],
        "wide": [what, f"（{year} 年度）"],
        "inside": [f"{year}年{what}"],
        "lost": [what, f"{year}年度)"],
        "named": [f"{department}{year}年{what}"],
        "cell": [what],
    }[way]
    if first:
        form.truth["title"] = "".join(lines[:1])
    return lines


def identity(form: Form, sheet: Sheet, project: Project, code: bool = False) -> None:
    """Project, department and unit; now and then code, category, period, and a person in charge."""
    taste = form.taste
    printed: dict[str, Any] = {}
    name = (taste.label("project"), project.name)
    department = form.content.department
    if taste.draw.random() < 0.5:
        shape = taste.pick("[{0}]{1}", "{0}-{1}", "{1}")
        where = (taste.label("department_code"), shape.format(form.content.department_code, department))
    else:
        where = (taste.label("department"), department)
    unit = (taste.label("unit"), project.unit)
    more: list[tuple[str, str]] = []
    if code or taste.chance(0.25):
        printed["project_code"] = project.code
        more.append((taste.label("code"), project.code))
    if taste.chance(0.3):
        more.append((taste.label("category"), taste.draw.choice(["新增项目", "延续项目", project.category])))
    if taste.chance(0.2):
        more.append((taste.label("period"), taste.draw.choice(["1年", "3年", f"{form.content.year}年全年"])))
    if form.truth.get("year_in_cell"):
        more.append((taste.label("year"), taste.draw.choice([f"{form.content.year}", f"{form.content.year}年"])))
    record = form.add_project(project, **printed)
    if taste.chance(0.25) and sheet.columns >= 4:
        sheet.pairs(taste, name, unit)
        sheet.pairs(taste, where)
    else:
        sheet.pairs(taste, name)
        sheet.pairs(taste, *([where, unit] if taste.draw.random() < 0.8 or not taste.wild else [unit, where]))
    for start in range(0, len(more), 2):
        sheet.pairs(taste, *more[start : start + 2])
    if taste.chance(0.25):
        sheet.pairs(taste, (taste.label("head"), project.person), (taste.label("phone"), project.phone))
    del record


def money(form: Form, sheet: Sheet, project: Project, way: str | None = None) -> list[str]:
    """The money block; the line to print above the table where the unit stands there."""
    taste = form.taste
    way = way or taste.pick("rows", "rows", "one", "across", "line", "in_cell", "glued")
    total, fiscal, other = project.money
    if way == "in_cell":
        form.in_cell = True
    label = taste.label("money")
    if way in ("rows", "one", "across", "glued"):
        label = taste.unit_label(label if way != "one" else taste.label("amount"), form.money_unit)
    elif way == "line" and form.truth["projects"][1:]:
        way = "rows_plain"
    if way == "one":
        sheet.pairs(taste, (label, form.state_amount("total", total.initial)))
    elif way == "across" and sheet.columns >= 6:
        texts = [(key, form.state_amount(one.source, one.initial)) for key, one in zip(
            ("total", "fiscal_appropriation", "other"), project.money, strict=True)]  # fmt: skip
        sheet.add((label, 0), *[cell for key, text in texts[:2] for cell in ((taste.label(key), 1), (text, 1))])
        sheet.pairs(taste, (taste.label("other"), texts[2][1]))
    else:
        wide = 1 if sheet.columns < 5 else taste.draw.randint(1, 2)
        for number, (key, one) in enumerate(
            zip(("total", "fiscal_appropriation", "other"), (total, fiscal, other), strict=True)
        ):
            text = form.state_amount(one.source, one.initial)
            name = taste.label(key)
            row: list[tuple[Any, ...]] = [(label, 1, 3)] if number == 0 else []
            if way == "glued":
                row.append((f"{name.rstrip('：')}：{text}", 0))
            else:
                row += [(name, wide), (text, 0)]
            sheet.add(*row)
    return [f"{taste.pick('金额单位', '单位', '金额单位')}：{form.money_unit}"] if way in ("line", "rows_plain") else []


def goal(form: Form, sheet: Sheet, project: Project, label: str | None = None) -> None:
    """The year's goal in one cell."""
    sheet.add((label or form.taste.label("goal"), 1), (project.goal, 0))


def goals_side_by_side(form: Form, sheet: Sheet, project: Project, lead: bool = True) -> None:
    """Long-term and annual goal next to each other, with a heading row."""
    year = form.content.year
    form.truth["projects"][-1]["goal_cycle"] = project.goal_cycle
    half = (sheet.columns - lead) // 2
    period = f"（{year}年—{year + 2}年）" if form.taste.draw.random() < 0.5 else ""
    heads: list[tuple[Any, ...]] = [("绩效\n目标" if form.taste.wild else "绩效目标", 1, 2)] if lead else []
    sheet.add(*heads, (form.taste.label("goal_cycle") + period, half), (form.taste.pick("年度目标", "年度总体目标"), 0))
    sheet.add((project.goal_cycle, half), (project.goal, 0))


def _runs(values: Sequence[Any]) -> list[int]:
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
        "annual": lambda: form.value(item), "cycle": lambda: form.value(item, "cycle"),
        "previous": lambda: form.value(item, "previous"),
        "number": lambda: item.number, "unit_column": lambda: item.unit, "polarity": lambda: item.polarity,
        "standard": lambda: draw.choice(words.STANDARDS), "description": lambda: draw.choice(words.DESCRIPTIONS),
        "content": lambda: draw.choice(words.DESCRIPTIONS), "note": lambda: "", "method": lambda: "按比例计分",
        "rate": lambda: "100%", "evidence": lambda: draw.choice(["台账", "验收报告"]), "number_column": lambda: str(number),
    }  # fmt: skip
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
    rows: list[Item | None] = []
    for place, item in enumerate(items):
        rows.append(item)
        last = place + 1 == len(items) or items[place + 1].level2 != item.level2
        if blanks and last and draw.random() < 0.35:
            rows.append(None)
    keys = [(i.level1_text, i.level2_text) if i else None for i in rows]
    for place, key in enumerate(keys):
        keys[place] = key or keys[place - 1]
    firsts, seconds = _runs([k[0] for k in keys if k]), _runs(keys)
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
    for key, name in (("weight", "weight"), ("actual", "actual"), ("score", "score"), ("reason", "deviation_reason"),
                      ("previous", "previous"), ("polarity", "polarity")):  # fmt: skip
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


def execution(form: Form, sheet: Sheet, project: Project, initial: bool = True, scored: bool = True) -> None:
    """The money block of a self-evaluation, one line per source."""
    taste = form.taste
    keys = (["initial"] if initial else []) + ["adjusted", "executed"]
    heads = [taste.label(key) for key in keys] + (["分值"] if scored else []) + [taste.label("execution_rate")]
    heads += ["得分"] if scored else []
    spare = sheet.columns - 1 - len(heads)
    assert spare >= 1, sheet.columns
    label = taste.unit_label(taste.label("money"), form.money_unit)
    sheet.add((label, 1, 4), ("", spare), *[(head, 1) for head in heads])
    record = form.truth["projects"][-1]
    for key, one in zip(("total", "fiscal_appropriation", "other"), project.money, strict=True):
        amounts = {k: getattr(one, k) for k in keys}
        texts = [form.amount(amount) for amount in amounts.values()]
        rate = ""
        if one.adjusted and one.executed is not None:
            rate = f"{100 * one.executed / one.adjusted:.2f}%"
        is_total = key == "total"
        row = [*texts, *(["10" if is_total else "—"] if scored else []), rate]
        row += [project.execution_score if is_total else "—"] if scored else []
        sheet.add((taste.label(key), spare), *[(text, 1) for text in row])
        if one.adjusted is None:
            continue
        form.truth["execution"].append(
            {
                "project_no": record["no"],
                "source": one.source,
                "rate": rate.removesuffix("%") or None,
                "amounts": {k: f"{v:.2f}" for k, v in amounts.items()},
                "stated_texts": texts,
                "weight": "10" if scored and is_total else None,
                "score": project.execution_score if scored and is_total else None,
            }  # fmt: skip
        )


def goals_and_done(form: Form, sheet: Sheet, project: Project) -> None:
    """Planned goal and what was done."""
    record = form.truth["projects"][-1]
    record["goal_done"] = project.goal_done
    half = (sheet.columns - 1) // 2
    sheet.add(("年度总体目标", 1, 2), (form.taste.label("goal_plan"), half), (form.taste.label("goal_done"), 0))
    sheet.add((project.goal, half), (project.goal_done, 0))


def total_row(form: Form, sheet: Sheet, project: Project, columns: list[Column], lead: bool = True) -> None:
    """总分: the weights' sum and the score."""
    place = next(n for n, column in enumerate(columns) if column.key == "weight")
    score = next((n for n, column in enumerate(columns) if column.key == "score"), None)
    before = sum(column.span for column in columns[:place]) + lead
    cells: list[tuple[Any, ...]] = [(form.taste.label("total_score"), before)]
    for number, column in enumerate(columns[place:], start=place):
        cells.append(("100" if number == place else project.total_score if number == score else "", column.span))
    sheet.add(*cells)
    form.truth["total_score"].append({"project_no": form.truth["projects"][-1]["no"], "score": project.total_score})


def foot(form: Form, project: Project) -> list[str]:
    """Notes, and the people who must not be loaded."""
    draw = form.taste.draw
    lines = [draw.choice(words.NOTES)] if draw.random() < 0.4 else []
    if draw.random() < 0.5:
        shape = draw.choice(
            ["填表人：{0}　　联系电话：{1}", "填报人: {0}  电话:{1}  填报日期:{2}年1月15日", "联系人：{0} {1}"]
        )
        lines.append(shape.format(project.person, project.phone, form.content.year))
    return lines
