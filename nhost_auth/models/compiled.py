"""Statements of every request, whose SQL Django builds once: building it takes several times as long as running it.

A query is written as any other of the ORM, with `Slot`s where values differ from call to call, and gives the same
instances. Of SQL there is none here: it stays Django's, for each database its own (docs/adr/0011).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from operator import itemgetter
from typing import Any

from django.db import connections, models, transaction
from django.db.models import sql
from django.db.models.constants import OnConflict

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


class _Maker:
    """Makes an instance, and those it refers to by `select_related`, of the values of a row, as `ModelIterable` does.

    Where each value belongs is found out once. Relations may not be empty.
    """

    def __init__(self, using: str, info: dict[str, Any], select: Sequence[Any]) -> None:
        places = {select[place][0].target.attname: place for place in info["select_fields"]}
        names = [field.attname for field in info["model"]._meta.concrete_fields if field.attname in places]
        self._model, self._using, self._names = info["model"], using, names
        self._values = itemgetter(*(places[name] for name in names))
        self._related = [
            (_Maker(using, each, select), each["local_setter"], each["remote_setter"])
            for each in info.get("related_klass_infos", ())
        ]

    def make(self, row: Sequence[Any]) -> Any:
        made = self._model.from_db(self._using, self._names, self._values(row))
        for other, refer, refer_back in self._related:
            related = other.make(row)
            refer(made, related)
            refer_back(related, made)
        return made


class _Reader:
    """Reads the rows of a query."""

    def __init__(self, using: str, compiler: Any) -> None:
        self.width = len(compiler.select)
        self._using = using
        self._converters = compiler.get_converters([column for column, *_ in compiler.select])
        self._annotations = compiler.annotation_col_map
        self._maker = _Maker(using, compiler.klass_info, compiler.select)

    def instance(self, row: Sequence[Any]) -> Any:
        values = list(row)
        for place in self._converters:
            values[place] = self._value(row, place)
        made = self._maker.make(values)
        for name, place in self._annotations.items():
            setattr(made, name, values[place])
        return made

    def annotation(self, name: str, row: Sequence[Any]) -> Any:
        return self._value(row, self._annotations[name])

    def _value(self, row: Sequence[Any], place: int) -> Any:
        value = row[place]
        converters, column = self._converters.get(place, ((), None))
        for convert in converters:
            value = convert(value, column, connections[self._using])
        return value


class _Compiled:
    def __init__(self, build: Callable[[], models.QuerySet[Any]]) -> None:
        """`build` makes the query the first time that a database is asked it."""
        self._build = build
        self._plans: dict[str, tuple[str, Sequence[Any], Any]] = {}

    def _plan(self, using: str) -> tuple[str, Sequence[Any], Any]:
        """The SQL, its parameters, which are slots and values that never change, and what reads the rows."""
        if using not in self._plans:
            compiler = self._query(self._build().using(using)).get_compiler(using)
            self._plans[using] = (*compiler.as_sql(), self._reader(using, compiler))
        return self._plans[using]

    def _query(self, queryset: models.QuerySet[Any]) -> Any:
        return queryset.query

    def _reader(self, using: str, compiler: Any) -> _Reader | None:
        return None


class CompiledSelect(_Compiled):
    """A query for model instances."""

    def instances(self, using: str, **values: Any) -> list[Any]:
        """Those found with these values in the slots."""
        reader, rows = self._run(using, values)
        return [reader.instance(row) for row in rows]

    def joined(self, using: str, many: str, **values: Any) -> tuple[Any, list[Any]]:
        """The instance that every row is of, and what the rows have under the name `many`; None without a row."""
        reader, rows = self._run(using, values)
        if rows:
            return reader.instance(rows[0]), [reader.annotation(many, row) for row in rows]
        # How long it takes must not tell whether somebody was found. A host's model may mind blanks.
        with suppress(Exception):
            reader.instance((None,) * reader.width)
        return None, []

    def _run(self, using: str, values: dict[str, Any]) -> tuple[_Reader, list[Any]]:
        (text, parameters, reader), connection = self._plan(using), connections[using]
        with connection.cursor() as cursor:
            cursor.execute(text, _fill(parameters, values, connection))
            return reader, cursor.fetchall()

    def _reader(self, using: str, compiler: Any) -> _Reader:
        return _Reader(using, compiler)


class CompiledUpdate(_Compiled):
    """A filtered UPDATE of one table: of several that want the same row one changes it."""

    def __init__(self, build: Callable[[], models.QuerySet[Any]], **changes: Any) -> None:
        super().__init__(build)
        self._changes = changes

    def run(self, using: str, **values: Any) -> int:
        """How many rows are changed with these values in the slots."""
        text, parameters, _ = self._plan(using)
        return _execute(using, text, _fill(parameters, values, connections[using]))

    def _query(self, queryset: models.QuerySet[Any]) -> Any:
        query: Any = queryset.query.chain(sql.UpdateQuery)
        query.add_update_values(self._changes)
        return query


_inserts: dict[tuple[type[models.Model], str, bool], tuple[str, str, str]] = {}


def insert(using: str, instances: Sequence[models.Model], *, ignore_conflicts: bool = False) -> None:
    """Store new rows of one model, which have keys, in one statement. As by `bulk_create`, no signals are sent."""
    model, connection = type(instances[0]), connections[using]
    fields: Any = model._meta.local_concrete_fields
    if (model, using, ignore_conflicts) not in _inserts:
        _inserts[model, using, ignore_conflicts] = _insert(model, fields, using, ignore_conflicts)
    head, row, tail = _inserts[model, using, ignore_conflicts]
    parameters = [
        field.get_db_prep_save(field.pre_save(instance, add=True), connection)
        for instance in instances
        for field in fields
    ]
    _execute(using, head + ", ".join([row] * len(instances)) + tail, parameters)
    for instance in instances:
        instance._state.adding, instance._state.db = False, using


def _insert(model: type[models.Model], fields: Any, using: str, ignore_conflicts: bool) -> tuple[str, str, str]:
    """The SQL of one row before, in and behind its brackets."""
    query = sql.InsertQuery(model, on_conflict=OnConflict.IGNORE if ignore_conflicts else None)
    query.insert_values(fields, [model()])
    head, values, rest = query.get_compiler(using).as_sql()[0][0].rpartition(VALUES)
    row, bracket, tail = rest.rpartition(")")
    return head + values, row + bracket, tail


def _fill(parameters: Sequence[Any], values: dict[str, Any], connection: Any) -> list[Any]:
    return [each.filled(values, connection) if isinstance(each, Slot) else each for each in parameters]


@persistent
def _execute(using: str, text: str, parameters: list[Any]) -> int:
    with transaction.mark_for_rollback_on_error(using), connections[using].cursor() as cursor:
        cursor.execute(text, parameters)
        return int(cursor.rowcount)
