"""The city the bench works on: written by make_sample's own generator and imported by the product's own engine."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.management import call_command
from django.db import connection

from households.imports import actions
from households.models import Household, ImportBatch, Wave
from households.sample import generate
from tangerang_poverty.accounts import roles
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Role

FAMILIES = 55_000
WAVE = "PPLS2011"  # its list is one workbook with 101 columns, one row for each person, NIK among them
SECOND_LIST_SHARE = 52 / 55  # of the sample's first list
REGISTRY = (
    "household", "person", "householdrecord", "personrecord", "statuschange", "householdevent", "personevent",
    "wavecount", "registrycount", "importbatch",
)  # fmt: skip


def scale() -> float:
    """BENCH_SCALE: 1 measures at the sizes the budgets speak of, 0.1 at a tenth of them."""
    return float(os.environ.get("BENCH_SCALE", "1"))


def families() -> int:
    return round(FAMILIES * scale())


def prepare() -> None:
    """Tables, areas, waves, roles and the two people the bench works as."""
    call_command("migrate", verbosity=0)
    for command in ("load_areas", "load_waves"):
        call_command(command, stdout=StringIO())
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    roles.sync()
    for name in ("uploader", "applier"):
        new_staff(name, area=settings.CITY_CODE)


def new_staff(name: str, *, area: str) -> User:
    user = User.objects.create(username=name, full_name=name.title(), area_id=area)
    user.groups.set([roles.group_of(Role.STAFF)])
    return user


def staff() -> User:
    return User.objects.get(username="uploader")


def list_of(count: int) -> Path:
    """A workbook of `count` families, written once."""
    folder = Path(settings.VAR_DIR) / f"list-{count}"
    if not (folder / "finished").exists():
        made = generate(folder, households=round(count / SECOND_LIST_SHARE), seed=1, noise=1.0)
        (folder / "finished").write_text(made.second.name)
    return folder / (folder / "finished").read_text()


def upload(path: Path) -> ImportBatch:
    with path.open("rb") as file:
        return actions.upload_batch(
            wave=Wave.objects.get(code=WAVE),
            files=[File(file, name=path.name)],
            by=staff(),
            in_background=False,
        )


def apply(batch: ImportBatch) -> None:
    """Hand a staged batch on and write it to the registry."""
    batch.refresh_from_db()
    actions.submit_batch(batch, by=staff())
    batch.refresh_from_db()
    actions.request_apply(batch, by=User.objects.get(username="applier"), in_background=False)
    actions.apply(batch.pk)


def empty() -> None:
    """A registry without a row; areas, waves and people stay."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(f'households_{table}' for table in REGISTRY)} CASCADE")


def ensure() -> None:
    """The whole city in the registry, nothing else."""
    if Household.objects.count() != families():
        empty()
        batch = upload(list_of(families()))
        actions.stage(batch.pk)
        apply(batch)
        analyze()


def analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
