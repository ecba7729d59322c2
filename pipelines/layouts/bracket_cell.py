"""Cells that list indicators in brackets: ``【产出指标-数量指标】指标1:机柜数量(≥77台)；…`` (Huangshan) → indicators.

Belongs here: the records, their places in the cell, and refusing a cell that is not wholly made of them. Does not read a
value.
"""

from __future__ import annotations

import re

from pipelines.layouts.drafts import ProjectDraft, indicator_name
from pipelines.layouts.rows import ANNUAL, IndicatorRow, Place, TargetText, UnreadableForm

_HEAD = re.compile(r"【\s*([^【】\-—－–_/]+?)\s*[-—－–_/]+\s*([^【】]+?)\s*】")
_NEXT = re.compile(r"(?<=[)）\]])\s*[，；;,。、]?\s*(?=指标\s*[0-9]+\s*[:：.、])")
_EDGE = "，；;,。、 \n\t　"
_CLOSING = {")": "(", "）": "（"}


def read_bracket_cell(text: str, place: Place, project: ProjectDraft) -> list[IndicatorRow]:
    """The cell's indicators, in printed order. Raises ``UnreadableForm`` where a stretch of it is no record."""
    heads = list(_HEAD.finditer(text))
    if not heads or text[: heads[0].start()].strip(_EDGE):
        raise _unreadable(text[: heads[0].start()] if heads else text, place)
    found: list[IndicatorRow] = []
    for position, head in enumerate(heads):
        end = heads[position + 1].start() if position + 1 < len(heads) else len(text)
        for start, stop in _records(text, head.end(), end):
            name, (value_start, value_end) = _name_and_value(text, start, stop, place)
            target = TargetText(ANNUAL, text[value_start:value_end], place, start=value_start, end=value_end)
            found.append(
                IndicatorRow(
                    project_number=project.number,
                    number=len(project.indicators) + len(found) + 1,
                    level1_text=head.group(1),
                    level2_text=head.group(2),
                    name=name,
                    place=place,
                    targets=(target,),
                    start=head.start() if start == head.end() else start,
                    end=stop,
                )
            )
    return found


def _records(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The stretches of one head's indicators, without the separators at their ends."""
    cuts = [start, *(match.end() for match in _NEXT.finditer(text, start, end)), end]
    stretches = []
    for begin, stop in zip(cuts, cuts[1:], strict=False):
        while begin < stop and text[begin] in _EDGE:
            begin += 1
        while stop > begin and text[stop - 1] in _EDGE:
            stop -= 1
        if begin < stop:
            stretches.append((begin, stop))
    return stretches


def _name_and_value(text: str, start: int, stop: int, place: Place) -> tuple[str, tuple[int, int]]:
    """The last bracket of a record holds its value, brackets inside it included."""
    closing = text[stop - 1]
    depth, at = 0, stop
    while at > start and closing in _CLOSING:
        at -= 1
        depth += (text[at] in ")）") - (text[at] in "(（")
        if depth == 0:
            break
    name = indicator_name(text[start:at].replace("\n", ""))
    if closing not in _CLOSING or depth or not name:
        raise _unreadable(text[start:stop], place)
    return name, (at + 1, stop - 1)


def _unreadable(stretch: str, place: Place) -> UnreadableForm:
    message = "打包单元格中的这段文字不是完整的指标记录 (not a complete indicator record)"
    return UnreadableForm("record_unreadable", message, str(place), stretch[:200])
