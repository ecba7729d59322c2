"""``RawDocument`` → ``DocumentRows``: which form the document has, and who reads it.

Belongs here: the choice of the form and the document's fiscal year. Does not load a document in part: what is not
understood raises ``UnreadableForm``, and the caller quarantines the document whole.
"""

from __future__ import annotations

from pipelines.layouts.batch_table import LAYOUT, is_batch_table, lines_above, read_batch_table
from pipelines.layouts.form_reader import is_form
from pipelines.layouts.form_tables import FormTable, find_cell, form_tables
from pipelines.layouts.forms import read_forms
from pipelines.layouts.identity import Identity, read_identity, require_fiscal_year, require_money_unit
from pipelines.layouts.labels import normalise_label, refused_forms
from pipelines.layouts.rows import DocumentRows, Finding, Place, UnreadableForm
from pipelines.raw.table import Cell, RawDocument, RawTable

# Part of the fingerprint of parsed rows: raise it whenever a rule of this package changes what is read.
LAYOUTS_VERSION = "2"


def read_rows(document: RawDocument, folder_year: int | None) -> DocumentRows:
    """Read a whole document. ``folder_year`` is the year that the inbox folder states and wins over the title's.

    Raises ``UnreadableForm``: no table, unknown form, unclaimed cells, missing facts, or totals that do not agree.
    """
    try:
        return _read_rows(document, folder_year)
    except UnreadableForm as reason:
        raise _named(document, reason) from None


def _named(document: RawDocument, reason: UnreadableForm) -> UnreadableForm:
    """The refusal by the form's name, where a label tells that it is a template which states no targets of its own."""
    known = refused_forms()
    for table in document.tables:
        for cell in table.cells:
            named = known.get(normalise_label(cell.text))
            if named is not None:
                place = Place(table.number, cell.row + 1, cell.column + 1)
                return UnreadableForm(*named, str(place), cell.text.strip())
    return reason


def _read_rows(document: RawDocument, folder_year: int | None) -> DocumentRows:
    if not any(cell.text.strip() for table in document.tables for cell in table.cells):
        raise UnreadableForm("table_missing", "没有找到表格 (no table in the document)")
    batch = form_tables(document, is_batch_table)
    forms, unknown = batch if batch[0] else form_tables(document, is_form)
    if unknown or not forms:
        raise UnreadableForm(
            "form_unknown", "表头不是已知的格式 (header of no known form)", *_first_line(document, unknown)
        )
    around = [line for form in forms for line in [*form.table.before, *form.table.after]]
    return _read_batch(forms, around, folder_year) if batch[0] else read_forms(forms, around, folder_year)


def _read_batch(forms: list[FormTable], around: list[str], folder_year: int | None) -> DocumentRows:
    """Batch tables: one row per project."""
    identity = read_identity([*(line for form in forms for line in lines_above(form)), *around])
    rows = DocumentRows(
        layout=LAYOUT,
        title=identity.title,
        department_name=identity.department_name,
        fiscal_year=require_fiscal_year(identity, folder_year),
        document_type=identity.document_type,
        money_unit=require_money_unit(identity, around),
    )
    if identity.document_type != "target":
        raise UnreadableForm(
            "form_unknown", "批量表只作为目标表读取 (a batch table is read as targets only)", "标题", identity.title
        )
    if folder_year is not None and identity.title_year not in (None, folder_year):
        rows.findings.append(_year_finding(identity, folder_year))
    for form in forms:
        read_batch_table(form, rows)
    if not rows.projects:
        raise UnreadableForm("project_missing", "表中没有项目 (no project in the table)")
    return rows


def printed_cell(document: RawDocument, place: Place) -> Cell | None:
    """The cell that a fact came from, found again in the document."""
    return find_cell(document, place, is_batch_table) or find_cell(document, place, is_form)


def _first_line(document: RawDocument, unknown: list[RawTable]) -> tuple[str, str]:
    table = unknown[0] if unknown else document.tables[0]
    texts = [text.strip() for row in table.grid()[:1] for text in row if text]
    return f"表{table.number} 第1行", " | ".join(texts)[:200]


def _year_finding(identity: Identity, folder_year: int) -> Finding:
    return Finding(
        rule_code="fiscal_year_conflict",
        severity="warning",
        message=f"文件夹年度 {folder_year} 与标题年度 {identity.title_year} 不一致 (folder and title state different years)",
        evidence=identity.title,
    )
