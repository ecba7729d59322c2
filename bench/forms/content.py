"""What a form says before it is laid out: projects with money, goals and indicators, drawn by lot.

Does not know how a family prints it: the variants do.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import Decimal

from bench.forms import vocabulary as words

SIGN_WORDS = {"≥": "大于等于", "≤": "小于等于", "=": "等于"}


@dataclass
class Item:
    """One indicator. A target in words has no sign, number or unit; ``cycle`` is the long-term number or words."""

    level1: str
    level2: str
    name: str
    sign: str
    number: str
    unit: str
    cycle: str
    previous: str
    weight: str = ""
    score: str = ""
    actual: str = ""
    reason: str = ""
    level1_text: str = ""
    level2_text: str = ""

    @property
    def in_words(self) -> bool:
        """Whether the target is words."""
        return not self.unit

    def text(self, horizon: str = "annual", sign: str | None = None) -> str:
        """The target in one piece: ``≥95%``."""
        number = {"annual": self.number, "cycle": self.cycle, "previous": self.previous}[horizon]
        return f"{self.sign if sign is None else sign}{number}{self.unit}"

    @property
    def polarity(self) -> str:
        """正向 or 反向; 定性 for words."""
        return "定性" if self.in_words else ("反向" if self.sign == "≤" else "正向")


@dataclass
class Money:
    """One funding source with its budget, changed budget and spending, in yuan; ``None`` is a blank."""

    source: str
    label: str
    initial: Decimal | None
    adjusted: Decimal | None
    executed: Decimal | None
    cycle: Decimal | None
    fixed: bool = False  # the label is printed as it stands


@dataclass
class Project:
    """One project."""

    name: str
    code: str
    unit: str
    goal: str
    goal_cycle: str
    goal_done: str
    money: list[Money]
    items: list[Item]
    person: str
    phone: str
    category: str
    execution_score: str = ""
    total_score: str = ""


@dataclass
class Content:
    """What a whole document says."""

    department: str
    department_code: str
    year: int
    projects: list[Project]
    forbidden: list[str] = field(default_factory=list)


def draw_item(draw: random.Random, levels: tuple[str, str], known: set[str], year: int) -> Item:
    """An indicator of a category that the project has not got yet."""
    pool = [one for one in words.INDICATORS[levels] if one[0] not in known] or words.INDICATORS[levels]
    drawn = draw.choice(pool)
    name = str(drawn[0])
    known.add(name)
    if len(drawn) == 2:
        text = str(drawn[1]).replace("2023年", f"{year}年")
        return Item(*levels, name, "", text, "", text, text)
    sign, low, high, unit = str(drawn[1]), int(str(drawn[2])), int(str(drawn[3])), str(drawn[4])
    number = draw.randint(low, high)
    shares = unit == "%"
    cycle = number if shares else number * draw.randint(1, 4)
    previous = number if shares else max(0, number - draw.randint(0, max(1, number // 5)))
    fraction = draw.choice(["", "", "", ".5"]) if unit in ("公里", "万元") else ""
    return Item(*levels, name, sign, f"{number}{fraction}", unit, f"{cycle}{fraction}", str(previous))


def _levels(draw: random.Random, new_rules: bool) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if new_rules:
        found += [words.NEW_COST] * draw.randint(1, 2)
        found += [words.SOCIAL_COST] * draw.randint(0, 1) + [words.NATURE_COST] * draw.randint(0, 1)
    found += [words.NUMBER] * draw.randint(1, 4) + [words.QUALITY] * draw.randint(1, 2)
    found += [words.TIME] * draw.randint(1, 2)
    if not new_rules:
        found += [words.OLD_COST] * draw.randint(1, 2)
    found += [words.ECONOMY] * draw.randint(0, 1) + [words.SOCIETY] * draw.randint(1, 2)
    found += [words.ECOLOGY] * draw.randint(0, 1) + [words.LASTING] * draw.randint(0, 1)
    return found + [words.PLEASED] * draw.randint(1, 2)


def _shares(draw: random.Random, total: int, count: int) -> list[int]:
    """``count`` positive weights that make ``total``."""
    base = [total // count] * count
    base[-1] += total - sum(base)
    for _ in range(count):
        give, take = draw.randrange(count), draw.randrange(count)
        step = draw.randint(0, 2)
        if base[give] > step + 1:
            base[give] -= step
            base[take] += step
    return base


def draw_result(draw: random.Random, item: Item, weight: int) -> None:
    """Weight, actual value, score and reason."""
    item.weight = str(weight)
    missed = draw.random() < 0.25
    lost = draw.choice([Decimal("0.5"), Decimal(1), Decimal("1.25")]) if missed else Decimal(0)
    item.score = format(max(Decimal(weight) - lost, Decimal(0)), "f")
    if item.in_words:
        item.actual = draw.choice(["达成预期指标", item.number, "部分达成预期指标" if missed else "已完成"])
    else:
        number = Decimal(item.number)
        if missed:
            number = number + 1 if item.sign == "≤" else max(number - 1, Decimal(0))
        elif item.sign == "≥" and item.unit != "%":
            number += draw.randint(0, 3)
        item.actual = f"{number}{draw.choice([item.unit, item.unit, ''])}"
    item.reason = draw.choice(words.REASONS) if missed else draw.choice(["", "", "无"])


def _money(draw: random.Random) -> list[Money]:
    fiscal = Decimal(draw.randint(20000, 90000000)) / (100 if draw.random() < 0.3 else 1)
    fiscal = (fiscal / 100).quantize(Decimal(1)) * 100
    other = Decimal(draw.choice([0, 0, 0, 50000, 120000, 1355600]))

    def spent(amount: Decimal) -> Decimal:
        return (amount * draw.choice([100, 100, 96, 88, 73]) / 10000).quantize(Decimal(1)) * 100

    def row(source: str, label: str, amount: Decimal, done: Decimal) -> Money:
        return Money(source, label, amount, amount, done, amount * 3)

    done, done_other = spent(fiscal), spent(other)
    rest = Money("other", "其他资金", *[None] * 4) if not other and draw.random() < 0.4 else row(
        "other", "其他资金", other, done_other
    )  # fmt: skip
    return [
        row("total", "资金总额", fiscal + other, done + done_other),
        row("fiscal_appropriation", "财政拨款", fiscal, done),
        rest,
    ]


def draw_project(draw: random.Random, year: int, unit: str, name: str, new_rules: bool) -> Project:
    """A project with results: a target form prints only half of it."""
    known: set[str] = set()
    items = [draw_item(draw, levels, known, year) for levels in _levels(draw, new_rules)]
    for item, weight in zip(items, _shares(draw, 90, len(items)), strict=True):
        draw_result(draw, item, weight)
    goal = "；".join(draw.sample(words.GOAL_PARTS, draw.randint(2, 3))) + "。"
    lasting = "；".join(draw.sample(words.GOAL_PARTS, 2)) + "。"
    code = f"{draw.randint(110000, 659000)}{year % 100:02d}T{draw.randint(10**8, 10**9 - 1)}"
    phone = draw.choice(["0{0}-8{1:07d}", "1380{1:07d}"]).format(draw.randint(551, 799), draw.randint(0, 9999999))
    project = Project(
        name, code, unit, goal, lasting, "；".join(draw.sample(words.DONE_PARTS, 2)) + "。", _money(draw), items,
        draw.choice(words.PEOPLE), phone, draw.choice(words.CATEGORIES),
    )  # fmt: skip
    total = project.money[0]
    assert total.adjusted is not None and total.executed is not None
    project.execution_score = format((10 * total.executed / total.adjusted).quantize(Decimal("0.1")).normalize(), "f")
    project.total_score = format(sum(Decimal(i.score) for i in items) + Decimal(project.execution_score), "f")
    return project


def draw_content(draw: random.Random, projects: int = 1, new_rules: bool | None = None) -> Content:
    """A department, a year and its projects."""
    department = draw.choice(words.PLACES) + draw.choice(words.OFFICES)
    year = draw.randint(2019, 2025)
    new = year >= 2022 and draw.random() < 0.5 if new_rules is None else new_rules
    units = [department if draw.random() < 0.3 else department[:3].rstrip("县区市旗镇") + draw.choice(words.CENTRES)]
    units *= projects
    names = draw.sample(words.PROJECTS, projects)
    made = [draw_project(draw, year, unit, name, new) for unit, name in zip(units, names, strict=True)]
    code = draw.choice(["055", "219", "015001", "128"])
    return Content(department, code, year, made, [one for p in made for one in (p.person, p.phone)])
