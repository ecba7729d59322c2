"""The tables of the kept-apart documents: the Nansha content as flat lists, tall tables with merged cells, and forms.

Does not draw them: held_out_drawing.py does.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.raw.delimited_text import read_delimited_text
from pipelines.raw.encoding import decode
from pipelines.raw.realign import realign

SOURCE = Path(__file__).resolve().parents[1] / "tests" / "raw" / "documents" / "nansha_2024.txt"
ITEM = re.compile(
    r"(\d+)、(\d)-([^；;]+)[；;]\s*(\d+)-([^；;]+)[；;]\s*([^；;]+)[；;]"
    r"\s*实施周期指标值[：:]([^；;]*)[；;]\s*年度指标值[：:]([^；;。]*)"
)


@dataclass
class Cell:
    """An anchor cell."""

    text: str
    row_span: int = 1
    column_span: int = 1


@dataclass
class Table:
    """Rows of anchor cells, as HTML has them."""

    name: str
    widths: list[float]
    rows: list[list[Cell]]
    head: int = 1
    title: str = ""

    def placed(self) -> list[tuple[int, int, Cell]]:
        """Every cell with its row and column."""
        taken: set[tuple[int, int]] = set()
        found = []
        for r, row in enumerate(self.rows):
            c = 0
            for cell in row:
                while (r, c) in taken:
                    c += 1
                found.append((r, c, cell))
                taken |= {(r + i, c + j) for i in range(cell.row_span) for j in range(cell.column_span)}
                c += cell.column_span
        return found

    def truth(self) -> dict[str, object]:
        """As ``truth.json`` holds it."""
        cells = [
            {"r": r, "c": c, "rs": cell.row_span, "cs": cell.column_span, "t": cell.text.replace("\n", "")}
            for r, c, cell in self.placed()
        ]
        return {"name": self.name, "nrows": len(self.rows), "ncols": len(self.widths), "cells": cells}


@dataclass
class Project:
    """One project of the Nansha document; ``items``: level 1, level 2, name, cycle value, annual value."""

    name: str
    total: str
    goal: str
    packed: str
    items: list[tuple[str, str, str, str, str]] = field(default_factory=list)


def projects() -> list[Project]:
    document = read_delimited_text("", decode(SOURCE.read_bytes()))
    rows = realign(document.tables[0]).grid()
    found = []
    for row in rows[3:]:
        name, total, _, _, _, goal, packed = (re.sub(r" ?<sup>2</sup> ?", "²", text or "") for text in row)
        items = [(m[3], m[5], m[6].strip(), m[7].strip(), m[8].strip()) for m in ITEM.finditer(packed)]
        found.append(Project(name, total, goal, packed, items))
    return found


def flat(chosen: list[Project], draw: random.Random) -> Table:
    widths = [draw.uniform(1.2, 2), *[draw.uniform(0.8, 1.1)] * 4, draw.uniform(1.5, 3), draw.uniform(4, 7)]
    labels = ["项目名称（资金使用单位）", "总计", "财政拨款", "财政专户拨款", "其他资金", "绩效目标", "绩效指标"]
    if draw.random() < 0.5:
        head = [[Cell(labels[0], 2), Cell("资金来源", 1, 4), Cell(labels[5], 2), Cell(labels[6], 2)]]
        head.append([Cell(label) for label in labels[1:5]])
    else:
        head = [[Cell(label) for label in labels]]
    separator = draw.choice(["", "", "\n"])
    body = []
    for p in chosen:
        packed = re.sub(r"(?<=。)(?=\d+、)", separator, p.packed)
        body.append([Cell(p.name), Cell(p.total), Cell(p.total), Cell(""), Cell(""), Cell(p.goal), Cell(packed)])
    return Table("flat", widths, head + body, len(head))


def _runs(values: list[str]) -> list[int]:
    """For each place: the length of the run that begins there, or 0 inside a run."""
    found = [0] * len(values)
    start = 0
    for place in range(1, len(values) + 1):
        if place == len(values) or values[place] != values[start]:
            found[start] = place - start
            start = place
    return found


def tall(chosen: list[Project], draw: random.Random) -> Table:
    unit = draw.random() < 0.6
    batch = draw.random() < 0.5
    labels = (["单位名称"] if unit else []) + [
        "项目名称",
        "预算数（万元）",
        "年度绩效目标",
        "一级指标",
        "二级指标",
        "三级指标",
    ]
    labels += ["指标性质", "指标值", "度量单位", "权重"] if batch else ["指标值"]
    widths = ([1.0] if unit else []) + [1.3, 0.8, draw.uniform(1.5, 3), 0.9, 1.0, 2.0]
    widths += [0.7, 1.0, 0.7, 0.6] if batch else [1.6]
    rows: list[list[Cell]] = [[Cell(label) for label in labels]]
    count = sum(len(p.items) for p in chosen)
    for number, p in enumerate(chosen):
        first = _runs([f"{i[0]}" for i in p.items])
        second = _runs([f"{i[0]}{i[1]}" for i in p.items])
        for place, item in enumerate(p.items):
            row: list[Cell] = []
            if unit and number == place == 0:
                row.append(Cell("广州南沙经济技术开发区港澳合作事务办公室", count))
            if place == 0:
                # LibreOffice cuts a text that needs more room than the rows its cell is merged over.
                goal = p.goal[: 10 * len(p.items)]
                row += [Cell(p.name, len(p.items)), Cell(p.total, len(p.items)), Cell(goal, len(p.items))]
            row += [Cell(item[0], first[place])] if first[place] else []
            row += [Cell(item[1], second[place])] if second[place] else []
            if batch:
                sign = re.match(r"[≥≤=]?", item[4])
                mark = sign.group() if sign else ""
                row += [
                    Cell(item[2]),
                    Cell(mark or "定性"),
                    Cell(item[4][len(mark) :]),
                    Cell("个"),
                    Cell(str(place + 5)),
                ]
            else:
                row += [Cell(item[2]), Cell(item[4])]
            rows.append(row)
    return Table("tall", widths, rows)


def form(p: Project, draw: random.Random, title: str) -> Table:
    scored = draw.random() < 0.5
    columns = 6 if scored else 5
    widths = [draw.uniform(0.8, 1.3), draw.uniform(1, 1.4), draw.uniform(2, 3.2), *[1.2] * (columns - 3)]
    rest = columns - 3
    rows = [[Cell("项目名称"), Cell(p.name, 1, 2), Cell("预算金额（万元）"), Cell(p.total, 1, rest - 1)]]
    rows.append([Cell("主管部门"), Cell("广州南沙经济技术开发区港澳合作事务办公室", 1, columns - 1)])
    rows.append([Cell("总体目标"), Cell(p.goal, 1, columns - 1)])
    count = len(p.items) + 1
    heads = ["一级指标", "二级指标", "三级指标"]
    values = ["实施周期指标值", "年度指标值", "得分"] if scored else ["实施周期指标值", "年度指标值"]
    # The grid has one column more than labels: the first column is the block's own label.
    widths.insert(0, 0.7)
    for row in rows:
        row[0].column_span = 2
    rows.append([Cell("绩效指标", count), *[Cell(head) for head in heads], *[Cell(value) for value in values]])
    first = _runs([i[0] for i in p.items])
    second = _runs([i[0] + i[1] for i in p.items])
    for place, item in enumerate(p.items):
        row = [Cell(item[0], first[place])] if first[place] else []
        row += [Cell(item[1], second[place])] if second[place] else []
        row += [Cell(item[2]), Cell(item[3]), Cell(item[4])] + ([Cell(str(place % 10 + 1))] if scored else [])
        rows.append(row)
    return Table("form", widths, rows, 0, title)
