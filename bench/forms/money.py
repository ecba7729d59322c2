"""Money in forms: the budget of a target form and the execution of a self-evaluation.

Does not decide which form prints which.
"""

from __future__ import annotations

import re
from typing import Any

from bench.forms.content import Money, Project
from bench.forms.labels import SOURCE_OF_LABEL, SYNONYMS
from bench.forms.page import Form, Sheet


def label_of(form: Form, one: Money) -> str:
    """A wording of a source's label; a source that few forms print has its own."""
    return form.taste.label(one.source) if one.source in SYNONYMS and not one.fixed else one.label


def source_of(label: str, one: Money) -> str:
    """The source that a label names."""
    return SOURCE_OF_LABEL.get(re.sub(r"\s", "", label), one.source)


def money(form: Form, sheet: Sheet, project: Project, way: str | None = None) -> list[str]:
    """The money block; the line to print above the table where the unit stands there."""
    taste = form.taste
    way = way or taste.pick("rows", "rows", "one", "across", "line", "in_cell", "glued")
    if way == "in_cell":
        form.in_cell = True
    label = taste.label("money")
    if way in ("rows", "one", "across", "glued"):
        label = taste.unit_label(label if way != "one" else taste.label("amount"), form.money_unit)
    elif way == "line" and form.truth["projects"][1:]:
        way = "rows_plain"
    if way == "one":
        sheet.pairs(taste, (label, form.state_amount("total", project.money[0].initial)))
    elif way == "across" and sheet.columns >= 6:
        named = [(label_of(form, one), one) for one in project.money]
        texts = [(name, form.state_amount(source_of(name, one), one.initial)) for name, one in named]
        sheet.add((label, 0), *[cell for name, text in texts[:2] for cell in ((name, 1), (text, 1))])
        sheet.pairs(taste, texts[2])
    else:
        wide = 1 if sheet.columns < 5 else taste.draw.randint(1, 2)
        for number, one in enumerate(project.money):
            name = label_of(form, one)
            text = form.state_amount(source_of(name, one), one.initial)
            row: list[tuple[Any, ...]] = [(label, 1, len(project.money))] if number == 0 else []
            if way == "glued":
                row.append((f"{name.rstrip('：')}：{text}", 0))
            else:
                row += [(name, wide), (text, 0)]
            sheet.add(*row)
    if way not in ("line", "rows_plain"):
        return []
    line = f"{taste.pick('金额单位', '单位', '金额单位')}：{form.money_unit}"
    return [f"填报单位（盖章）：{project.unit}　　　　{line}" if taste.chance(0.3) else line]


def execution(form: Form, sheet: Sheet, project: Project, initial: bool = True, scored: bool = True) -> None:
    """The money block of a self-evaluation, one line per source."""
    taste = form.taste
    keys = (["initial"] if initial else []) + ["adjusted", "executed"]
    heads = [taste.label(key) for key in keys] + (["分值"] if scored else []) + [taste.label("execution_rate")]
    heads += ["得分"] if scored else []
    spare = sheet.columns - 1 - len(heads)
    assert spare >= 1, sheet.columns
    label = taste.unit_label(taste.label("money"), form.money_unit)
    sheet.add((label, 1, 1 + len(project.money)), ("", spare), *[(head, 1) for head in heads])
    record = form.truth["projects"][-1]
    for one in project.money:
        name = label_of(form, one)
        amounts = {k: getattr(one, k) for k in keys}
        texts = [form.amount(amount) for amount in amounts.values()]
        rate = ""
        if one.adjusted and one.executed is not None:
            rate = f"{100 * one.executed / one.adjusted:.2f}%"
        is_total = one.source == "total"
        row = [*texts, *(["10" if is_total else "—"] if scored else []), rate]
        row += [project.execution_score if is_total else "—"] if scored else []
        sheet.add((name, spare), *[(text, 1) for text in row])
        if one.adjusted is None:
            continue
        form.truth["execution"].append(
            {
                "project_no": record["no"],
                "source": source_of(name, one),
                "rate": rate.removesuffix("%") or None,
                "amounts": {k: f"{v:.2f}" for k, v in amounts.items()},
                "stated_texts": texts,
                "weight": "10" if scored and is_total else None,
                "score": project.execution_score if scored and is_total else None,
            }  # fmt: skip
        )
