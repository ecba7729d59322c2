"""What a document says of itself: title, department, fiscal year, document type, money unit.

Belongs here: recognising the few lines around and inside its tables, and deciding between them and what its forms state.
Never supplies a default: what nobody states quarantines the document.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.layouts.labels import money_factors, normalise_label
from pipelines.layouts.rows import UnreadableForm

_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2}) *(?:年度?|财年|\)|$)")
_YEAR_LINE = re.compile(r"\(?((?:19|20)[0-9]{2})?年?度?\)?")
_BEHIND = r"(?:\s+[^\s:：]{2,12}[:：].*|\s*(?:金额|货币|计量)?单位[:：].*|\s*(?:填报|填表|编制)?(?:日期|时间)[:：].*)?$"
_VALUE = rf"(?:\((?:盖章|公章|签章)\))?[:：]\s*(.+?){_BEHIND}"
_DEPARTMENT = re.compile(
    rf"^(?:部门名称|部门单位名称|部门\(单位\)名称|预算部门|预算部门名称|主管部门|主管部门名称|部门|编制部门|填报部门){_VALUE}"
)  # several facts may be set on one line
_UNIT = re.compile(rf"^(?:单位名称|编制单位|填报单位|编报单位|预算单位|申报单位|项目单位|实施单位){_VALUE}")
_MONEY_UNIT = re.compile(r"(?:金额单位|货币单位|计量单位|单位)[:：]([^)）\s]+)")
_NUMBERING = re.compile(
    r"(?:附件?|附表|公开表?|预算公开表|预算|表|样表|格式|样式)\s*[0-9一二三四五六七八九十]*(?:-[0-9]+)*[:：、.]?(?:表)?"
    r"|\(?第?[0-9一二三四五六七八九十]+(?:页|张表|号)?\)?"
)
_AFTER_YEAR = re.compile(
    r"年度?(.{2,30}?(?:局|委|委员会|厅|部|院|办|办公室|中心|政府|学校|中学|小学|会|处|馆|所|站|队|镇|乡|街道|大学|学院|集团|公司|社))"
    r"(?:部门|单位)?(?:预算)?(?:项目|专项|绩效|转移支付)"
)
# The kind of form is in its title; a self-evaluation's title may also say 目标, so it is asked first.
_TYPES = (
    ("self_evaluation", re.compile(r"自评|评价表|完成情况|自我评价|运行监控|评价情况")),
    ("target", re.compile(r"绩效目标|目标申报|绩效指标")),
)
_LONGEST_TITLE = 80


@dataclass(frozen=True)
class Identity:
    """The stated facts. ``title_year`` is None when the document names no year, ``money_unit`` when it names no unit."""

    title: str
    department_name: str
    title_year: int | None
    document_type: str
    money_unit: str | None
    has_department_line: bool = False  # 部门名称 over the tables is the department of all that they hold


@dataclass
class Stated:
    """What forms state beside their labels, in the order in which they do: the most telling first."""

    departments: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    years: list[int] = field(default_factory=list)
    money_units: list[str] = field(default_factory=list)


def read_identity(lines: list[str], stated: Stated | None = None) -> Identity:
    """Read the lines around a table, and what its forms state. Raises ``UnreadableForm`` for what nobody states."""
    texts = [text for line in lines if (text := line.strip())]
    stated = stated or Stated()
    title, document_type = _title(texts)
    _refuse_other_titles(title, texts)
    return Identity(
        title=title,
        department_name=_department(texts, title, stated),
        title_year=_year(texts, title, stated.years),
        document_type=document_type,
        money_unit=_money_unit(texts, stated.money_units),
        has_department_line=bool(_named(_DEPARTMENT, texts)),
    )


def _refuse_other_titles(title: str, texts: list[str]) -> None:
    """Forms under titles of their own must be of one year. Raises ``UnreadableForm`` where they are not."""
    titles = [title, *(line for line in texts if _is_title(line) and begins_form(line))]
    years = {found[1] for one in titles if (found := _YEAR.search(unicodedata.normalize("NFKC", one)))}
    if len(years) > 1:
        named = "、".join(sorted(years))
        message = f"各表标题的年度不同：{named} (forms of different years in one document)"
        raise UnreadableForm("fiscal_year_conflict", message, "标题", named)


def require_fiscal_year(identity: Identity, folder_year: int | None) -> int:
    """The folder's year, else the document's own. Raises ``UnreadableForm`` where neither states one."""
    year = folder_year if folder_year is not None else identity.title_year
    if year is None:
        message = "文件夹和标题都没有写明年度 (no fiscal year stated); put the file below inbox/<year>/"
        raise UnreadableForm("fiscal_year_missing", message, "标题", identity.title)
    return year


def require_money_unit(identity: Identity, lines: Sequence[str]) -> str:
    """The document's money unit. Raises ``UnreadableForm`` where it states none, or several."""
    if identity.money_unit is None:
        raise UnreadableForm(
            "money_unit_missing",
            "金额单位没有写明 (money unit missing or ambiguous)",
            "表前文字",
            "；".join([text for line in lines if (text := line.strip())][:5]),
        )
    return identity.money_unit


