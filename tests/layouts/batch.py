"""Small batch tables for tests, as text: a tab between cells, a line per row."""

from __future__ import annotations

import hashlib

from pipelines.layouts.recognise import read_rows
from pipelines.layouts.rows import DocumentRows
from pipelines.raw.table import Cell, RawDocument, RawTable

TITLE = "某某局2024年项目支出绩效目标表"
HEAD = "项目名称（资金使用单位）\t总计\t财政拨款\t财政专户拨款\t其他资金\t绩效目标\t绩效指标"
INDICATOR = "1、1-产出指标；11-数量指标；次数；实施周期指标值：≥3场；年度指标值：≥2场。"


def batch_document(body: str, before: tuple[str, ...] = (TITLE, "单位：万元"), head: str = HEAD) -> RawDocument:
    """A document with one table: the head and the rows of ``body``; a row may be shorter than the head."""
    rows = [line.split("\t") for line in [head, *body.strip("\n").split("\n")]]
    cells = [Cell(row, column, text) for row, texts in enumerate(rows) for column, text in enumerate(texts)]
    sha256 = hashlib.sha256("\n".join([*before, head, body]).encode()).hexdigest()
    table = RawTable(sha256, "test", 1, len(rows), max(map(len, rows)), cells, before=list(before))
    return RawDocument(sha256, "test", "text/plain", "utf-8", [table])


def read_batch(body: str, before: tuple[str, ...] = (TITLE, "单位：万元"), head: str = HEAD) -> DocumentRows:
    """Read such a document for the fiscal year 2024."""
    return read_rows(batch_document(body, before, head), 2024)
