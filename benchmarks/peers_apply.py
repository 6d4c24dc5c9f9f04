"""The peers that load the final rows of an import through Django: bulk_create and django-import-export."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from import_export.fields import Field
from import_export.resources import ModelResource, modelresource_factory
from import_export.widgets import JSONWidget, SimpleArrayWidget
from tablib import Dataset

from households.models import Household, HouseholdRecord, Person, PersonRecord

BATCH = 2_000
Rows = dict[type[models.Model], list[dict[str, Any]]]
Tables = dict[type[models.Model], Dataset]


def read_back() -> Rows:
    """The rows an import left, NIK and KK in clear: both peers encrypt them themselves, as ours did."""
    return {
        model: list(model._default_manager.order_by("pk").values())
        for model in (Household, Person, HouseholdRecord, PersonRecord)
    }


@transaction.atomic
def bulk_create(rows: Rows) -> None:
    """Instances with the keys PostgreSQL gave their parents; the derived columns are given, not computed."""
    households = _created(Household, rows[Household])
    people = _created(Person, rows[Person], household_id=households)
    records = _created(HouseholdRecord, rows[HouseholdRecord], household_id=households)
    _created(PersonRecord, rows[PersonRecord], household_record_id=records, person_id=people)


def _created(model: Any, rows: list[dict[str, Any]], **parents: dict[int, int]) -> dict[int, int]:
    """New primary keys by the old ones."""
    made = []
    for row in rows:
        values = {**row, **{name: keys[row[name]] for name, keys in parents.items()}}
        del values["id"]
        made.append(model(**values))
    model._default_manager.bulk_create(made, batch_size=BATCH)
    return {row["id"]: instance.pk for row, instance in zip(rows, made, strict=True)}


def datasets(rows: Rows) -> Tables:
    """The rows as django-import-export takes them: a table of texts, as a spreadsheet would give it."""
    found = {}
    for model, values in rows.items():
        table = Dataset(headers=list(values[0]))
        for row in values:
            table.append([_cell(value) for value in row.values()])
        found[model] = table
    return found


@transaction.atomic
def import_export_documented(tables: Tables) -> None:
    """Bulk mode as its documentation turns it on; it looks up each row and each row's foreign keys by itself."""
    for model, table in tables.items():
        renamed = Dataset(*table, headers=[model._meta.get_field(name).name for name in table.headers])
        options = {"use_bulk": True, "batch_size": BATCH, "skip_diff": True}
        modelresource_factory(model, meta_options=options)().import_data(renamed, raise_errors=True)


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return json.dumps(value)
    if isinstance(value, list):
        return ",".join(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else value


@transaction.atomic
def import_export(tables: Tables) -> None:
    """Every row new, in bulk, without differences and without a query for each foreign key: as fast as it goes."""
    for model, table in tables.items():
        RESOURCES[model]().import_data(table, raise_errors=True, use_transactions=False)


def _resource(model: Any) -> type[ModelResource]:
    options = type(
        "Meta",
        (),
        {
            "model": model,
            "use_bulk": True,
            "batch_size": BATCH,
            "skip_diff": True,
            "skip_html_diff": True,
            "force_init_instance": True,
            "clean_model_instances": False,
            "exclude": [field.name for field in model._meta.concrete_fields if field.is_relation],
        },
    )
    fields: dict[str, Any] = {
        field.attname: Field(attribute=field.attname, column_name=field.attname)
        for field in model._meta.concrete_fields
        if field.is_relation
    }
    if "raw" in {field.name for field in model._meta.fields}:
        fields["raw"] = Field(attribute="raw", column_name="raw", widget=JSONWidget())
    if model is Person:
        widget = SimpleArrayWidget()
        fields["identity_notes"] = Field(
            attribute="identity_notes", column_name="identity_notes", widget=widget
        )
    return type(f"{model.__name__}Resource", (ModelResource,), {**fields, "Meta": options})


RESOURCES = {model: _resource(model) for model in (Household, Person, HouseholdRecord, PersonRecord)}
