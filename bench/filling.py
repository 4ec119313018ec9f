"""Rows made by one statement, with the defaults of their model."""

from __future__ import annotations

from typing import Any

from django.db import connection, models


def chance(key: str, salt: int) -> str:
    """Give an SQL number from 0 to 1 that follows from a key."""
    return f"((hashint8extended(({key})::bigint, {salt}) & 2147483647) / 2147483648.0)"


def pick(key: str, salt: int, count: int) -> str:
    """Give an SQL number from 1 up to and with a count that follows from a key."""
    return f"(1 + floor({chance(key, salt)} * {count})::int)"


def fill(
    model: type[models.Model],
    source: str,
    facts: dict[str, Any] | None = None,
    /,
    **columns: str,
) -> int:
    """Insert rows from a source: an expression for some columns, defaults for others."""
    values: list[str] = []
    names: list[str] = []
    parameters = dict(facts or {})
    for field in model._meta.concrete_fields:
        column = field.column
        if field.primary_key and column not in columns:
            continue
        names.append(f'"{column}"')
        if column in columns:
            values.append(columns[column])
        else:
            values.append(f"%(default_{column})s")
            parameters[f"default_{column}"] = _default(field)
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into {model._meta.db_table} ({', '.join(names)}) "
            f"select {', '.join(values)} from {source}",
            parameters,
        )
        return cursor.rowcount


def _default(field: models.Field[Any, Any]) -> Any:
    if not field.has_default():
        return None if field.null else ""
    value = field.get_default()
    return field.get_db_prep_save(value, connection)