def is_identity_line(text: str) -> bool:
    """Whether a line is one of those that are read here, or a table's or annex's number."""
    key = normalise_label(text)
    is_facts = _DEPARTMENT.match(key) or _UNIT.match(key) or _MONEY_UNIT.search(key) or _NUMBERING.fullmatch(key)
    return bool(_is_title(text) or is_facts or (key and _YEAR_LINE.fullmatch(key)))


def begins_form(text: str) -> bool:
    """Whether a line under a form's notes is the next one's title or department, not a note more."""
    key = normalise_label(text)
    is_title = _is_title(text) and re.search(r"表(?:\([^()]*\))?$", key)
    return bool(is_title or _DEPARTMENT.match(key) or (_YEAR_LINE.fullmatch(key) and _YEAR_LINE.fullmatch(key)[1]))  # type: ignore[index]


def _is_title(text: str) -> bool:
    key = normalise_label(text)
    named = "绩效" in key and any(pattern.search(key) for _, pattern in _TYPES)
    return len(key) <= _LONGEST_TITLE and bool(named) and not re.search(r"[。；]", text)


def _title(texts: list[str]) -> tuple[str, str]:
    for text in texts:
        for document_type, pattern in _TYPES:
            if _is_title(text) and pattern.search(normalise_label(text)):
                return text, document_type
    seen = "；".join(texts[:3])
    raise UnreadableForm(
        "title_missing", "没有“…绩效目标表”或“…自评表”一类的标题 (no title of a known form)", "表前文字", seen[:200]
    )


def _department(texts: list[str], title: str, stated: Stated) -> str:
    """Its own line, then the form's label, then the title, then the spending unit: whichever states it first."""
    lines = _named(_DEPARTMENT, texts)
    if len(lines) > 1:
        message = "部门名称前后不一 (several departments stated)"
        raise UnreadableForm("department_conflict", message, "表前文字", "；".join(sorted(lines)))
    if lines:
        return lines.pop()
    if stated.departments:
        return stated.departments[0]
    folded = unicodedata.normalize("NFKC", title)
    before_year = _YEAR.split(folded)[0].strip(" (")
    if before_year and before_year != folded and "绩效" not in before_year:
        return before_year
    behind = _AFTER_YEAR.search("".join(folded.split()))
    if behind:
        return behind.group(1)
    units = sorted(_named(_UNIT, texts))
    if units or stated.units:
        return [*units, *stated.units][0]
    raise UnreadableForm("department_missing", "没有写明部门名称 (no department stated)", "表前文字", title)


def _named(pattern: re.Pattern[str], texts: list[str]) -> set[str]:
    """The names that such lines state, full-width punctuation folded for the comparison only."""
    found = [(text.strip(), pattern.match(unicodedata.normalize("NFKC", text.strip()))) for text in texts]
    return {text[match.start(1) : match.end(1)].strip() for text, match in found if match}


def _year(texts: list[str], title: str, stated: list[int]) -> int | None:
    """The title's year, else that of a line such as （2023年度）, else the form's own field."""
    found = _YEAR.search(unicodedata.normalize("NFKC", title))
    if found:
        return int(found.group(1))
    for text in texts:
        line = _YEAR_LINE.fullmatch(normalise_label(text))
        if line and line.group(1):
            return int(line.group(1))
    for text in texts:
        found = _YEAR.search(unicodedata.normalize("NFKC", text)) if _is_title(text) else None
        if found:
            return int(found.group(1))
    return stated[0] if stated else None


def _money_unit(texts: list[str], labels: list[str]) -> str | None:
    """The unit that the lines state, else the one that the labels state; None when there is none or more than one."""
    found_units = [match.group(1) for text in texts for match in _MONEY_UNIT.finditer(text)]
    lines = {normalise_label(unit) for unit in found_units}
    lines = {unit for unit in lines if unit.endswith("元")}
    unknown = lines - set(money_factors())
    if unknown:
        raise UnreadableForm(
            "money_unit_unknown", f"金额单位“{unknown.pop()}”不在词表中 (unknown money unit)", "表前文字"
        )
    found = lines or set(labels)
    return found.pop() if len(found) == 1 else None
