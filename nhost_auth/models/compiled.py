"""Statements of every request, whose SQL Django builds once: building it takes several times as long as running it.

A query is written as any other of the ORM, with `Slot`s where values differ from call to call, and gives the same
instances. Of SQL there is none here: it stays Django's, for each database its own (docs/adr/0011).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import copy
from types import SimpleNamespace
from typing import Any

from django.db import connections, models, transaction
from django.db.models import sql
from django.db.models.query import ModelIterable

from nhost_auth.infra.deadlocks import persistent

VALUES = " VALUES "


class Slot(models.Value):
    """Stands for a value of a field that each call names anew."""

    def __init__(self, field: models.Field[Any, Any], name: str = "") -> None:
        super().__init__(None, output_field=field)
        self.name = name or field.name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]

    def filled(self, values: dict[str, Any], connection: Any) -> Any:
        """The value that a call names, as the database's driver takes it."""
        return self.output_field.get_db_prep_value(values[self.name], connection)


class _Compiled:
    def __init__(self, build: Callable[[], models.QuerySet[Any]]) -> None:
        """`build` makes the query the first time that a database is asked it."""
        self._build = build
        self._plans: dict[str, tuple[Any, str, Sequence[Any]]] = {}

    def _plan(self, using: str) -> tuple[Any, str, Sequence[Any]]:
        """A compiler that has done its work, its SQL, and its parameters: slots, and values that never change."""
        plan = self._plans.get(using)
        if plan is None:
            compiler = self._query(self._build().using(using)).get_compiler(using)
            plan = self._plans[using] = (compiler, *compiler.as_sql())
        return plan

    def _query(self, queryset: models.QuerySet[Any]) -> Any:
        return queryset.query


class CompiledSelect(_Compiled):
    """A query for model instances."""

    def instances(self, using: str, **values: Any) -> list[Any]:
        """Those found with these values in the slots."""
        compiler = self._compiler(using, values)
        return _instances(using, compiler, list(compiler.results_iter()))

    def joined(self, using: str, many: str, **values: Any) -> tuple[Any, list[Any]]:
        """The instance that every row is of, and what the rows have under the name `many`; None without a row."""
        compiler = self._compiler(using, values)
        rows = list(compiler.results_iter())
        if rows:
            return _instances(using, compiler, rows[:1])[0], [row[compiler.annotation_col_map[many]] for row in rows]
        # How long it takes must not tell whether somebody was found. A host's model may mind blanks.
        with suppress(Exception):
            _instances(using, compiler, [("",) * len(compiler.select)])
        return None, []

    def _compiler(self, using: str, values: dict[str, Any]) -> Any:
        planned, text, parameters = self._plan(using)
        compiler = copy(planned)
        compiler.connection = connections[using]  # this thread's
        filled = _fill(parameters, values, compiler.connection)
        compiler.as_sql = lambda: (text, filled)
        return compiler


def _instances(using: str, compiler: Any, rows: list[Any]) -> list[Any]:
    compiler.execute_sql = lambda **_options: rows
    compiler.results_iter = lambda results: results
    query = SimpleNamespace(get_compiler=lambda **_using: compiler)
    return list(ModelIterable(SimpleNamespace(db=using, query=query, _known_related_objects={})))  # type: ignore[arg-type]


class CompiledUpdate(_Compiled):
    """A filtered UPDATE of one table: of several that want the same row one changes it."""

    def __init__(self, build: Callable[[], models.QuerySet[Any]], **changes: Any) -> None:
        super().__init__(build)
        self._changes = changes

    def run(self, using: str, **values: Any) -> int:
        """How many rows are changed with these values in the slots."""
        _, text, parameters = self._plan(using)
        return _execute(using, text, _fill(parameters, values, connections[using]))

    def _query(self, queryset: models.QuerySet[Any]) -> Any:
        query: Any = queryset.query.chain(sql.UpdateQuery)
        query.add_update_values(self._changes)
        return query


_inserts: dict[tuple[type[models.Model], str], str] = {}


def insert(using: str, instances: Sequence[models.Model]) -> None:
    """Store new rows of one model, which have keys, in one statement. As by `bulk_create`, no signals are sent."""
    model, connection = type(instances[0]), connections[using]
    fields: Any = model._meta.local_concrete_fields
    if (model, using) not in _inserts:
        query = sql.InsertQuery(model)
        query.insert_values(fields, [model()])
        _inserts[model, using] = query.get_compiler(using).as_sql()[0][0]
    head, _, row = _inserts[model, using].rpartition(VALUES)
    parameters = [
        field.get_db_prep_save(field.pre_save(instance, add=True), connection)
        for instance in instances
        for field in fields
    ]
    _execute(using, head + VALUES + ", ".join([row] * len(instances)), parameters)
    for instance in instances:
        instance._state.adding, instance._state.db = False, using


def _fill(parameters: Sequence[Any], values: dict[str, Any], connection: Any) -> list[Any]:
    return [each.filled(values, connection) if isinstance(each, Slot) else each for each in parameters]


@persistent
def _execute(using: str, text: str, parameters: list[Any]) -> int:
    with transaction.mark_for_rollback_on_error(using), connections[using].cursor() as cursor:
        cursor.execute(text, parameters)
        return int(cursor.rowcount)
