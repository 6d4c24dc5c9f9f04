"""Racers for seats, one process each: `python -m benchmarks.racing DATABASE < task.json`, by our way or by counting."""

from __future__ import annotations

import json
import multiprocessing
import sys
import uuid
from typing import Any


def main(database: str) -> None:
    import django
    from django.conf import settings

    task = json.load(sys.stdin)
    django.setup()
    settings.DATABASES["default"]["NAME"] = database
    split = multiprocessing.get_context("fork")
    barrier, results = split.Barrier(len(task["people"])), split.Queue()
    racers = [split.Process(target=_race, args=(task, person, barrier, results)) for person in task["people"]]
    for racer in racers:
        racer.start()
    errors = [error for error in (results.get(timeout=120) for _ in racers) if error]
    for racer in racers:
        racer.join()
    print(json.dumps({"errors": len(errors), "said": errors[:3]}))


def _race(task: dict[str, Any], person_pk: int, barrier: Any, results: Any) -> None:
    from django.db import connection
    from django.utils import timezone

    from households.models import Person
    from tangerang_poverty.accounts.models import User
    from trainings.actions import enrolments
    from trainings.models import Cohort, Enrolment

    officer = User.objects.get(pk=task["officer"])
    person = Person.objects.select_related("household").get(pk=person_pk)
    cohort = Cohort.objects.for_list().get(pk=task["cohort"])
    barrier.wait(timeout=60)
    try:
        if task["way"] == "ours":
            enrolments.register(
                person, cohort=cohort, by=officer, key=uuid.uuid4(), today=timezone.localdate()
            )
        elif cohort.enrolments.seated().count() < cohort.quota:
            # what a page does that counts before it inserts; its seat numbers are not even unique
            Enrolment.objects.create(
                cohort=cohort,
                programme_id=cohort.programme_id,
                household_id=person.household_id,
                family_number=person.family_number,
                person=person,
                seat=1_000 + person_pk % 30_000,
                state="registered",
                registered_at=timezone.now(),
                registered_by=officer,
            )
        results.put("")
    except Exception as error:
        results.put(repr(error))
    finally:
        connection.close()


if __name__ == "__main__":
    main(sys.argv[1])
