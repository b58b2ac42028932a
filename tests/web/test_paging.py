import uuid
from datetime import UTC, date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Date, DateTime, Integer, Uuid, column, func, select

from geoapp.web.paging import CursorWrong, Key, decode_cursor, encode_cursor, read_page

ROWS = 23


def numbered():
    """Rows n = 0…22 whose group n // 5 repeats."""
    n = func.generate_series(0, ROWS - 1).table_valued(column("n", Integer)).render_derived("s")
    return n.c.n, n.c.n // 5


def walk(session, statement, keys, limit):
    pages, after = [], None
    while True:
        page = read_page(session, statement, keys=keys, after=after, limit=limit)
        pages.append(page)
        after = page.after
        if after is None:
            return pages


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("limit", [1, 5, 7, 23, 50])
def test_walking_forward_shows_every_row_once_in_order(session, limit, descending):
    n, group = numbered()
    keys = [Key(group, descending=descending), Key(n)]
    seen = [row for page in walk(session, select(n), keys, limit) for row in page.rows]
    wanted = sorted(range(ROWS), key=lambda i: (-(i // 5) if descending else i // 5, i))
    assert seen == wanted


def test_walking_back_shows_the_same_pages(session):
    n, group = numbered()
    keys = [Key(group, descending=True), Key(n)]
    forward = walk(session, select(n), keys, 5)
    back, before = [forward[-1].rows], forward[-1].before
    while before is not None:
        page = read_page(session, select(n), keys=keys, before=before, limit=5)
        back.append(page.rows)
        before = page.before
    assert back[::-1][-3:] == [page.rows for page in forward][-3:]
    assert [row for rows in back[::-1] for row in rows] == [r for p in forward for r in p.rows]


def test_the_first_page_has_nothing_before_and_the_last_nothing_after(session):
    n, _group = numbered()
    pages = walk(session, select(n), [Key(n)], 10)
    assert [page.before is None for page in pages] == [True, False, False]
    assert [page.after is None for page in pages] == [False, False, True]


def test_several_selected_things_come_back_as_rows(session):
    n, group = numbered()
    page = read_page(session, select(n, group.label("g")), keys=[Key(n)], limit=2)
    assert [(row.n, row.g) for row in page.rows] == [(0, 0), (1, 0)]


def test_a_page_never_exceeds_the_largest_size(session):
    n, _group = numbered()
    assert len(read_page(session, select(n), keys=[Key(n)], limit=10_000).rows) == ROWS
    assert len(read_page(session, select(n), keys=[Key(n)], limit=-3).rows) == 1


@given(
    st.uuids(), st.datetimes(timezones=st.just(UTC)), st.dates(), st.integers(-(2**31), 2**31 - 1)
)
def test_a_cursor_brings_its_values_back(some_id, moment, day, number):
    keys = [
        Key(column("a", Uuid)),
        Key(column("b", DateTime(timezone=True))),
        Key(column("c", Date)),
        Key(column("d", Integer)),
    ]
    values = [some_id, moment, day, number]
    assert decode_cursor(encode_cursor(values), keys) == values


@pytest.mark.parametrize("cursor", ["", "x", "bm90IGpzb24", "e30", "W10", "WzFd", "中", "W251bGxd"])
def test_a_cursor_of_another_list_is_refused(cursor):
    keys = [Key(column("a", Uuid)), Key(column("b", DateTime(timezone=True)))]
    with pytest.raises(CursorWrong):
        decode_cursor(cursor, keys)


def test_types_are_restored():
    keys = [Key(column("a", Uuid)), Key(column("b", Date))]
    values = [uuid.uuid4(), date(2026, 11, 22)]
    assert decode_cursor(encode_cursor(values), keys) == values
