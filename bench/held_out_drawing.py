"""Draws tables as DOCX, XLSX and PDF: sizes, orientations, borders and breaks by lot.

Does not choose what stands in the tables: held_out_content.py does.
"""

from __future__ import annotations

import io
import random
import zipfile
from dataclasses import dataclass
from xml.sax.saxutils import escape

from bench.held_out_content import Table

BORDERS = [("single", 4), ("single", 8), ("single", 12), ("double", 4), ("dashed", 4), ("single", 2)]


@dataclass
class Style:
    """How a document is set; border: kind and eighths of a point."""

    size: float
    landscape: bool
    margin: int
    border: tuple[str, int]
    centred: bool
    middle: bool
    whole_rows: bool
    repeat_head: bool
    padding: int

    @classmethod
    def drawn(cls, draw: random.Random) -> Style:
        """A style by lot."""
        return cls(
            draw.choice([7, 8, 9, 10, 10.5, 12]),
            draw.random() < 0.6,
            draw.randint(600, 1400),
            draw.choice(BORDERS),
            draw.random() < 0.3,
            draw.random() < 0.5,
            draw.random() < 0.3,
            draw.random() < 0.7,
            draw.choice([40, 80, 108]),
        )


def docx(tables: list[Table], style: Style, title: str) -> bytes:
    wide, high = (16838, 11906) if style.landscape else (11906, 16838)
    body = [_paragraph(title, 16), _paragraph("单位：万元", style.size)]
    for table in tables:
        body.append(_paragraph(table.title, style.size + 1) if table.title else "<w:p/>")
        body.append(_docx_table(table, style, wide - 2 * style.margin))
    body.append(_paragraph("注：空表表示本部门无此项支出。", style.size))
    orient = ' w:orient="landscape"' if style.landscape else ""
    margins = " ".join(f'w:{side}="{style.margin}"' for side in ("top", "bottom", "left", "right"))
    section = (
        '<w:sectPr><w:footerReference w:type="default" r:id="rId1"/>'
        f'<w:pgSz w:w="{wide}" w:h="{high}"{orient}/>'
        f'<w:pgMar {margins} w:header="400" w:footer="400" w:gutter="0"/></w:sectPr>'
    )
    space = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    )
    page = '<w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    before, after = ('<w:r><w:t xml:space="preserve">— </w:t></w:r>', '<w:r><w:t xml:space="preserve"> —</w:t></w:r>')
    relation = '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships'
    relations = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{word}.document.main+xml"/>'
        f'<Override PartName="/word/footer1.xml" ContentType="{word}.footer+xml"/></Types>',
        "_rels/.rels": f'{relations}{relation}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'{relations}{relation}/footer" Target="footer1.xml"/></Relationships>',
        "word/footer1.xml": f'<w:ftr {space}><w:p><w:pPr><w:jc w:val="center"/></w:pPr>{before}{page}{after}'
        "</w:p></w:ftr>",
        "word/document.xml": f"<w:document {space}><w:body>{''.join(body)}{section}</w:body></w:document>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + content)
    return file.getvalue()


def _paragraph(text: str, size: float, centred: bool = False) -> str:
    properties = (
        '<w:pPr><w:spacing w:before="0" w:after="0"/>' + ('<w:jc w:val="center"/>' if centred else "") + "</w:pPr>"
    )
    font = '<w:rFonts w:ascii="Noto Sans CJK SC" w:hAnsi="Noto Sans CJK SC" w:eastAsia="Noto Sans CJK SC"/>'
    run = f'<w:rPr>{font}<w:sz w:val="{int(size * 2)}"/></w:rPr><w:t xml:space="preserve">{escape(text)}</w:t>'
    return f"<w:p>{properties}<w:r>{run}</w:r></w:p>"


def _docx_table(table: Table, style: Style, width: int) -> str:
    kind, thick = style.border
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = "".join(f'<w:{side} w:val="{kind}" w:sz="{thick}" w:space="0" w:color="auto"/>' for side in sides)
    scale = width / sum(table.widths)
    grid = [int(w * scale) for w in table.widths]
    margins = "".join(f'<w:{s} w:w="{style.padding}" w:type="dxa"/>' for s in ("left", "right"))
    out = [
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(grid)}" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr><w:tblGrid>',
        "".join(f'<w:gridCol w:w="{w}"/>' for w in grid),
        "</w:tblGrid>",
    ]
    anchors = {(r, c): cell for r, c, cell in table.placed()}
    covering = {(r + i, c): cell for (r, c), cell in anchors.items() for i in range(1, cell.row_span)}
    for r in range(len(table.rows)):
        properties = ("<w:cantSplit/>" if style.whole_rows else "") + (
            "<w:tblHeader/>" if style.repeat_head and r < table.head else ""
        )
        out.append(f"<w:tr><w:trPr>{properties}</w:trPr>")
        c = 0
        while c < len(grid):
            cell = anchors.get((r, c)) or covering[r, c]
            merge = (
                "" if cell.row_span == 1 else f'<w:vMerge w:val="{"restart" if (r, c) in anchors else "continue"}"/>'
            )
            span = f'<w:gridSpan w:val="{cell.column_span}"/>' if cell.column_span > 1 else ""
            align = '<w:vAlign w:val="center"/>' if style.middle else ""
            own = f'<w:tcW w:w="{sum(grid[c : c + cell.column_span])}" w:type="dxa"/>'
            text = cell.text if (r, c) in anchors else ""
            lines = "".join(_paragraph(line, style.size, style.centred) for line in text.split("\n"))
            out.append(f"<w:tc><w:tcPr>{own}{span}{merge}{align}</w:tcPr>{lines}</w:tc>")
            c += cell.column_span
        out.append("</w:tr>")
    return "".join(out) + "</w:tbl>"


