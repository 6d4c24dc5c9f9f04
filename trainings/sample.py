"""Trainings of the sample city: years that are over, one that is running and one that registers, in every state.

Built on the families of the last list, with bulk writes; the triggers keep the counts. Repeated, it builds nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import repeat
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from django.core.files import File
from django.db import connection, transaction
from django.utils import timezone

from households.models import Person, Wave
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Role
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.spreadsheets.read import Cell
from tangerang_poverty.kit.spreadsheets.write import Sheet, write_xlsx
from trainings.actions import graduation
from trainings.lifecycle import CohortState, EnrolmentState, ProgrammeState
from trainings.models import Attendance, Cohort, Course, Enrolment, Programme, Session
from trainings.past import actions as past
from trainings.reports.graduation import standings, version_of

WAVE = "PPLS2011"
GEMBOR = "36.71.08.1002"
JATIUWUNG = "36.71.09.1006"
QUOTA = 50
SESSIONS = 12
FILLED = {GEMBOR: 38, JATIUWUNG: 55}  # where the sample's officers work: some seats left, and none
FILL = (0, 12, 20, 31, 44, 49, 50, 50, 53)  # how many want to take part elsewhere
EARLIER = (("Payet", 100), ("Membatik", 125), ("Tata Rias", 150))  # courses and graduates of the years before
PAST_FILE = "riwayat-pelatihan-contoh.xlsx"
MARKS = {Attendance.Mark.LATE: 0.04, Attendance.Mark.EXCUSED: 0.03}
VENUES = ("Aula kelurahan", "Balai warga RW 03", "Gedung serbaguna", "Posyandu Melati")
INSTRUCTORS = ("Ibu Kartika Dewi", "Ibu Ningsih", "Bapak Haryanto", "Ibu Yuliana")
_ELIGIBLE = """
    SELECT DISTINCT ON (h.id) h.area_id, h.id, p.id, p.family_number
    FROM households_person p
    JOIN households_household h ON h.id = p.household_id
    WHERE p.status = 'present' AND p.relation IN (1, 2, 3) AND p.birth_date BETWEEN %s AND %s
      AND h.status = 'on_list' AND h.rank_group IS NOT NULL
      AND EXISTS (SELECT 1 FROM households_householdrecord r WHERE r.household_id = h.id AND r.wave_id = %s)
    ORDER BY h.id, p.sex DESC, p.relation DESC, p.id
"""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A family and the member who would take part."""

    household: int
    person: int
    family_number: int


