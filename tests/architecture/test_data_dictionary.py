"""The data dictionary is current, and the prose, the engine and the database agree on what leaves."""

import sys
from pathlib import Path

import pytest
from django.db import connection

from manypaths.indicators import engine, measures

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import data_dictionary  # noqa: E402

NAMES = {"uuid": "string", "text": "string", "date": "date32[day]", "integer": "int32", "boolean": "bool"}


def test_the_data_dictionary_is_current() -> None:
    assert data_dictionary.TARGET.read_text(encoding="utf-8") == data_dictionary.page()


def test_the_engine_takes_out_exactly_the_columns_that_the_prose_names() -> None:
    told = data_dictionary.fact_columns()
    for view, schema in engine.VIEWS.items():
        assert [(name, NAMES[kind]) for name, kind, _what in told[view]] == [(c.name, str(c.type)) for c in schema]


@pytest.mark.django_db
def test_every_fact_view_of_the_database_has_exactly_the_columns_that_the_prose_names() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, array_agg(a.attname::text order by a.attnum) from pg_class c join pg_attribute a"
            " on a.attrelid = c.oid and a.attnum > 0 where c.relkind = 'v' and c.relname like '%\\_facts' group by 1"
        )
        found = dict(cursor.fetchall())
    told = {view: [name for name, _kind, _what in columns] for view, columns in data_dictionary.fact_columns().items()}
    assert found == told


def test_every_measure_is_written_in_prose_before_it_is_code() -> None:
    prose = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "measures").glob("*.md"))
    for measure in measures.ALL_MEASURES:
        assert f"`{measure.id}`" in prose, measure.id
