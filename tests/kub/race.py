"""Real processes that act on groups and grants at the same moment: `python -m tests.kub.race DATABASE < tasks.json`.

Each task is {"action": "decide" | "pay" | "refund" | "join" | "form", "user": pk, "row": pk of the proposal,
instalment, grant or group, …}.
One process for each, all let go together; what each of them got is printed as JSON, in the order of the tasks.
With "hold": true a payment is booked, says so and never comes back: the test kills it in the middle.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def command(database: str) -> list[str]:
    return [sys.executable, "-m", "tests.kub.race", database]


def run(database: str, tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Start the race in a program of its own, that has no threads and no connection when it splits."""
    done = subprocess.run(
        command(database), input=json.dumps(tasks), capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def main(database: str) -> None:
    tasks = json.load(sys.stdin)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.conf import settings

    django.setup()
    settings.DATABASES["default"]["NAME"] = database
    if tasks[0].get("hold"):
        _hold_and_act(tasks[0])
        return
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


def _hold_and_act(task: dict[str, Any]) -> None:
    """Books the entry and stops before the state changes, with the transaction open."""
    from kub.actions import ledger

    def stop(*args: Any, **values: Any) -> None:
        print("booked", flush=True)  # noqa: T201
        time.sleep(120)

    ledger.step = stop
    _act(task)


def _race(number: int, task: dict[str, Any], barrier: Any, results: Any) -> None:
    from django.db import connection

    from tangerang_poverty.kit.problems import Refused

    connection.ensure_connection()
    barrier.wait()
    try:
        result = _act(task)
    except Refused as refusal:
        result = {"refused": str(refusal)}
    except Exception as error:
        result = {"error": f"{type(error).__name__}: {error}"}
    connection.close()
    results.put((number, result))


def _act(task: dict[str, Any]) -> dict[str, Any]:
    from django.utils import timezone

    from kub.actions import decisions, ledger
    from kub.models import Budget, Decree, Grant, Instalment, Proposal
    from tangerang_poverty.accounts.models import User

    by, today = User.objects.get(pk=task["user"]), timezone.localdate()
    key = uuid.UUID(task["key"]) if "key" in task else uuid.uuid4()
    if task["action"] in ("join", "form"):
        return _group(task, by=by, today=today)
    if task["action"] == "decide":
        proposal = Proposal.objects.get(pk=task["row"])
        grant = decisions.decide(proposal, decree=Decree.objects.get(), budget=Budget.objects.get(), by=by)
        return {"grant": grant.pk}
    if task["action"] == "pay":
        entry = ledger.pay(
            Instalment.objects.get(pk=task["row"]),
            document="1/LS",
            booked_on=today,
            request_key=key,
            by=by,
            today=today,
        )
        return {"entry": entry.pk}
    entry = ledger.refund(
        Grant.objects.get(pk=task["row"]),
        amount=task["amount"],
        document="STS",
        booked_on=today,
        request_key=key,
        by=by,
        today=today,
    )
    return {"entry": entry.pk}


def _group(task: dict[str, Any], *, by: Any, today: Any) -> dict[str, Any]:
    """Somebody ("person") joins the group ("row"), or a group of a name is begun in a kelurahan ("area")."""
    from households.models import Person
    from kub.actions import groups, members
    from kub.models import BusinessKind, Group

    if task["action"] == "form":
        draft = Group(name=task["name"], kind=BusinessKind.objects.earliest("pk"), area_id=task["area"])
        return {"group": groups.form_group(draft, founders={}, by=by, today=today).pk}
    group, person = Group.objects.get(pk=task["row"]), Person.objects.get(pk=task["person"])
    return {"member": members.add_member(group, person=person, joined_on=today, by=by, today=today).pk}


if __name__ == "__main__":
    main(sys.argv[1])