class Pool:
    """Families of each kelurahan that may still take part; whoever is taken is gone for later programmes."""

    def __init__(self, wave: Wave, today: date, chance: Random) -> None:
        born = (today.replace(year=today.year - 55, day=1), today.replace(year=today.year - 22, day=1))
        self._left: dict[str, list[Chosen]] = defaultdict(list)
        with connection.cursor() as cursor:
            cursor.execute(_ELIGIBLE, [*born, wave.pk])
            for code, *chosen in cursor.fetchall():
                self._left[code].append(Chosen(*chosen))
        for families in self._left.values():
            chance.shuffle(families)

    def take(self, code: str, number: int) -> list[Chosen]:
        """At most so many families of a kelurahan, and no more than a third of those that are left."""
        left = self._left[code]
        number = min(number, max(1, len(left) // 3)) if left else 0
        taken, self._left[code] = left[:number], left[number:]
        return taken


@transaction.atomic
def build(seed: int) -> None:
    """The trainings of the sample. Nothing when there is a programme already, or no city."""
    wave = Wave.objects.filter(code=WAVE).first()
    if wave is None or Programme.objects.exists():
        return
    chance = Random(f"{seed}:trainings")  # noqa: S311  (a sample, no secret)
    today = timezone.localdate()
    pool = Pool(wave, today, chance)
    builder = _Builder(wave, pool, chance, today)
    builder.earlier_years(
        list(Area.objects.kelurahan().select_related("parent").order_by("code")), today.year
    )
    areas = list(Area.objects.kelurahan().order_by("code"))
    builder.finished_year(areas, today.year - 1)
    builder.running_year(areas, today.year)
    builder.open_year(areas, today.year)


class _Builder:
    def __init__(self, wave: Wave, pool: Pool, chance: Random, today: date) -> None:
        self.wave, self.pool, self.chance, self.today = wave, pool, chance, today
        staff = User.objects.filter(is_sample=True, groups__name=Role.STAFF).order_by("pk")
        self.staff, self.desk = staff[0], staff[1]
        officers = User.objects.filter(is_sample=True, groups__name=Role.KELURAHAN_OFFICER)
        self.officers = {officer.area_id: officer for officer in officers}

    def earlier_years(self, areas: list[Area], year: int) -> None:
        """Three years before the product, as the office had them: a spreadsheet, a few names of which nobody knows."""
        rows: list[list[Cell]] = []
        for (course, number), then in zip(EARLIER, range(year - 4, year - 1), strict=True):
            places = self.chance.sample(areas, min(len(areas), number // 5))
            for area in places:
                chosen = self.pool.take(area.code, 5)
                people = Person.objects.in_bulk([one.person for one in chosen])
                for person in people.values():
                    name, nik = self._as_written(person)
                    rows.append([then, course, area.parent.name if area.parent else "", area.name, name, nik])
        if not rows:
            return
        with TemporaryDirectory() as folder:
            path = Path(folder) / PAST_FILE
            header = ["Tahun", "Keterampilan", "Kecamatan", "Kelurahan", "Nama", "NIK"]
            write_xlsx(path, [Sheet("Riwayat (data contoh)", header, rows)])
            with path.open("rb") as file:
                made = past.upload(
                    file=File(file, name=PAST_FILE), by=self.staff, today=self.today, is_sample=True
                )
        past.apply(made, by=self.staff)

    def _as_written(self, person: Person) -> tuple[str, str]:
        """Name and NIK as such a list has them: the number seldom, and now and then a name that fits nobody."""
        if self.chance.random() < 0.06:
            return f"{person.name.split()[0]} {self.chance.choice(('Sumirah', 'Rokayah', 'Tarmini'))}", ""
        return person.name, (person.nik or "") if self.chance.random() < 0.25 else ""

    def finished_year(self, areas: list[Area], year: int) -> None:
        """The year of the 800: sixteen kelurahan of fifty seats, all decided."""
        programme = self._programme("Kue Kering", year, ProgrammeState.CLOSED, first=date(year, 3, 2))
        for area in areas[::6][:16]:
            chosen = self.pool.take(area.code, QUOTA)
            if not chosen:  # a very small city
                continue
            cohort = self._cohort(programme, area, QUOTA, CohortState.RUNNING)
            rows = self._enrolments(
                cohort, chosen, _all(EnrolmentState.ACCEPTED), registered=date(year, 3, 9)
            )
            sessions = self._sessions(cohort, SESSIONS, first=date(year, 5, 4))
            self._attendance(rows, sessions, share=0.95)
            self._decide(
                cohort,
                number=f"{area.code[-4:]}/BA-KK/{year}",
                decided=sessions[-1].held_on + timedelta(days=14),
            )

    def running_year(self, areas: list[Area], year: int) -> None:
        """Begun and on its way: cohorts that are verified, that meet, and that have met for the last time."""
        programme = self._programme(
            "Pijat Refleksi", year, ProgrammeState.RUNNING, first=self.today - timedelta(days=140)
        )
        for turn, area in enumerate(areas[2::4]):
            chosen = self.pool.take(area.code, 30)
            if not chosen:
                continue
            begun = turn % 3
            state = CohortState.OPEN if begun == 0 else CohortState.RUNNING
            cohort = self._cohort(programme, area, 30, state)
            states = _some_verified(self.chance) if begun == 0 else _all(EnrolmentState.ACCEPTED)
            rows = self._enrolments(cohort, chosen, states, registered=self.today - timedelta(days=110))
            if begun == 0:
                continue
            held = SESSIONS if begun == 2 else 5
            first = self.today - timedelta(days=7 * held - 3)
            sessions = self._sessions(cohort, SESSIONS, first=first)
            recorded = held - turn % 2  # of the last meeting some sheets are still on paper
            self._attendance(rows, sessions[:recorded], share=0.9)
            if recorded == SESSIONS:
                self._decide(cohort, number=f"{area.code[-4:]}/BA-PR/{year}", decided=self.today)

    def open_year(self, areas: list[Area], year: int) -> None:
        """Registration in all kelurahan: empty, half full, full and with a waiting list."""
        programme = self._programme(
            "Menjahit", year, ProgrammeState.OPEN, first=self.today - timedelta(days=12)
        )
        registered = self.today - timedelta(days=10)
        for area in areas:
            wanted = FILLED.get(area.code) or self.chance.choice(FILL)
            chosen = self.pool.take(area.code, wanted)
            quota = max(1, len(chosen) - 3) if wanted > QUOTA and len(chosen) <= QUOTA else QUOTA
            cohort = self._cohort(programme, area, quota, CohortState.OPEN)
            self._enrolments(cohort, chosen, _all(EnrolmentState.REGISTERED), registered=registered)

    def _programme(self, course: str, year: int, state: str, *, first: date) -> Programme:
        skill, _ = Course.objects.get_or_create(name=course)
        return Programme.objects.create(
            year=year,
            course=skill,
            wave=self.wave,
            account_code="5.2.2.03.01",
            budget=1_850_000_000,
            registration_opens_on=first,
            registration_closes_on=first + timedelta(days=30),
            min_score=None,
            state=state,
            is_sample=True,
        )

    def _cohort(self, programme: Programme, area: Area, quota: int, state: str) -> Cohort:
        return Cohort.objects.create(
            programme=programme,
            area=area,
            quota=quota,
            state=state,
            venue=self.chance.choice(VENUES),
            instructor=self.chance.choice(INSTRUCTORS),
        )

    def _enrolments(
        self, cohort: Cohort, chosen: list[Chosen], states: Iterator[EnrolmentState], *, registered: date
    ) -> list[Enrolment]:
        """The first get the seats, in the states that come; the others wait. Gives those with a seat."""
        by = self.officers.get(cohort.area_id, self.desk)
        rows = []
        for turn, one in enumerate(chosen, 1):
            moment = datetime.combine(
                registered + timedelta(days=turn // 12), time(8, 30), timezone.get_current_timezone()
            )
            state = next(states) if turn <= cohort.quota else EnrolmentState.WAITING
            decided = state == EnrolmentState.ACCEPTED
            rows.append(
                Enrolment(
                    cohort=cohort,
                    programme_id=cohort.programme_id,
                    household_id=one.household,
                    person_id=one.person,
                    family_number=one.family_number,
                    seat=turn if turn <= cohort.quota else None,
                    state=state,
                    registered_at=moment + timedelta(minutes=7 * (turn % 12)),
                    registered_by=by,
                    decided_at=moment + timedelta(days=20) if decided else None,
                    decided_by=self.staff if decided else None,
                )
            )
        Enrolment.objects.bulk_create(rows)
        seated = rows[: cohort.quota]
        Cohort.objects.filter(pk=cohort.pk).update(seats_taken=len(seated))
        return seated

    def _sessions(self, cohort: Cohort, number: int, *, first: date) -> list[Session]:
        """Weekly meetings of three hours."""
        return Session.objects.bulk_create(
            Session(
                cohort=cohort,
                number=turn + 1,
                held_on=first + timedelta(days=7 * turn),
                starts_at=time(9),
                ends_at=time(12),
            )
            for turn in range(number)
        )

    def _attendance(self, rows: list[Enrolment], sessions: list[Session], *, share: float) -> None:
        """Most are there; each person has a habit of their own."""
        habits = {row.pk: min(1.0, max(0.2, self.chance.gauss(share, 0.12))) for row in rows}
        Attendance.objects.bulk_create(
            Attendance(session=session, enrolment=row, mark=self._mark(habits[row.pk]))
            for session in sessions
            for row in rows
        )
        for session in sessions:
            Session.objects.filter(pk=session.pk).update(
                recorded_at=datetime.combine(session.held_on, time(13), timezone.get_current_timezone()),
                recorded_by=self.desk,
            )

    def _decide(self, cohort: Cohort, *, number: str, decided: date) -> None:
        """The real decision, certificates included."""
        held = Cohort.objects.for_list().get(pk=cohort.pk)
        report = graduation.Report(
            report_number=number,
            decided_on=decided,
            place="Tangerang",
            signatory_name="Hasan Basri",
            signatory_title="Kepala Dinas Sosial",
        )
        seen = version_of(standings(held))
        graduation.decide(held, report, seen=seen, by=self.staff, today=self.today)

    def _mark(self, habit: float) -> str:
        if self.chance.random() >= habit:
            return Attendance.Mark.ABSENT
        draw = self.chance.random()
        for mark, part in MARKS.items():
            if draw < part:
                return mark
            draw -= part
        return Attendance.Mark.PRESENT


def _all(state: EnrolmentState) -> Iterator[EnrolmentState]:
    return repeat(state)


def _some_verified(chance: Random) -> Iterator[EnrolmentState]:
    while True:
        yield EnrolmentState.ACCEPTED if chance.random() < 0.6 else EnrolmentState.REGISTERED
