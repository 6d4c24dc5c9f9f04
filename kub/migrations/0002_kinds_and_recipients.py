"""Kinds of business and the rules of who may be given what, as a new office begins with them."""

import csv
from pathlib import Path

from django.db import migrations

KINDS = Path(__file__).resolve().parents[1] / "data" / "business_kinds.csv"
RULES = Path(__file__).resolve().parents[1] / "data" / "recipient_rules.csv"


def fill(apps, schema_editor):
    kind, rule = apps.get_model("kub", "BusinessKind"), apps.get_model("kub", "RecipientRule")
    with KINDS.open(encoding="utf-8", newline="") as file:
        kind.objects.bulk_create(kind(name=row["jenis_usaha"]) for row in csv.DictReader(file))
    with RULES.open(encoding="utf-8", newline="") as file:
        rule.objects.bulk_create(
            rule(**{**row, "allowed": row["allowed"] == "ya"}) for row in csv.DictReader(file)
        )


def empty(apps, schema_editor):
    """Takes away what nothing has come to rest on."""
    apps.get_model("kub", "RecipientRule").objects.all().delete()
    apps.get_model("kub", "BusinessKind").objects.filter(groups=None, proposals=None).delete()


class Migration(migrations.Migration):
    dependencies = [("kub", "0001_initial")]

    operations = [migrations.RunPython(fill, empty)]
