"""Every column of ours is classified, and what is an identifier is encrypted."""

from __future__ import annotations

from collections import Counter

from django.apps import apps

from tangerang_poverty.kit.encrypted import EncryptedTextField
from tangerang_poverty.privacy.register import REGISTER, Kind, kind_of, our_columns


def test_every_column_of_every_model_is_classified():
    unclassified = [
        f"{model._meta.label}.{column.name}"
        for model, column in our_columns()
        if kind_of(model, column.name) is None
    ]
    assert not unclassified, "add them to tangerang_poverty/privacy/register.py"


def test_the_walk_finds_the_tables_of_people_and_their_history():
    assert {"households.Person", "households.PersonEvent", "accounts.User", "audit.AccessLog"} <= {
        model._meta.label for model, _ in our_columns()
    }


def test_the_register_names_no_column_twice_and_none_that_is_gone():
    for label, kinds in REGISTER.items():
        named = Counter(name for columns in kinds.values() for name in columns.split())
        assert max(named.values()) == 1, label
        model = apps.get_model(label)
        assert set(named) == {column.name for column in model._meta.fields}, label


def test_identifiers_and_only_they_are_encrypted():
    for model, column in our_columns():
        encrypted = isinstance(column, EncryptedTextField)
        assert encrypted == (kind_of(model, column.name) is Kind.IDENTIFIER), f"{model._meta.label}.{column}"


def test_disability_and_what_sources_wrote_count_as_specific():
    person = apps.get_model("households.Person")
    assert kind_of(person, "disability") is Kind.SPECIFIC
    assert kind_of(apps.get_model("households.PersonEvent"), "disability") is Kind.SPECIFIC
    assert kind_of(apps.get_model("households.PersonRecord"), "raw") is Kind.SPECIFIC
