"""Reader of PDF: whole tables with their cells, and the lines around them.

Belongs here: triage first, then page after page – rules, cells, characters – and the tables stitched over pages.
Does not recognise pictures of text, and refuses tables without rules unless low confidence is accepted.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.raw.flow import FlowTable, finished_table
from pipelines.raw.pdf.geometry import Fragment, TextLine
from pipelines.raw.pdf.library import prepare_library
from pipelines.raw.pdf.rules import fragments_of, rules_of
from pipelines.raw.pdf.stitch import Chain
from pipelines.raw.pdf.text import characters_of, give_characters_to_cells, lines_of
from pipelines.raw.pdf.triage import is_scanned, page_list, triage
from pipelines.raw.pdf.unruled import Guess, unruled_fragments, unruled_text
from pipelines.raw.refusal import RefusedDocument
from pipelines.raw.sniff import MEDIA_TYPES
from pipelines.raw.table import Cell, Position, RawDocument, RawTable

if TYPE_CHECKING:
    from pdfplumber.page import Page

READER = "pdf_reader"
_PAGE_NUMBER = re.compile(r"[-—–·\s]*(第?\s*\d{1,4}\s*页?)?\s*([/,，]?\s*共?\s*\d{1,4}\s*页?)?[-—–·\s]*")
_MARGIN = 0.12  # page numbers stand in this share of the page's height


@dataclass
class PageContent:
    """What one page holds: table fragments from top to bottom, and the lines outside them."""

    number: int
    height: float
    fragments: list[Fragment]
    lines: list[TextLine]
    guess: Guess | None = None


def read_pdf(sha256: str, data: bytes, accept_low_confidence: bool) -> RawDocument:
    """Read every ruled table. ``Position`` has page and box; a cell over two pages has two."""
    pages = triage(data)
    document = RawDocument(sha256, READER, MEDIA_TYPES["pdf"], None, tables=[])
    scanned = [page.number for page in pages if is_scanned(page)]
    if scanned and (not accept_low_confidence or len(scanned) == len(pages)):
        where = page_list(scanned)
        message = f"第 {where} 页是扫描图像，没有文字层：请取得可复制文字的版本，或人工录入 (scanned pages)"
        raise RefusedDocument("scanned", message)
    document.notes += [f"scanned_page:{number}" for number in scanned]
    contents = _contents(data)
    guesses = [content.guess for content in contents if content.guess]
    if guesses and not accept_low_confidence:
        where = page_list([guess.page for guess in guesses])
        message = f"第 {where} 页的表格没有完整框线，单元格只能猜测：请取得 DOCX、XLSX 或网页版本"
        raise RefusedDocument("no_rules", f"{message}，或用 --accept-low-confidence (tables without rules)")
    for fragment in unruled_fragments(guesses):
        contents[fragment.page - 1].fragments.append(fragment)
    furniture = _furniture(contents)
    tables, places = _stitched(contents, furniture)
    for number, table in enumerate(tables, start=1):
        document.tables.append(_raw_table(sha256, number, table))
    _surround(document, contents, places, furniture)
    if not tables:
        document.text = [
            line.text for content in contents for line in content.lines if not _is_page_number(line, content)
        ]
    return document


def _contents(data: bytes) -> list[PageContent]:
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    contents = []
    prepare_library()
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            for page in pdf.pages:
                contents.append(_content(page))
                page.close()
    except PDFPasswordIncorrect as error:
        raise RefusedDocument("encrypted", "PDF 已加密：请取得不带密码的版本 (a password is needed)") from error
    return contents


def _content(page: Page) -> PageContent:
    rules = rules_of(page)
    fragments = fragments_of(rules, page.page_number)
    height = float(page.height)
    outside = give_characters_to_cells(characters_of(page), fragments)
    edge = _MARGIN * height
    numbers = [line for line in lines_of(outside) if _stands_as_page_number(line, edge, height)]
    printed = [c for c in outside if not any(line.top - 1 <= c.y <= line.bottom + 1 for line in numbers)]
    guess = unruled_text(printed, rules, page.page_number) if not fragments else None
    held = set(guess.characters) if guess else set()
    lines = lines_of([character for character in outside if character not in held])
    return PageContent(page.page_number, height, fragments, lines, guess)


def _stands_as_page_number(line: TextLine, edge: float, height: float) -> bool:
    at_edge = line.bottom < edge or line.top > height - edge
    return at_edge and _PAGE_NUMBER.fullmatch(line.text) is not None


def _is_page_number(line: TextLine, content: PageContent) -> bool:
    return _stands_as_page_number(line, _MARGIN * content.height, content.height)


def _furniture(contents: list[PageContent]) -> set[tuple[str, int]]:
    """(text with digits masked, height) of lines that stand at the same height on two pages or more."""
    seen = Counter(key for content in contents for key in {_key(line) for line in content.lines})
    return {key for key, count in seen.items() if count >= 2}


def _key(line: TextLine) -> tuple[str, int]:
    return re.sub(r"\d+", "#", "".join(line.text.split())), round(line.top / 4)


def _is_furniture(line: TextLine, content: PageContent, furniture: set[tuple[str, int]]) -> bool:
    text, height = _key(line)
    return _is_page_number(line, content) or any((text, height + shift) in furniture for shift in (-1, 0, 1))


def _stitched(
    contents: list[PageContent], furniture: set[tuple[str, int]]
) -> tuple[list[Chain], list[tuple[int, int, Fragment]]]:
    """Tables in order, and (table, page index, fragment) of every fragment."""
    tables: list[Chain] = []
    places: list[tuple[int, int, Fragment]] = []
    for index, content in enumerate(contents):
        for order, fragment in enumerate(content.fragments):
            last = tables[-1] if tables else None
            if order == 0 and last is not None and last.goes_on(fragment):
                above = contents[index - 1]
                under = [line for line in above.lines if line.top > last.bottom - 1]
                over = [line for line in content.lines if line.bottom < fragment.box[1] + 1]
                ghosts = last.ghosts(fragment, under, over)
                between = [(line, above) for line in under if line not in ghosts]
                between += [(line, content) for line in over if line not in ghosts]
                if all(_is_furniture(line, page, furniture) for line, page in between):
                    top, bottom = fragment.box[1], fragment.box[3]
                    beside = [line for line in content.lines if top < line.top and line.bottom < bottom]
                    last.add(fragment, ghosts, beside)
                    above.lines = [line for line in above.lines if line not in ghosts]
                    content.lines = [line for line in content.lines if line not in ghosts and line not in beside]
                    places.append((len(tables) - 1, index, fragment))
                    continue
            tables.append(Chain(fragment))
            places.append((len(tables) - 1, index, fragment))
    return tables, places


def _raw_table(sha256: str, number: int, chain: Chain) -> RawTable:
    table = chain.joined()
    columns = table.columns()

    def column(x: float) -> int:
        return min(range(len(columns)), key=lambda place: abs(columns[place] - x))

    flow = FlowTable(None, row_count=table.row_count)
    for cell in table.cells:
        first, last = column(cell.left), column(cell.right)
        text = cell.text
        flow.cells.append(
            Cell(
                row=cell.first_row,
                column=first,
                text=text,
                row_span=cell.last_row - cell.first_row + 1,
                column_span=max(1, last - first),
                raw=text,
                positions=[Position(f"page:{page}", None, page, box) for page, box in cell.parts],
                flags=set(cell.flags),
            )
        )
    flow.cells.sort(key=lambda cell: (cell.row, cell.column))
    raw = finished_table(sha256, READER, number, flow)
    if any("low_confidence" in cell.flags for cell in raw.cells):
        raw.notes.append("low_confidence")
    if chain.repeated_heads:
        raw.notes.append(f"repeated_head_dropped:{chain.repeated_heads}")
    return raw


def _surround(
    document: RawDocument,
    contents: list[PageContent],
    places: list[tuple[int, int, Fragment]],
    furniture: set[tuple[str, int]],
) -> None:
    """Give each table the lines between it and its neighbours; what every page repeats counts at the first table."""
    events: list[tuple[int, float, int | None, TextLine | None]] = []
    first = places[0][1] if places else 0
    for table, index, fragment in places:
        events.append((index, fragment.box[1], table, None))
    for index, content in enumerate(contents):
        starts = index == first
        for line in content.lines:
            if not _is_page_number(line, content) and (starts or not _is_furniture(line, content, furniture)):
                events.append((index, line.top, None, line))
    events.sort(key=lambda event: (event[0], event[1]))
    gathered: list[str] = []
    last: int | None = None
    for _, _, number, printed in events:
        if printed is not None:
            gathered.append(printed.text.strip())
            if last is not None:
                document.tables[last].after.append(printed.text.strip())
        elif number is not None:
            if number != last:
                document.tables[number].before = gathered
            gathered, last = [], number
