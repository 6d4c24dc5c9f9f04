"""Real processes that act at the same moment: `python -m tests.trainings.race DATABASE < tasks.json`.

Each task is {"action": …, "user": pk, "cohort": pk, "row": pk of a person or an enrolment, "key": text, "quotas": {…}}.
One process for each, all let go together; what each of them got is printed as JSON, in the order of the tasks.
"""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def run(database: str, tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Start the race in a program of its own, that has no threads and no connection when it splits."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.trainings.race", database],
        input=json.dumps(tasks),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def main(database: str) -> None:
    tasks = json.load(sys.stdin)
    import os

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.conf import settings

    django.setup()
    settings.DATABASES["default"]["NAME"] = database
    split = multiprocessing.get_context("fork")
    barrier, results = split.Barrier(len(tasks)), split.Queue()
    racers = [
        split.Process(target=_race, args=(number, task, barrier, results))
        for number, task in enumerate(tasks)
    ]
    for racer in racers:
        racer.start()
    found = dict(results.get(timeout=60) for _ in racers)
    for racer in racers:
        racer.join()
    print(json.dumps([found[number] for number in range(len(tasks))]))  # noqa: T201


def _race(number: int, task: dict[str, Any], barrier: Any, results: Any) -> None:
    from django.db import connection

    connection.ensure_connection()
    barrier.wait(timeout=30)
    try:
        results.put((number, _act(task)))
    except Exception as error:
        results.put((number, {"error": repr(error)}))
    finally:
        connection.close()


def _act(task: dict[str, Any]) -> dict[str, Any]:
    from django.utils import timezone

    from households.models import Person
    from tangerang_poverty.accounts.models import User
    from tangerang_poverty.kit.problems import Refused
    from trainings.actions import enrolments
    from trainings.actions.cohorts import set_quotas
    from trainings.models import Cohort, Enrolment

    by, today = User.objects.get(pk=task["user"]), timezone.localdate()
    try:
        if task["action"] == "register":
            made = enrolments.register(
                Person.objects.get(pk=task["row"]),
                cohort=Cohort.objects.get(pk=task["cohort"]),
                by=by,
                key=uuid.UUID(task["key"]) if task.get("key") else uuid.uuid4(),
                today=today,
            )
            return {"enrolment": made.pk, "seat": made.seat}
        if task["action"] == "quota":
            programme = Cohort.objects.get(pk=task["cohort"]).programme
            return {"changed": set_quotas(programme, task["quotas"], by=by, today=today)}
        if task["action"] in ("mark", "decide"):
            return _mark_or_decide(task, by=by, today=today)
        enrolment = Enrolment.objects.get(pk=task["row"])
        promotion = enrolments.withdraw(enrolment, by=by, reason="work", today=today)
    except Refused as refusal:
        return {"refused": str(refusal)}
    return {"promoted": promotion.enrolment_id if promotion else None}


def _mark_or_decide(task: dict[str, Any], *, by: Any, today: Any) -> dict[str, Any]:
    """One mark at the cohort's first session, or the decision with the token of what was seen."""
    from trainings.actions import graduation
    from trainings.actions.attendance import Cell, save_marks
    from trainings.models import Cohort

    cohort = Cohort.objects.for_list().get(pk=task["cohort"])
    if task["action"] == "mark":
        cell = Cell(cohort.sessions.get(number=1).pk, task["row"], "", task["mark"])
        saved = save_marks(cohort, [cell], by=by, today=today)
        return {"added": saved.added}
    report = graduation.Report("1/BA", today, "Tangerang", "Hasan Basri", "Kepala Dinas Sosial")
    made = graduation.decide(cohort, report, seen=task["seen"], by=by, today=today)
    return {"graduation": made.pk}


if __name__ == "__main__":
    main(sys.argv[1])
