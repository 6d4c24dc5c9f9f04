"""The trainings: the officer's desk on the wire and in time, seats under a race, a cohort's pages."""

from __future__ import annotations

import gzip
import json
import re
import statistics
import subprocess
import sys
import time
import uuid
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from random import Random

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from benchmarks import city
from benchmarks.database import PROJECT
from benchmarks.timing import NO_BUDGET, Line
from benchmarks.visitor import Visitor, sql_timed
from households.models import Person, Wave
from tangerang_poverty.accounts import roles
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Role
from trainings.actions import enrolments
from trainings.models import Cohort, Course, Enrolment, Programme
from trainings.sample import Pool

AREA = "36.71.08.1002"
WIRE_KB = 30
RACERS, SEATS, TAKEN = 20, 50, 40
REQUESTS, REGISTRATIONS = 60, 40
ASSETS = re.compile(rb'(?:href|src)="/static/([^"]+\.(?:css|js))"')


def run(rounds: int) -> list[Line]:
    city.ensure()
    officer = _officer()
    programme = _programme()
    desk = _cohort(programme, AREA)
    address = f"/pelatihan/angkatan/{desk.pk}/meja/?cari=siti"
    visitor = Visitor(officer)
    page = visitor.get(address)
    return [
        _wire(page),
        *_answer(visitor, address, rounds),
        _registration(desk, officer, rounds),
        *_race(officer),
    ]


def _wire(page: bytes) -> Line:
    """The page with its styles and script, each compressed as it is sent."""
    root = Path(settings.STATIC_ROOT)
    files = [(root / name.decode()).read_bytes() for name in ASSETS.findall(page)]
    size = sum(len(gzip.compress(part, 9)) for part in (page, *files)) / 1000
    budget = f"≤ {WIRE_KB} kB"
    return Line(
        "officer's desk, 12 families found: page, styles and script",
        size,
        None,
        "",
        budget,
        size <= WIRE_KB,
        "kB",
    )


def _answer(visitor: Visitor, address: str, rounds: int) -> list[Line]:
    """Server time of a search on the desk, beside a page of nothing but the frame."""
    ours, frame = [], []
    for _ in range(rounds * REQUESTS):
        for where, taken in ((address, ours), ("/bantuan/", frame)):
            start = time.perf_counter()
            visitor.get(where)
            taken.append((time.perf_counter() - start) * 1000)
    with sql_timed() as queries:
        visitor.get(address)
    own = [seconds for sql, seconds in queries if "django_session" not in sql and "accounts_user" not in sql]
    return [
        Line(
            f"officer's desk: search by name, {city.families():,} families in the city",
            statistics.median(ours),
            statistics.median(frame),
            "an empty page with sign-in and menu",
            NO_BUDGET,
            True,
            "ms",
        ),
        Line(
            f"… of it SQL, {len(own)} queries",
            sum(own) * 1000,
            None,
            "",
            NO_BUDGET,
            True,
            "ms",
        ),
    ]


def _registration(cohort: Cohort, officer: User, rounds: int) -> Line:
    """One registration, every rule and the history included, beside the bare INSERT of its row."""
    families = cycle(_families(cohort.area_id))
    today, ours, floor = timezone.localdate(), [], []
    for _ in range(rounds * REGISTRATIONS):
        person = next(families)
        with transaction.atomic():
            start = time.perf_counter()
            enrolments.register(person, cohort=cohort, by=officer, key=uuid.uuid4(), today=today)
            ours.append((time.perf_counter() - start) * 1000)
            transaction.set_rollback(True)
        with transaction.atomic():
            start = time.perf_counter()
            _bare(cohort, person, officer)
            floor.append((time.perf_counter() - start) * 1000)
            transaction.set_rollback(True)
    return Line(
        "one registration: lock, rules, seat, history",
        statistics.median(ours),
        statistics.median(floor),
        "the bare INSERT",
        NO_BUDGET,
        True,
        "ms",
    )


def _bare(cohort: Cohort, person: Person, officer: User) -> None:
    Enrolment.objects.create(
        cohort=cohort,
        programme_id=cohort.programme_id,
        household_id=person.household_id,
        family_number=person.family_number,
        person=person,
        seat=1,
        state="registered",
        registered_at=timezone.now(),
        registered_by=officer,
    )


def _race(officer: User) -> list[Line]:
    """Twenty processes and the last ten of fifty seats, ours and by counting before inserting."""
    given = {}
    for way in ("ours", "count"):
        cohort = _cohort(_programme(course=f"Perlombaan {way}"), AREA, quota=SEATS)
        people = _families(AREA)[: TAKEN + RACERS]
        for person in people[:TAKEN]:
            enrolments.register(
                person, cohort=cohort, by=officer, key=uuid.uuid4(), today=timezone.localdate()
            )
        racers = [person.pk for person in people[TAKEN:]]
        given[way] = _raced(way, cohort, officer, racers)
        cohort.enrolments.all().delete()  # the same families race once more
        Cohort.objects.filter(pk=cohort.pk).update(seats_taken=0)
    (ours, errors), (counted, _) = given["ours"], given["count"]
    exact = ours == SEATS and not errors
    job = (
        f"{RACERS} processes race for the last {SEATS - TAKEN} of {SEATS} seats: seats given, {errors} errors"
    )
    return [
        Line(
            job,
            ours,
            None,
            f"counting before inserting gave {counted}",
            f"exactly {SEATS}, no errors",
            exact,
            "seats",
        ),
    ]


def _raced(way: str, cohort: Cohort, officer: User, racers: list[int]) -> tuple[int, int]:
    """Seats given in the end, and how many racers ended with an error."""
    tasks = {"way": way, "cohort": cohort.pk, "officer": officer.pk, "people": racers}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.racing", str(connection.settings_dict["NAME"])],
        input=json.dumps(tasks),
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
    )
    return cohort.enrolments.seated().count(), json.loads(done.stdout)["errors"]


def _officer() -> User:
    officer, _ = User.objects.get_or_create(
        username="officer", defaults={"full_name": "Officer", "area_id": AREA}
    )
    officer.groups.set([roles.group_of(Role.KELURAHAN_OFFICER)])
    return officer


def _programme(course: str = "Menjahit") -> Programme:
    today: date = timezone.localdate()
    skill, _ = Course.objects.get_or_create(name=course)
    programme, _ = Programme.objects.get_or_create(
        year=today.year,
        course=skill,
        defaults={
            "wave": Wave.objects.get(code=city.WAVE),
            "account_code": "5.2.2.03.01",
            "registration_opens_on": today - timedelta(days=5),
            "registration_closes_on": today + timedelta(days=25),
            "state": "open",
        },
    )
    return programme


def _cohort(programme: Programme, code: str, quota: int = SEATS) -> Cohort:
    cohort, _ = Cohort.objects.get_or_create(programme=programme, area_id=code, defaults={"quota": quota})
    return cohort


def _families(code: str) -> list[Person]:
    """People of the kelurahan who may be registered, one of each family."""
    pool = Pool(Wave.objects.get(code=city.WAVE), timezone.localdate(), Random(1))
    chosen = [one for _ in range(12) for one in pool.take(code, 1_000)]
    return list(Person.objects.select_related("household").filter(pk__in=[one.person for one in chosen]))
