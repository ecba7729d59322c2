"""What a document says of itself around its table: title, department, fiscal year, document type, money unit.

Belongs here: recognising those few lines. Does not look into the table, and never supplies a default.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from pipelines.layouts.labels import money_factors, normalise_label
from pipelines.layouts.rows import UnreadableForm

_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2}) *(?:年度?|财年)")
_DEPARTMENT = re.compile(
    r"^(?:部门名称|部门单位名称|预算部门|主管部门|单位名称|编制单位)[:：](.+?)(?:\s*(?:金额|货币)?单位[:：].*)?$"
)  # both may be set on one line
_MONEY_UNIT = re.compile(r"(?:金额单位|货币单位|单位)[:：]([^)）\s]+)")
_NUMBERING = re.compile(r"(?:附件?|附表|公开表?|预算公开表|表)\s*[0-9一二三四五六七八九十]+(?:-[0-9]+)?[:：]?")
# The kind of form is in its title; a self-evaluation's title may also say 目标, so it is asked first.
_TYPES = (
    ("self_evaluation", re.compile(r"自评|评价表|完成情况")),
    ("target", re.compile(r"绩效目标")),
)


@dataclass(frozen=True)
class Identity:
    """The stated facts. ``title_year`` is None when the title names no year."""

    title: str
    department_name: str
    title_year: int | None
    document_type: str
    money_unit: str


def read_identity(lines: list[str]) -> Identity:
    """Read the lines around a table. Raises ``UnreadableForm`` for what is not stated or stated twice differently."""
    texts = [text for line in lines if (text := line.strip())]
    title, document_type = _title(texts)
    year = _YEAR.search(unicodedata.normalize("NFKC", title))
    return Identity(
        title=title,
        department_name=_department(texts, title),
        title_year=int(year.group(1)) if year else None,
        document_type=document_type,
        money_unit=_money_unit(texts),
    )


def is_identity_line(text: str) -> bool:
    """Whether a line is one of those that are read here, or a table's or annex's number."""
    is_title = "绩效" in text and any(pattern.search(text) for _, pattern in _TYPES)
    return bool(is_title or _DEPARTMENT.match(text) or _MONEY_UNIT.search(text) or _NUMBERING.fullmatch(text))


def _title(texts: list[str]) -> tuple[str, str]:
    for text in texts:
        for document_type, pattern in _TYPES:
            if "绩效" in text and pattern.search(text):
                return text, document_type
    seen = "；".join(texts[:3])
    raise UnreadableForm(
        "title_missing", "表前没有“…绩效目标表”或“…自评表”一类的标题 (no title of a known form)", "表前文字", seen
    )


def _department(texts: list[str], title: str) -> str:
    stated = {match.group(1).strip() for text in texts if (match := _DEPARTMENT.match(text))}
    if len(stated) > 1:
        raise UnreadableForm(
            "department_conflict",
            "部门名称前后不一 (several departments stated)",
            "表前文字",
            "；".join(sorted(stated)),
        )
    if stated:
        return stated.pop()
    before_year = _YEAR.split(title)[0].strip()
    if before_year and before_year != title:
        return before_year
    raise UnreadableForm("department_missing", "没有写明部门名称 (no department stated)", "表前文字", title)


def _money_unit(texts: list[str]) -> str:
    stated = {normalise_label(match.group(1)) for text in texts for match in _MONEY_UNIT.finditer(text)}
    stated = {unit for unit in stated if unit.endswith("元")}
    unknown = stated - set(money_factors())
    if unknown:
        raise UnreadableForm(
            "money_unit_unknown", f"金额单位“{unknown.pop()}”不在词表中 (unknown money unit)", "表前文字"
        )
    if len(stated) != 1:
        problem = "没有写明" if not stated else "前后不一"
        raise UnreadableForm(
            "money_unit_missing",
            f"金额单位{problem} (money unit missing or ambiguous)",
            "表前文字",
            "；".join(texts[:5]),
        )
    return stated.pop()
