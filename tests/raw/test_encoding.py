"""Encodings as documents really carry them: marks, no marks, lying labels, rare characters, cut and broken files."""

from __future__ import annotations

import codecs

import pytest

from pipelines.raw.encoding import decode
from tests.raw.helpers import DOCUMENTS

NANSHA = (DOCUMENTS / "nansha_2024.txt").read_text("utf-8").replace("²", "2")
RARE = NANSHA + "联系人：朱䶮 𠮷𡈽\n"  # 䶮: two bytes in GB18030, none in GBK; 𠮷𡈽: four bytes
TRADITIONAL = (
    "項目支出績效目標表\n部門名稱：辦公室\n數量指標：專項工作活動次數不少於三場，滿意度達到百分之九十以上。\n" * 5
)
PAGE = "<html><head>{meta}</head><body><p>" + RARE + "</p></body></html>"


def page(label: str | None) -> str:
    return PAGE.format(meta=f'<meta charset="{label}">' if label else "<title>表</title>")


BIG5_PAGE = page("big5")[:40] + TRADITIONAL
CASES = [
    ("utf-8", RARE, RARE.encode(), "utf-8"),
    ("utf-8 with mark", RARE, codecs.BOM_UTF8 + RARE.encode(), "utf-8"),
    ("utf-16 le with mark", RARE, codecs.BOM_UTF16_LE + RARE.encode("utf-16-le"), "utf-16-le"),
    ("utf-16 be with mark", RARE, codecs.BOM_UTF16_BE + RARE.encode("utf-16-be"), "utf-16-be"),
    ("utf-32 le with mark", RARE, codecs.BOM_UTF32_LE + RARE.encode("utf-32-le"), "utf-32-le"),
    ("utf-16 le, no mark", RARE, RARE.encode("utf-16-le"), "utf-16-le"),
    ("utf-16 be, no mark", RARE, RARE.encode("utf-16-be"), "utf-16-be"),
    ("utf-16 le, many 一", "一一一一 ab\n" * 9, ("一一一一 ab\n" * 9).encode("utf-16-le"), "utf-16-le"),
    ("utf-16 le, Han only", "绩效目标年度指标", "绩效目标年度指标".encode("utf-16-le"), "utf-16-le"),
    ("gb18030", RARE, RARE.encode("gb18030"), "gb18030"),
    ("gb18030 with mark", RARE, b"\x84\x31\x95\x33" + RARE.encode("gb18030"), "gb18030"),
    ("gb18030, four-byte characters only", "𠮷𡈽目标", "𠮷𡈽目标".encode("gb18030"), "gb18030"),
    ("gb2312", "绩效目标", "绩效目标".encode("gb2312"), "gb18030"),
    ("gb18030, one word in ASCII", "a" * 900 + "指标", ("a" * 900 + "指标").encode("gb18030"), "gb18030"),
    ("big5", TRADITIONAL, TRADITIONAL.encode("big5"), "big5"),
    ("big5, one line", "項目支出績效目標表（數量指標）", "項目支出績效目標表（數量指標）".encode("big5"), "big5"),
    ("ascii", "a,b\n1,2\n", b"a,b\n1,2\n", "utf-8"),
    ("declares gb2312, is gb18030", page("gb2312"), page("gb2312").encode("gb18030"), "gb18030"),
    ("declares GBK, is gb18030", page("GBK"), page("GBK").encode("gb18030"), "gb18030"),
    ("declares gb2312, is utf-8", page("gb2312"), page("gb2312").encode(), "utf-8"),
    ("declares utf-8, is gb18030", page("utf-8"), page("utf-8").encode("gb18030"), "gb18030"),
    ("declares utf-16, is utf-8", page("utf-16"), page("utf-16").encode(), "utf-8"),
    ("declares what does not exist", page("x-none"), page("x-none").encode("gb18030"), "gb18030"),
    ("no label, gb18030", page(None), page(None).encode("gb18030"), "gb18030"),
    ("no label, utf-8", page(None), page(None).encode(), "utf-8"),
    ("declares big5, is big5", BIG5_PAGE, BIG5_PAGE.encode("big5"), "big5"),
    ("declares iso-8859-1, is gb18030", page("iso-8859-1"), page("iso-8859-1").encode("gb18030"), "gb18030"),
]


@pytest.mark.parametrize(("text", "data", "encoding"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_text_and_its_encoding_are_found(text, data, encoding):
    decoded = decode(data)
    assert (decoded.encoding, decoded.damaged) == (encoding, False)
    assert decoded.text == text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
def test_a_character_cut_off_at_the_end_is_left_out_and_is_no_damage(encoding):
    data = NANSHA.rstrip().encode(encoding) + "标".encode(encoding)[:-1]
    decoded = decode(data)
    assert (decoded.text, decoded.encoding, decoded.damaged) == (NANSHA.rstrip(), encoding, False)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_one_bad_byte_is_replaced_and_reported(encoding):
    data = NANSHA.encode(encoding)
    place = data.index("国际化社区".encode(encoding))
    decoded = decode(data[:place] + b"\xff" + data[place:])
    assert (decoded.encoding, decoded.damaged) == (encoding, True)
    assert decoded.text.replace("\ufffd", "").startswith(NANSHA[:200])
