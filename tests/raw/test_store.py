"""A stored document comes back equal, and equal documents are equal bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.raw.store import from_json, to_json
from pipelines.raw.table import Cell, Position, RawDocument, RawTable

TEXT = st.text(max_size=8)
NUMBER = st.integers(0, 50)
EDGE = st.floats(-1000, 1000).map(lambda edge: round(edge, 2))
POSITIONS = st.builds(
    Position, TEXT, st.none() | TEXT, st.none() | NUMBER, st.none() | st.tuples(EDGE, EDGE, EDGE, EDGE)
)
RAW = st.none() | TEXT | st.integers() | st.floats(allow_nan=False) | st.booleans()
FLAGS = st.sets(st.sampled_from(["hidden", "joined", "realigned", "damaged"]))
CELLS = st.builds(Cell, NUMBER, NUMBER, TEXT, NUMBER, NUMBER, RAW, st.lists(POSITIONS, max_size=2), FLAGS)
LINES = st.lists(TEXT, max_size=2)
TABLES = st.builds(
    RawTable,
    st.just("a" * 64),
    TEXT,
    NUMBER,
    NUMBER,
    NUMBER,
    st.lists(CELLS, max_size=4),
    st.none() | NUMBER,
    LINES,
    LINES,
    LINES,
)
DOCUMENTS = st.builds(
    RawDocument, st.just("a" * 64), TEXT, TEXT, st.none() | TEXT, st.lists(TABLES, max_size=2), LINES, LINES
)


@given(DOCUMENTS)
def test_any_document_comes_back_equal_and_is_written_the_same_again(document):
    data = to_json(document)
    assert from_json(data) == document
    assert to_json(from_json(data)) == data


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"form":0}', b"\xff"])
def test_bytes_of_another_form_are_refused(data):
    with pytest.raises(ValueError):
        from_json(data)
