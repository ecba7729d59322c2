"""The page under construction: rows with spans, blocks of lines and tables, and the truth that grows with them.

Belongs here: what every family shares. Does not know a family.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bench.forms.content import Content, Item, Project
from bench.forms.labels import Taste
from bench.held_out_content import Cell, Table

COMPARATORS = {"≥": "ge", "≧": "ge", ">=": "ge", "大于等于": "ge", "≤": "le", "≦": "le", "<=": "le", "小于等于": "le",
               "=": "eq", "═": "eq", "等于": "eq", "＝": "eq"}  # fmt: skip
ENDINGS = re.compile(r"(指标|目标|值)$")
PLAIN_LEVEL2 = {
    "经济效益",
    "社会效益",
    "生态效益",
    "可持续影响",
    "服务对象满意度",
    "经济成本",
    "社会成本",
    "生态环境成本",
}


@dataclass
class Block:
    """Lines above a table, the table, lines below it."""

    before: list[str] = field(default_factory=list)
    table: Table | None = None
    after: list[str] = field(default_factory=list)


class Sheet:
    """Rows of cells that always fill ``columns`` columns."""

    def __init__(self, columns: int) -> None:
        """An empty table."""
        self.columns = columns
        self.rows: list[list[Cell]] = []
        self._covered: list[int] = []
        self.grid_row = 0  # where the indicator grid begins

    def _free(self) -> int:
        row = len(self.rows)
        return self.columns - (self._covered[row] if row < len(self._covered) else 0)

    def add(self, *cells: tuple[str, int] | tuple[str, int, int]) -> None:
        """One row: (text, columns) or (text, columns, rows); a width of 0 takes what the others leave."""
        free = self._free()
        used = sum(cell[1] for cell in cells)
        made = []
        for cell in cells:
            width = cell[1] or free - used
            height = cell[2] if len(cell) == 3 else 1
            made.append(Cell(cell[0], height, width))
            for row in range(len(self.rows) + 1, len(self.rows) + height):
                while len(self._covered) <= row:
                    self._covered.append(0)
                self._covered[row] += width
        total = sum(cell.column_span for cell in made)
        assert total == free, f"row {len(self.rows)}: {total} columns of {free}: {[c.text for c in made]}"
        self.rows.append(made)

    def pairs(self, taste: Taste, *pairs: tuple[str, str]) -> None:
        """One row of labels and values over all columns."""
        count = len(pairs)
        free = self._free()
        wide = 2 if free >= 3 * count + 1 and taste.draw.random() < 0.5 else 1
        values = free - wide * count
        shares = [values // count + (1 if n < values % count else 0) for n in range(count)]
        self.add(*[cell for (a, b), share in zip(pairs, shares, strict=True) for cell in ((a, wide), (b, share))])

    def table(self, name: str, widths: list[float] | None = None, head: int = 0) -> Table:
        """The finished table."""
        return Table(name, widths or [1.0] * self.columns, self.rows, head)


class Form:
    """One document: its content, its taste, its blocks and its truth."""

    def __init__(self, content: Content, taste: Taste, family: str, document_type: str) -> None:
        """An empty page."""
        self.content = content
        self.taste = taste
        self.blocks: list[Block] = []
        self.money_unit = taste.draw.choice(["万元", "万元", "元"])
        self.title_lines: list[str] = []
        self.in_cell = False  # the unit stands in each money cell
        self.thousands = taste.chance(0.3)
        self.sign_style: dict[str, str] = {}
        if taste.chance(0.35):
            self.sign_style = dict(zip("≥≤=", taste.draw.choice(["≧≦＝", "≧≦═"]), strict=True))
        elif taste.chance(0.25):
            self.sign_style = taste.draw.choice([{"≥": ">=", "≤": "<="}, {"≥": "不低于", "≤": "不超过"}])
        self.percent = "％" if taste.chance(0.15) else "%"
        self.level_style = taste.pick("full", "full", "bare", "mixed")
        self.truth: dict[str, Any] = {
            "family": family, "title": None, "department_name": content.department, "fiscal_year": content.year,
            "folder_year": None, "document_type": document_type, "money_unit": self.money_unit, "numbered": True,
            "projects": [], "indicators": [], "execution": [], "total_score": [], "forbidden": content.forbidden, "ignored": [],
        }  # fmt: skip

    def amount(self, yuan: Decimal | None) -> str:
        """An amount as this document prints money."""
        if yuan is None:
            return ""
        value = yuan / 10000 if self.money_unit == "万元" else yuan
        digits = f"{value:,.2f}" if self.thousands else f"{value:.2f}"
        if value == value.to_integral_value() and self.taste.chance(0.5):
            digits = digits.removesuffix(".00")
        return digits + (self.money_unit if self.in_cell else "")

    def add_project(self, project: Project, **more: Any) -> dict[str, Any]:
        """The truth of a project; what this form does not print is overwritten through ``more``."""
        if self.taste.chance(0.12) and not project.goal.startswith("目标1"):
            parts = project.goal.rstrip("。").split("；")
            project.goal = "\n".join(f"目标{n}：{part}；" for n, part in enumerate(parts, start=1))
        record = {
            "no": len(self.truth["projects"]) + 1, "unit_name": project.unit, "project_name": project.name,
            "project_code": None, "goal_annual": project.goal, "goal_cycle": None, "goal_done": None, "amounts": [], **more,
        }  # fmt: skip
        self.truth["projects"].append(record)
        return record

    def state_amount(self, source: str, yuan: Decimal | None, horizon: str = "annual") -> str:
        """Print an amount of the last project, and remember it unless it is blank."""
        text = self.amount(yuan)
        if yuan is not None:
            self.truth["projects"][-1]["amounts"].append(
                {"source": source, "horizon": horizon, "stated_text": text, "amount_cny": f"{yuan:.2f}"}
            )
        return text

    def sign(self, item: Item) -> str:
        """The comparator as this document writes it inside values."""
        return self.sign_style.get(item.sign, item.sign)

    def value(self, item: Item, horizon: str = "annual") -> str:
        """A whole target text."""
        sign = self.sign(item)
        if sign == "=" and item.sign == "=":
            sign = "" if self.taste.draw.random() < 0.6 else "="
        if item.sign and self.taste.chance(0.015):
            return f"{sign}{self.taste.draw.choice(['**', '****', ' '])}{item.unit}"  # a template nobody filled in
        text = item.text(horizon, sign).replace("%", self.percent)
        return item.name + text if item.sign and self.taste.chance(0.02) else text

    def set_levels(self, project: Project, suffixes: bool = False) -> None:
        """How this document words the levels; ``suffixes`` adds the points of each level 1: 产出指标(50分)."""
        points: dict[str, Decimal] = {}
        for item in project.items:
            points[item.level1] = points.get(item.level1, Decimal(0)) + Decimal(item.weight)
        for item in project.items:
            first, second = item.level1, item.level2
            if self.level_style == "bare" or (self.level_style == "mixed" and first != "产出指标"):
                second = ENDINGS.sub("", second) if first != "产出指标" or self.level_style == "bare" else second
            item.level1_text = f"{first}({points[first]}分)" if suffixes else first
            item.level2_text = second
        if suffixes and self.taste.chance(0.3):
            inner: dict[str, Decimal] = {}
            for item in project.items:
                inner[item.level2] = inner.get(item.level2, Decimal(0)) + Decimal(item.weight)
            for item in project.items:
                item.level2_text += f"({inner[item.level2]}分)"

    def add_indicator(self, project: dict[str, Any], item: Item, targets: list[dict[str, Any]], **more: Any) -> None:
        """The truth of one printed indicator."""
        for one in targets:
            one.setdefault("means", meaning(item, one))
        number = 1 + sum(1 for one in self.truth["indicators"] if one["project_no"] == project["no"])
        level2 = ENDINGS.sub("", item.level2)
        self.truth["indicators"].append(
            {
                "project_no": project["no"],
                "no": number,
                "level1_text": item.level1_text,
                "level2_text": item.level2_text,
                "level1": item.level1,
                "level2": level2 if level2 in PLAIN_LEVEL2 else item.level2,
                "name": item.name,
                "targets": targets,
                **more,
            }  # fmt: skip
        )

    def table_block(self, sheet: Sheet, before: list[str], after: list[str], widths: list[float] | None = None) -> None:
        """Close a table; ``before`` sometimes becomes the table's own first rows, ``after`` its last ones."""
        if len(before) > 1 and self.taste.chance(0.15):
            before = ["\n".join(before[:2]), *before[2:]]
        if self.taste.chance(0.08) and self._split(sheet, before, after, widths):
            return
        if before and self.taste.chance(0.35):
            sheet.rows[:0] = [[Cell(line, 1, sheet.columns)] for line in before]
            before = []
        if after and self.taste.chance(0.4):
            sheet.rows += [[Cell(line, 1, sheet.columns)] for line in after]
            after = []
        self.blocks.append(Block(before, sheet.table("form", widths), after))

    def _split(self, sheet: Sheet, before: list[str], after: list[str], widths: list[float] | None) -> bool:
        """What stands above the grid as a table of its own, as Word leaves it at a page break."""
        at = sheet.grid_row
        height = [max(cell.row_span for cell in row) + n for n, row in enumerate(sheet.rows[:at]) if row]
        if not 0 < at < len(sheet.rows) or max(height) > at:
            return False
        wide = widths or [1.0] * sheet.columns
        self.blocks.append(Block(before, Table("top", wide, sheet.rows[:at])))
        self.blocks.append(Block([], Table("grid", wide, sheet.rows[at:]), after))
        return True


def meaning(item: Item, one: dict[str, Any]) -> dict[str, str] | None:
    """What a target's number says: comparator, value with 万 multiplied in, unit; ``None`` for words and blanks."""
    number = item.cycle if one["horizon"] == "cycle" else item.number
    if item.in_words or number not in one["text"]:
        return None
    return number_meaning(item.sign, number, item.unit)


def number_meaning(sign: str, number: str, unit: str) -> dict[str, str]:
    """As ``meaning``, of a number that is not the indicator's own."""
    large = unit.startswith("万")
    value = Decimal(number) * (10000 if large else 1)
    return {"comparator": COMPARATORS[sign], "value": f"{value.normalize():f}", "unit": unit[1:] if large else unit}


def target(horizon: str, text: str, item: Item | None = None, sign: str | None = None, **more: Any) -> dict[str, Any]:
    """A target's truth; with ``sign`` the comparator and the unit stand in columns of their own."""
    found = {"horizon": horizon, "area": None, "text": text, "comparator": None, "unit": None}
    if item is not None and sign is not None:
        found["comparator"] = COMPARATORS.get(sign)
        found["stated_comparator"] = sign
        found["unit"] = item.unit or None
    return {**found, **more}
