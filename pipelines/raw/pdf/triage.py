"""A look at a PDF before its tables are read: which pages are pictures, which texts have no characters behind them.

Belongs here: the counts pdfium gives in milliseconds – pages, characters, Han, objects, picture cover – and the
refusals that follow from them (formats.md §4.2, §8).
Does not read tables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.raw.refusal import RefusedDocument

MOST_PAGES = 2000
MOST_OBJECTS = 200_000
MOST_CHARACTERS = 100_000
_FEW_CHARACTERS = 20
_COVERED = 0.6
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# What a text layer gives for glyphs whose character it does not know.
_BAD = re.compile(r"[\ue000-\uf8ff\ufffd\u0000-\u0008\u000b\u000c\u000e-\u001f]")


@dataclass(frozen=True)
class PageCounts:
    """What pdfium sees on a page; ``cover`` is the share of the page under its largest picture."""

    number: int
    characters: int
    han: int
    bad: int
    cover: float
    paths: int
    letters: int


def triage(data: bytes) -> list[PageCounts]:
    """Counts of every page; raises RefusedDocument for encrypted, endless, crowded and unreadable documents."""
    import pypdfium2  # type: ignore[import-untyped]  # has no types

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise RefusedDocument("encrypted", "PDF 已加密：请取得不带密码的版本 (a password is needed)") from error
        raise RefusedDocument("damaged", f"PDF 结构损坏（{error}）：请重新下载 (broken PDF)") from error
    try:
        if len(document) > MOST_PAGES:
            raise RefusedDocument("hostile_structure", f"PDF 有 {len(document)} 页：请拆分后重试 (too many pages)")
        pages = [_counts(document, number) for number in range(len(document))]
    finally:
        document.close()
    if not pages:
        raise RefusedDocument("damaged", "PDF 没有页面：请重新下载 (no pages)")
    _refuse_unreadable(pages)
    return pages


def _counts(document: object, index: int) -> PageCounts:
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]  # has no types

    page = document[index]  # type: ignore[index]  # pypdfium2 has no types
    number = index + 1
    objects = pdfium.FPDFPage_CountObjects(page)
    if objects > MOST_OBJECTS:
        raise RefusedDocument(
            "hostile_structure", f"第 {number} 页有 {objects} 个对象：不是真实页面 (too many objects)"
        )
    area = max(page.get_width() * page.get_height(), 1.0)
    cover, paths, segments = 0.0, 0, 0
    for place in range(objects):
        item = pdfium.FPDFPage_GetObject(page, place)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            paths += 1
            segments += pdfium.FPDFPath_CountSegments(item)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            cover = max(cover, _area(pdfium, item) / area)
        elif kind == pdfium.FPDF_PAGEOBJ_FORM:
            paths += 1
            segments += max(0, pdfium.FPDFFormObj_CountObjects(item))
    if segments > MOST_OBJECTS:
        raise RefusedDocument(
            "hostile_structure", f"第 {number} 页有 {segments} 段线条：不是真实页面 (too many path pieces)"
        )
    layer = page.get_textpage()
    characters = layer.count_chars()
    if characters > MOST_CHARACTERS:
        raise RefusedDocument(
            "hostile_structure", f"第 {number} 页有 {characters} 个字符：不是真实页面 (too many characters)"
        )
    text = layer.get_text_range() if characters else ""
    layer.close()
    page.close()
    bare = re.sub(r"\s+", "", text)
    letters = sum(character.isalpha() for character in bare)
    return PageCounts(
        number, len(bare), len(_HAN.findall(bare)), len(_BAD.findall(bare)), min(cover, 1.0), paths, letters
    )


def _area(pdfium: object, item: object) -> float:
    from ctypes import byref, c_float

    left, bottom, right, top = c_float(), c_float(), c_float(), c_float()
    found = pdfium.FPDFPageObj_GetBounds(item, byref(left), byref(bottom), byref(right), byref(top))  # type: ignore[attr-defined]
    return (right.value - left.value) * (top.value - bottom.value) if found else 0.0


def is_scanned(page: PageCounts) -> bool:
    """A picture over most of the page and next to no text."""
    return page.characters < _FEW_CHARACTERS and page.cover >= _COVERED


def _refuse_unreadable(pages: list[PageCounts]) -> None:
    """Refuse a document whose text layer does not say its characters; scanned pages are judged by the reader."""
    mute = [page for page in pages if _is_mute(page)]
    if mute:
        where = page_list([page.number for page in mute])
        message = (
            f"第 {where} 页的文字没有 Unicode 对照，复制出来是乱码：请取得 DOCX、网页或重新导出的 PDF (no Unicode map)"
        )
        raise RefusedDocument("no_unicode_map", message)


def _is_mute(page: PageCounts) -> bool:
    """Unknown characters, or a page of letters without one Han character. A page of figures has few letters."""
    strange = page.characters > 200 and page.han == 0 and page.letters > 0.4 * page.characters
    return strange or page.bad > max(5, 0.01 * page.characters)


def page_list(numbers: list[int]) -> str:
    """1、2、5–9: page numbers for a message, at most six pieces."""
    pieces: list[list[int]] = []
    for number in numbers:
        if pieces and number == pieces[-1][-1] + 1:
            pieces[-1].append(number)
        else:
            pieces.append([number])
    shown = [str(piece[0]) if len(piece) == 1 else f"{piece[0]}–{piece[-1]}" for piece in pieces]
    return "、".join(shown[:6]) + (" 等" if len(shown) > 6 else "")
