"""Draws the blocks of a form as HTML, XLSX, DOCX or a ruled PDF.

Does not choose what a form says, nor its rows: the families do.
"""

from __future__ import annotations

import io
import random
import re
from dataclasses import dataclass
from html import escape

from bench.forms.page import Block
from bench.held_out_content import Table
from bench.held_out_drawing import Style, _docx_table, _paragraph

FIXED_DATE = (1980, 1, 1, 0, 0, 0)  # the same bytes for the same seed
PLAIN_NUMBER = re.compile(r"-?\d{1,12}(\.\d+)?")
THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+\.\d\d")


@dataclass(frozen=True)
class Look:
    """How plain a document is drawn."""

    draw: random.Random
    wild: bool

    def chance(self, share: float) -> bool:
        """True in that share of wild documents."""
        return self.draw.random() < share and self.wild


def render(blocks: list[Block], kind: str, look: Look) -> bytes:
    """The document's bytes."""
    return {"html": html, "xlsx": xlsx, "docx": docx, "pdf": pdf}[kind](blocks, look)


def html(blocks: list[Block], look: Look) -> bytes:
    """A page; wild ones are GB18030 under another name, sit in a layout table, or carry Word's markup."""
    draw = look.draw
    parts = []
    for block in blocks:
        parts += [f"<p align=center>{escape(line)}</p>" for line in block.before]
        if block.table:
            parts.append(_html_table(block.table, look))
        parts += [f"<p>{escape(line)}</p>" for line in block.after]
    body = "\n".join(parts)
    if look.chance(0.3):
        body = f"<table width='980'><tr><td>{body}</td></tr></table>"
    if look.chance(0.5):
        body = (
            f"<div class='nav'><a href='#'>首页</a>&gt;<a href='#'>政务公开</a></div>{body}<div>打印本页 关闭窗口</div>"
        )
    declared, encoding = ("utf-8", "utf-8")
    if look.wild:
        declared, encoding = draw.choice(
            [("utf-8", "utf-8"), ("gb2312", "gb18030"), ("gbk", "gb18030"), ("utf-8", "gb18030"), ("", "gb18030")]
        )
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    page = f"<!DOCTYPE html>\n<html><head>{meta}<title>预算绩效公开</title></head>\n<body>\n{body}\n</body></html>\n"
    return page.encode(encoding)


def _html_table(table: Table, look: Look) -> str:
    word, spaces = look.chance(0.3), look.chance(0.5)
    empty = "<td></td>" * look.draw.choice([1, 3, 12]) if look.chance(0.08) else ""
    out = ["<table border=1 cellspacing=0>"]
    for row in table.rows:
        out.append("<tr>")
        for cell in row:
            spans = f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
            spans += f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
            text = escape(cell.text).replace("\n", "<br>") or ("&nbsp;" if spaces else "")
            if word:
                text = f'<p class=MsoNormal><span style="font-size:9pt">{text}</span></p>'
            out.append(f"<td{spans}>{text}</td>")
        out.append(f"{empty}</tr>")
    return "\n".join([*out, "</table>"])


