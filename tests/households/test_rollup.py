"""The database keeps roll-ups and names of households true whatever writes; `check_rollup` proves it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from households.models import Household, HouseholdRecord, Person, RegistryCount, Wave, WaveCount
from tests.factories import (
    GEBANG_RAYA,
    GEMBOR,
    HouseholdFactory,
    HouseholdRecordFactory,
    ImportBatchFactory,
    PersonFactory,
    WaveFactory,
    area,
)

pytestmark = pytest.mark.django_db


def check() -> str:
    """What the command prints when everything is true; it raises CommandError otherwise."""
    out = StringIO()
    call_command("check_rollup", stdout=out)
    return out.getvalue()


def wave_counts() -> dict[tuple[str, str, str, int], tuple[int, int]]:
    rows = WaveCount.objects.exclude(households=0, people=0)
    return {
        (row.wave.code, row.area_id, row.rank_scale, row.rank_group): (row.households, row.people)
        for row in rows
    }


def helped_counts() -> dict[tuple[str, str, int], int]:
    """Helped households by wave, kelurahan and rank group, those without any left out."""
    rows = WaveCount.objects.exclude(helped=0)
    return {(row.wave.code, row.area_id, row.rank_group): row.helped for row in rows}


def registry_counts() -> dict[tuple[str, str, str, int], tuple[int, int]]:
    rows = RegistryCount.objects.exclude(households=0, people=0)
    return {
        (row.area_id, row.status, row.rank_scale, row.rank_group): (row.households, row.people)
        for row in rows
    }


def record(wave: Wave, number: int, **fields: object) -> HouseholdRecord:
    household = Household.objects.first() or HouseholdFactory()
    values = {
        "area": area(GEMBOR),
        "member_count": 3,
        "rank": 2,
        "rank_scale": "class",
        "rank_group": 2,
    } | fields
    return HouseholdRecord(
        wave=wave,
        batch=ImportBatchFactory(wave=wave),
        layout="nik_name",
        source_key=f"B{number}",
        source_row=number,
        household=household,
        **values,
    )


def test_a_wave_is_counted_by_kelurahan_and_rank_group_as_its_records_come_change_and_go() -> None:
    wave = WaveFactory(code="W1")
    area(GEBANG_RAYA)
    HouseholdRecord.objects.bulk_create([record(wave, n) for n in range(3)])
    HouseholdRecord.objects.bulk_create([record(wave, 9, rank=None, rank_scale="", rank_group=None)])
    assert wave_counts() == {("W1", GEMBOR, "class", 2): (3, 9), ("W1", GEMBOR, "", 0): (1, 3)}

    HouseholdRecord.objects.filter(source_key="B0").update(area=GEBANG_RAYA, member_count=5)
    assert wave_counts()["W1", GEBANG_RAYA, "class", 2] == (1, 5)
    assert wave_counts()["W1", GEMBOR, "class", 2] == (2, 6)

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM households_householdrecord WHERE source_key <> 'B0'")
    assert wave_counts() == {("W1", GEBANG_RAYA, "class", 2): (1, 5)}
    assert "sesuai" in check()


def test_a_household_moves_between_the_counts_of_the_registry_with_its_status_place_and_members() -> None:
    household = HouseholdFactory()
    assert registry_counts() == {(GEMBOR, "on_list", "class", 2): (1, 1)}

    child = PersonFactory(household=household)
    assert registry_counts() == {(GEMBOR, "on_list", "class", 2): (1, 2)}

    area(GEBANG_RAYA)
    Household.objects.filter(pk=household.pk).update(status="left", area=GEBANG_RAYA)
    assert registry_counts() == {(GEBANG_RAYA, "left", "class", 2): (1, 2)}

    Person.objects.filter(pk=child.pk).update(status=Person.Status.MOVED)
    assert registry_counts() == {(GEBANG_RAYA, "left", "class", 2): (1, 1)}
    assert "sesuai" in check()


def test_helped_families_are_counted_in_the_registry_and_in_every_wave_that_lists_them() -> None:
    first, second = WaveFactory(code="W1"), WaveFactory(code="W2")
    household, other = HouseholdFactory(), HouseholdFactory(rank=1, rank_group=1)
    for family, wave in ((household, first), (household, second), (other, first)):
        HouseholdRecordFactory(household=family, wave=wave)
    counts = RegistryCount.objects.filter(households__gt=0)
    assert set(counts.values_list("helped", flat=True)) == {False}

    Household.objects.filter(pk=household.pk).update(helped_in=2013)
    assert helped_counts() == {("W1", GEMBOR, 2): 1, ("W2", GEMBOR, 2): 1}
    assert counts.get(helped=True).rank_group == 2
    with connection.cursor() as cursor:  # another year is no other count
        cursor.execute("UPDATE households_household SET helped_in = coalesce(helped_in, 2014) - 1")
    assert helped_counts() == {("W1", GEMBOR, 2): 1, ("W1", GEMBOR, 1): 1, ("W2", GEMBOR, 2): 1}

    HouseholdRecord.objects.filter(wave=second).update(rank=3, rank_group=3)
    HouseholdRecord.objects.filter(wave=first, household=household).update(household=other)
    assert helped_counts() == {("W1", GEMBOR, 2): 1, ("W1", GEMBOR, 1): 1, ("W2", GEMBOR, 3): 1}
    HouseholdRecord.objects.filter(wave=second).delete()
    Household.objects.update(helped_in=None)
    assert helped_counts() == {}
    assert "sesuai" in check()


def test_a_record_that_is_given_to_another_family_counts_as_that_one_is_helped() -> None:
    helped = HouseholdFactory(helped_in=2014)
    record = HouseholdRecordFactory(wave=WaveFactory(code="W1"))
    assert helped_counts() == {}
    HouseholdRecord.objects.filter(pk=record.pk).update(household=helped)
    assert helped_counts() == {("W1", GEMBOR, 2): 1}
    assert "sesuai" in check()


def test_head_members_and_search_key_follow_the_people_whatever_writes_them() -> None:
    household = HouseholdFactory(head__name="Siti Aminah", head__name_key="siti aminah")
    other = HouseholdFactory(head=False)
    assert (household.head_name, household.member_count, household.search_key) == (
        "Siti Aminah",
        1,
        "siti aminah",
    )

    Person.objects.bulk_create(
        [Person(household=household, name=name, name_key=name.lower()) for name in ("Budi", "Cahya")]
    )
    household.refresh_from_db()
    assert (household.member_count, household.search_key) == (3, "siti aminah|budi|cahya")

    with connection.cursor() as cursor:
        cursor.execute("UPDATE households_person SET household_id = %s WHERE name = 'Budi'", [other.pk])
        cursor.execute(
            "DELETE FROM households_person WHERE relation = 1 AND household_id = %s", [household.pk]
        )
    household.refresh_from_db()
    other.refresh_from_db()
    assert (household.head_name, household.member_count, household.search_key) == ("", 1, "cahya")
    assert (other.head_name, other.member_count, other.search_key) == ("", 1, "budi")
    assert "sesuai" in check()


def test_a_transaction_that_is_rolled_back_leaves_the_counts_as_they_were() -> None:
    wave = WaveFactory(code="W1")
    HouseholdRecordFactory(wave=wave)
    before = wave_counts(), registry_counts()

    with transaction.atomic():
        HouseholdRecordFactory.create_batch(3, wave=wave)
        assert (wave_counts(), registry_counts()) != before
        transaction.set_rollback(True)

    assert (wave_counts(), registry_counts()) == before
    assert "sesuai" in check()


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["add", "rank", "move", "grow", "remove"]),
        st.sampled_from([GEMBOR, GEBANG_RAYA]),
        st.sampled_from([(None, ""), (1, "class"), (3, "class"), (7, "decile")]),
        st.integers(0, 6),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_after_any_run_of_changes_the_counts_equal_a_recount(
    changes: list[tuple[str, str, tuple[int | None, str], int]], db: None
) -> None:
    with transaction.atomic():
        wave = WaveFactory(code="W1")
        area(GEBANG_RAYA)
        for number, (change, place, (rank, scale), size) in enumerate(changes):
            some = HouseholdRecord.objects.filter(pk__in=HouseholdRecord.objects.values("pk")[:2])
            ranked = {"rank": rank, "rank_scale": scale, "rank_group": rank}
            if change == "add":
                batch = [
                    record(wave, number * 100 + n, area=area(place), member_count=size, **ranked)
                    for n in range(3)
                ]
                HouseholdRecord.objects.bulk_create(batch)
            elif change == "rank":
                some.update(**ranked)
            elif change == "move":
                some.update(area=place)
            elif change == "grow":
                some.update(member_count=size)
            else:
                some.delete()

        recounted: Counter[tuple[str, str, str, int]] = Counter()
        people: Counter[tuple[str, str, str, int]] = Counter()
        for row in HouseholdRecord.objects.all():
            key = (row.wave.code, row.area_id, row.rank_scale, row.rank_group or 0)
            recounted[key] += 1
            people[key] += row.member_count
        assert wave_counts() == {key: (n, people[key]) for key, n in recounted.items()}
        assert "sesuai" in check()
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_leave_true_counts_and_none_waits_in_a_circle() -> None:
    wave = WaveFactory(code="W1")
    batch = ImportBatchFactory(wave=wave)
    household = HouseholdFactory()
    places = [GEMBOR, GEBANG_RAYA]
    for place in places:
        area(place)
    start = threading.Barrier(4)
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            start.wait(timeout=30)
            for turn in range(5):
                # every writer names the two kelurahan in another order: only the database can keep them apart
                ordered = places if (number + turn) % 2 else places[::-1]
                HouseholdRecord.objects.bulk_create(
                    HouseholdRecord(
                        wave=wave,
                        batch=batch,
                        layout="nik_name",
                        source_key=f"{number}-{turn}-{place}",
                        source_row=1,
                        household=household,
                        area_id=place,
                        member_count=2,
                        rank=1,
                        rank_scale="class",
                        rank_group=1,
                    )
                    for place in ordered
                )
                HouseholdFactory(area=area(ordered[0]))
        except BaseException as failure:
            failures.append(failure)
            raise
        finally:
            connections.close_all()

    _run_together([lambda number=number: write(number) for number in range(4)])

    assert not failures
    assert wave_counts() == {("W1", place, "class", 1): (20, 40) for place in places}
    assert sum(households for households, _ in registry_counts().values()) == 21
    assert "sesuai" in check()


def _run_together(jobs: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)


PLANTED = {
    "a count too high": "UPDATE households_wavecount SET households = households + 1",
    "a count of people too low": "UPDATE households_registrycount SET people = people - 1",
    "a count that is missing": "DELETE FROM households_wavecount",
    "a count nothing stands behind": (
        "INSERT INTO households_registrycount (area_id, status, rank_scale, rank_group, helped, households, people) "
        f"VALUES ('{GEMBOR}', 'left', 'decile', 9, false, 4, 12)"
    ),
    "a family counted as helped": "UPDATE households_wavecount SET helped = helped + 1",
    "a name of a head that is wrong": "UPDATE households_household SET head_name = 'Orang Lain'",
    "a number of members that is wrong": "UPDATE households_household SET member_count = 9",
    "a search key that is wrong": "UPDATE households_household SET search_key = ''",
}


@pytest.mark.parametrize("error", PLANTED)
def test_a_planted_error_is_found_and_repaired(error: str) -> None:
    household = HouseholdFactory()
    HouseholdRecordFactory(household=household)
    before = wave_counts(), registry_counts()
    with connection.cursor() as cursor:
        cursor.execute(PLANTED[error])

    with pytest.raises(CommandError, match="1 perbedaan"):
        check()
    with pytest.raises(CommandError):  # looking repairs nothing
        check()

    out = StringIO()
    call_command("check_rollup", "--repair", stdout=out)
    assert "1 perbedaan dibetulkan" in out.getvalue()
    assert "sesuai" in check()
    assert (wave_counts(), registry_counts()) == before
    household.refresh_from_db()
    assert household.head_name == household.people.get().name


def test_a_difference_is_printed_with_its_place_and_both_values_but_no_name_of_a_person() -> None:
    household = HouseholdFactory(head__name="Siti Aminah")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE households_household SET head_name = 'Orang Lain', member_count = 9")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("check_rollup", stdout=out)
    assert f"id={household.pk}): member_count 9, seharusnya 1" in out.getvalue()
    assert "head_name berbeda" in out.getvalue()
    assert "Siti" not in out.getvalue()
