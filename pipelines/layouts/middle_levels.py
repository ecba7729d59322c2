"""Levels printed in the middle of the rows that they stand for, where a form draws no merged cells (Huangshi).

Belongs here: finding the only way to share the rows out. Does not guess: where more than one way, or none, puts every name
into the middle of its rows, the document is refused.
"""

from __future__ import annotations

from pipelines.layouts.grid_header import GridGroup, GridHeader
from pipelines.layouts.labels import grid_label, normalise_label
from pipelines.layouts.rows import UnreadableForm
from pipelines.layouts.sheet import Sheet
from pipelines.raw.table import Cell

Levels = dict[int, Cell]
_MOST = 200  # more ways than that are no way
# What a level-2 name begins with → words in the level-1 names that it stands under, by both rule sets.
_HOMES = {
    **dict.fromkeys(("数量", "质量", "时效"), ("产出", "完成")),
    **dict.fromkeys(("经济效益", "社会效益", "生态效益", "环境效益", "可持续"), ("效益", "效果", "结果")),
    **dict.fromkeys(("经济成本", "社会成本", "生态环境成本"), ("成本",)),
    **dict.fromkeys(("服务对象", "受益对象", "社会公众", "满意度"), ("满意", "效益", "效果", "结果")),
}


def middle_levels(sheet: Sheet, header: GridHeader, group: GridGroup) -> tuple[Levels, Levels] | None:
    """The level-1 and level-2 cell of every row, or None for a grid whose levels may be carried down.

    They may not where that leaves a row without a level that later rows print, or puts a level-2 name under a level 1 that
    it never belongs to. Raises ``UnreadableForm`` where no other way, or more than one, shares the rows out.
    """
    name, level1, level2 = group.first("name"), group.first("level1"), group.first("level2")
    if name is None or level1 is None:
        return None
    rows = _body(sheet, header, name)
    if not rows or any(cell.row_span > 1 for row in rows if (cell := _text(sheet, row, level1))):
        return None
    if _can_be_carried(sheet, rows, level1, level2):
        return None
    found = [
        (firsts, seconds)
        for rounded in (0, 1)
        for firsts in _tilings(sheet, rows, level1, rounded)
        for seconds in _nested(sheet, rows, firsts, level2, rounded)
        if _belong_together(firsts, seconds)
    ]
    if len({_signature(one) for one in found}) == 1:
        return found[0]
    raise UnreadableForm(
        "levels_ambiguous",
        "一级、二级指标没有写在首行，也没有合并单元格，无法确定所属的行 (levels printed beside no first row)",
        str(sheet.form.place(rows[0])),
    )


def _body(sheet: Sheet, header: GridHeader, name: int) -> list[int]:
    """The rows right under the header that name an indicator."""
    rows = []
    for row in range(header.last + 1, sheet.row_count):
        cell = sheet.owner(row, name)
        if cell is not None and grid_label(cell.text) is not None:
            continue  # the header again, on another page
        if cell is None or cell.column != name or not cell.text.strip():
            break
        rows.append(row)
    return rows


def _can_be_carried(sheet: Sheet, rows: list[int], level1: int, level2: int | None) -> bool:
    firsts: Levels = {}
    seconds: Levels = {}
    for before, row in zip([-1, *rows], rows, strict=False):
        above = firsts.get(before)
        own = _text(sheet, row, level1)
        first = own or above
        second = _text(sheet, row, level2) if level2 is not None else None
        if second is None and own is None:
            second = seconds.get(before)
        firsts |= {row: first} if first else {}
        seconds |= {row: second} if second else {}
    has_second = level2 is not None and any(_text(sheet, row, level2) for row in rows)
    prints_first = any(_text(sheet, row, level1) for row in rows)
    lacks_first = prints_first and len(firsts) < len(rows)
    lacks_second = (
        has_second and any(row not in seconds for row in rows) and not _has_blank_blocks(rows, firsts, seconds)
    )
    return not lacks_first and not lacks_second and _belong_together(firsts, seconds)


def _has_blank_blocks(rows: list[int], firsts: Levels, seconds: Levels) -> bool:
    """Whether the rows without a level 2 are whole level-1 blocks: a level that has no second one."""
    lacking = {firsts[row].row for row in rows if row not in seconds and row in firsts}
    return not any(row in seconds and firsts[row].row in lacking for row in rows if row in firsts)


def _text(sheet: Sheet, row: int, column: int) -> Cell | None:
    cell = sheet.owner(row, column)
    return cell if cell is not None and cell.text.strip() else None


def _tilings(sheet: Sheet, rows: list[int], column: int, rounded: int) -> list[Levels]:
    """Every way to share rows out into blocks with their name in the middle; ``rounded``: which of two middles it is."""
    places = [place for place, row in enumerate(rows) if _text(sheet, row, column) is not None]
    return [
        {
            rows[at]: cell
            for start, end, place in blocks
            if (cell := _text(sheet, rows[place], column))
            for at in range(start, end)
        }
        for blocks in _block_lists(0, places, len(rows), rounded)
    ]


def _block_lists(start: int, places: list[int], count: int, rounded: int) -> list[list[tuple[int, int, int]]]:
    """Lists of (start, end, place of the name) that fill ``count`` rows; at most a few, as each end has two choices."""
    if not places:
        return [[]] if start == count else []
    place, rest = places[0], places[1:]
    ends = [
        end
        for end in range(place + 1, (rest[0] if rest else count) + 1)
        if start + (end - 1 - start + rounded) // 2 == place
    ]
    return [[(start, end, place), *others] for end in ends for others in _block_lists(end, rest, count, rounded)]


def _nested(sheet: Sheet, rows: list[int], firsts: Levels, level2: int | None, rounded: int) -> list[Levels]:
    """Every way to share the rows of each level-1 block out among its level-2 names."""
    if level2 is None:
        return [{}]
    found: list[Levels] = [{}]
    for block in _blocks(rows, firsts):
        found = [{**known, **more} for known in found for more in _tilings(sheet, block, level2, rounded)][:_MOST]
    return found


def _belong_together(firsts: Levels, seconds: Levels) -> bool:
    """Whether no level-2 name stands under a level 1 that it never belongs to."""
    for row, cell in seconds.items():
        key = normalise_label(cell.text)
        home = next((names for word, names in _HOMES.items() if key.startswith(word)), None)
        if row in firsts and home and not any(name in normalise_label(firsts[row].text) for name in home):
            return False
    return True


def _signature(found: tuple[Levels, Levels]) -> tuple[tuple[int, int, int], ...]:
    return tuple((row, cell.row, cell.column) for levels in found for row, cell in sorted(levels.items()))


def _blocks(rows: list[int], firsts: Levels) -> list[list[int]]:
    blocks: list[list[int]] = []
    for row in rows:
        if blocks and firsts[blocks[-1][0]] is firsts[row]:
            blocks[-1].append(row)
        else:
            blocks.append([row])
    return blocks