def xlsx(blocks: list[Block], look: Look) -> bytes:
    """One sheet, or one for each form; wild ones hold numbers as numbers with a format."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Side

    workbook = Workbook()
    workbook.remove(workbook.active)
    apart, typed = look.chance(0.5), look.chance(0.6)
    side = Side(style="thin")
    sheet = workbook.create_sheet("绩效目标")
    at = 1
    for number, block in enumerate(blocks):
        if apart and number:
            sheet, at = workbook.create_sheet(f"项目{number + 1}"), 1
        width = len(block.table.widths) if block.table else 6
        for line in block.before:
            at = _line(sheet, at, width, line, True)
        if block.table:
            for r, c, cell in block.table.placed():
                place = sheet.cell(at + r, c + 1)
                _fill(place, cell.text, typed)
                place.alignment = Alignment("center", "center", wrap_text=True)
                place.border = Border(side, side, side, side)
                if cell.row_span > 1 or cell.column_span > 1:
                    end = at + r + cell.row_span - 1, c + cell.column_span
                    sheet.merge_cells(None, at + r, c + 1, *end)
            at += len(block.table.rows)
        for line in block.after:
            at = _line(sheet, at, width, line, False)
        at += 1 if not apart and look.chance(0.5) else 0
    import datetime

    workbook.properties.created = workbook.properties.modified = datetime.datetime(2020, 1, 1)
    file = io.BytesIO()
    workbook.save(file)
    return _fixed(file.getvalue())


def _line(sheet: object, at: int, width: int, text: str, merge: bool) -> int:
    sheet.cell(at, 1, text)  # type: ignore[attr-defined]
    if merge:
        sheet.merge_cells(None, at, 1, at, width)  # type: ignore[attr-defined]
    return at + 1


def _fill(place: object, text: str, typed: bool) -> None:
    """The text, or the number with the format that shows this text."""
    value: object = text or None
    if typed and PLAIN_NUMBER.fullmatch(text) and not (text.startswith("0") and text[1:2].isdigit()):
        digits = len(text.partition(".")[2])
        value = float(text) if digits else int(text)
        place.number_format = f"0.{'0' * digits}" if digits else "General"  # type: ignore[attr-defined]
    elif typed and THOUSANDS.fullmatch(text):
        value = float(text.replace(",", ""))
        place.number_format = "#,##0.00"  # type: ignore[attr-defined]
    elif typed and re.fullmatch(r"\d+\.\d\d%", text):
        value = round(float(text[:-1]) / 100, 6)
        place.number_format = "0.00%"  # type: ignore[attr-defined]
    elif typed and re.fullmatch(r"\d{1,3}%", text):
        value = int(text[:-1]) / 100
        place.number_format = "0%"  # type: ignore[attr-defined]
    place.value = value  # type: ignore[attr-defined]
    if isinstance(value, str):
        place.data_type = "s"  # type: ignore[attr-defined]  # "=8个" is a text, not a formula


def _fixed(data: bytes) -> bytes:
    """A ZIP file with the same times in it whenever it is written."""
    import zipfile

    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2020-01-01T00:00:00Z", content)
            info = zipfile.ZipInfo(entry.filename, FIXED_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(info, content)
    return file.getvalue()


def _style(look: Look, columns: int) -> Style:
    style = Style.drawn(look.draw)
    style.size = look.draw.choice([7, 8]) if columns > 8 else look.draw.choice([8, 9, 10])
    style.landscape = columns > 7 or style.landscape
    style.padding = min(style.padding, 60)
    if not look.wild:
        style.border, style.margin = ("single", 4), 900
    return style


def docx(blocks: list[Block], look: Look) -> bytes:
    """A Word file of paragraphs and tables."""
    import zipfile

    columns = max((len(b.table.widths) for b in blocks if b.table), default=4)
    style = _style(look, columns)
    wide, high = (16838, 11906) if style.landscape else (11906, 16838)
    body = []
    for block in blocks:
        body += [_paragraph(line, 14 if n == 0 else style.size, True) for n, line in enumerate(block.before)]
        if block.table:
            body.append(_docx_table(block.table, style, wide - 2 * style.margin))
        body += [_paragraph(line, style.size) for line in block.after] or ["<w:p/>"]
    orient = ' w:orient="landscape"' if style.landscape else ""
    margins = " ".join(f'w:{side}="{style.margin}"' for side in ("top", "bottom", "left", "right"))
    section = (
        f'<w:sectPr><w:pgSz w:w="{wide}" w:h="{high}"{orient}/><w:pgMar {margins} w:header="400" w:footer="400" '
        'w:gutter="0"/></w:sectPr>'
    )
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{word}.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="rId1" Type="{office}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {space}><w:body>{''.join(body)}{section}</w:body></w:document>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, FIXED_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + content)
    return file.getvalue()


def pdf(blocks: list[Block], look: Look) -> bytes:
    """A ruled PDF (reportlab); on one tall page where a merged cell cannot be broken."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import SimpleDocTemplate
    from reportlab.platypus.doctemplate import LayoutError

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = _style(look, max((len(b.table.widths) for b in blocks if b.table), default=4))
    text = ParagraphStyle("c", fontName="STSong-Light", fontSize=style.size, leading=style.size * 1.3, wordWrap="CJK")
    wide, high = landscape(A4) if style.landscape else A4
    # Closing punctuation hangs over the text's edge, as in Word: with little padding it hangs over the rule, too.
    padding = look.draw.choice([3, 5.4, 5.4, 6]) if look.wild else 5.4
    for height in (high, 3000):
        file = io.BytesIO()
        margins = {"leftMargin": 36, "rightMargin": 36, "topMargin": 40, "bottomMargin": 40}
        document = SimpleDocTemplate(file, pagesize=(wide, height), invariant=1, **margins)
        try:
            document.build(_story(blocks, style, text, wide - 84, padding))
        except LayoutError:
            continue
        return file.getvalue()
    raise AssertionError("a form higher than any page")


def _story(blocks: list[Block], style: Style, text: object, width: float, padding: float) -> list[object]:
    """Lines and ruled tables as reportlab takes them."""
    from reportlab.lib import colors
    from reportlab.platypus import LongTable, Paragraph, Spacer, TableStyle

    story: list[object] = []
    for block in blocks:
        story += [Paragraph(escape(line), text) for line in block.before] + [Spacer(1, 4)]
        if block.table:
            table = block.table
            scale = width / sum(table.widths)
            cells: list[list[object]] = [[""] * len(table.widths) for _ in table.rows]
            commands: list[tuple[object, ...]] = [
                ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE" if style.middle else "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), padding),
                ("RIGHTPADDING", (0, 0), (-1, -1), padding),
            ]
            for r, c, cell in table.placed():
                cells[r][c] = [Paragraph(escape(line), text) for line in cell.text.split("\n")]
                if cell.row_span > 1 or cell.column_span > 1:
                    commands.append(("SPAN", (c, r), (c + cell.column_span - 1, r + cell.row_span - 1)))
            heads = table.head if style.repeat_head else 0
            drawn = LongTable(cells, colWidths=[w * scale for w in table.widths], repeatRows=heads, splitInRow=0)
            drawn.setStyle(TableStyle(commands))
            story.append(drawn)
        story += [Paragraph(escape(line), text) for line in block.after] + [Spacer(1, 10)]
    return story
