"""Every text column is sealed or says why not."""

from sqlalchemy import Column, String, Text
from sqlalchemy.types import TypeDecorator

from models.holders import HOLDERS
from models.sealed import SealedColumn
from models.tables import METADATA
from models.text_columns import OPEN, SEALED


def is_text(column: Column) -> bool:
    kind = column.type
    while isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    return isinstance(kind, String | Text)


def columns_where(wanted) -> set[tuple[str, str]]:
    return {
        (table.name, column.name)
        for table in METADATA.tables.values()
        for column in table.columns
        if wanted(column)
    }


def test_every_text_column_is_in_one_of_the_two_lists():
    sealed = {(table, name) for table, names in SEALED.items() for name in names}
    left_open = {(table, name) for table, names in OPEN.items() for name in names}

    assert sealed & left_open == set()
    assert columns_where(is_text) == sealed | left_open


def test_what_is_listed_as_sealed_is_sealed_and_nothing_else_is():
    """ASVS 14.2.4."""
    sealed = {(table, name) for table, names in SEALED.items() for name in names}

    assert columns_where(lambda column: isinstance(column.type, SealedColumn)) == sealed


def test_every_open_column_says_why():
    assert all(why.strip() for names in OPEN.values() for why in names.values())


def test_every_table_with_a_sealed_column_says_whose_keys_seal_it():
    assert SEALED.keys() <= HOLDERS.keys()
    for table, ways in HOLDERS.items():
        assert set(ways) <= set(METADATA.tables[table].c.keys()), table