def xlsx(tables: list[Table], style: Style, title: str) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, Side
    from openpyxl.utils import get_column_letter

    workbook = Workbook()
    workbook.remove(workbook.active)
    for number, table in enumerate(tables):
        sheet = workbook.create_sheet(f"表{number + 1}")
        side = Side(style="thin")
        for r, c, cell in table.placed():
            place = sheet.cell(r + 1, c + 1, cell.text)
            if cell.row_span > 1 or cell.column_span > 1:
                sheet.merge_cells(None, r + 1, c + 1, r + cell.row_span, c + cell.column_span)
            place.alignment = Alignment(
                "center" if style.centred else None, "center" if style.middle else "top", wrap_text=True
            )
        for r in range(len(table.rows)):
            for c in range(len(table.widths)):
                place = sheet.cell(r + 1, c + 1)
                place.border = Border(side, side, side, side)
                place.font = Font("Noto Sans CJK SC", style.size)
        _set_heights(sheet, table, style)
        for c, width in enumerate(table.widths):
            sheet.column_dimensions[get_column_letter(c + 1)].width = width * (9 if style.landscape else 7)
        sheet.page_setup.orientation = "landscape" if style.landscape else "portrait"
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        if style.repeat_head and table.head:
            sheet.print_title_rows = f"1:{table.head}"
    del title
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _set_heights(sheet: object, table: Table, style: Style) -> None:
    """Rows as high as their texts need: LibreOffice does not work it out for a file without heights."""
    needed = [style.size * 1.6] * len(table.rows)
    for r, c, cell in table.placed():
        width = sum(table.widths[c : c + cell.column_span]) * (9 if style.landscape else 7) * 5.3
        lines = sum(-(-len(line) * style.size // max(width - 6, 10)) or 1 for line in cell.text.split("\n"))
        missing = (lines + 0.5) * style.size * 1.6 - sum(needed[r : r + cell.row_span])
        for row in range(r, r + cell.row_span):
            needed[row] += max(0.0, missing / cell.row_span)
    for r, height in enumerate(needed, start=1):
        sheet.row_dimensions[r].height = min(height, 409)  # type: ignore[attr-defined]


def drawn_pdf(tables: list[Table], style: Style, title: str) -> bytes:
    """A PDF of another make: reportlab, embedded nothing, rules as lines or thin rectangles."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    text = ParagraphStyle("c", fontName="STSong-Light", fontSize=style.size, leading=style.size * 1.3, wordWrap="CJK")
    size = landscape(A4) if style.landscape else A4
    file = io.BytesIO()
    margin = style.margin / 20
    document = SimpleDocTemplate(
        file, pagesize=size, leftMargin=margin, rightMargin=margin, topMargin=50, bottomMargin=50
    )
    story: list[object] = [Paragraph(title, text), Spacer(1, 6)]
    for table in tables:
        if table.title:
            story.append(Paragraph(table.title, text))
        width = size[0] - 2 * margin - 12
        scale = width / sum(table.widths)
        grid: list[list[object]] = [[""] * len(table.widths) for _ in table.rows]
        commands: list[tuple[object, ...]] = [
            ("GRID", (0, 0), (-1, -1), style.border[1] / 8, colors.black),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE" if style.middle else "TOP"),
        ]
        for r, c, cell in table.placed():
            grid[r][c] = [
                Paragraph(escape(line).replace("²", "<super>2</super>"), text) for line in cell.text.split("\n")
            ]
            if cell.row_span > 1 or cell.column_span > 1:
                commands.append(("SPAN", (c, r), (c + cell.column_span - 1, r + cell.row_span - 1)))
        drawn = LongTable(
            grid,
            colWidths=[w * scale for w in table.widths],
            repeatRows=table.head if style.repeat_head else 0,
            splitByRow=1,
            splitInRow=0,
        )
        drawn.setStyle(TableStyle(commands))
        story += [drawn, Spacer(1, 10)]
    document.build(story)
    return file.getvalue()
