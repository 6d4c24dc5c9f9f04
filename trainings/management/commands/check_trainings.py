"""Recounts from the rows what the trainings keep beside them: seats, roll-ups, attendance, families helped."""

from __future__ import annotations

from typing import ClassVar

from households.management.commands import check_rollup
from households.management.commands.check_rollup import Check

ATTENDED = Check(
    title="Kehadiran peserta",
    table="trainings_enrolment",
    keys=("id",),
    values=("sessions_attended",),
    recount="""
        SELECT e.id, count(a.id) FILTER (WHERE a.mark IN ('H', 'T')) AS sessions_attended
        FROM trainings_enrolment AS e LEFT JOIN trainings_attendance AS a ON a.enrolment_id = e.id
        GROUP BY e.id
    """,
    absent=None,
)
SEATS = Check(
    title="Kursi terisi",
    table="trainings_cohort",
    keys=("id",),
    values=("seats_taken",),
    recount="""
        SELECT c.id, count(e.seat) AS seats_taken
        FROM trainings_cohort AS c LEFT JOIN trainings_enrolment AS e ON e.cohort_id = c.id
        GROUP BY c.id
    """,
    absent=None,
)
COHORTS = Check(
    title="Rekap angkatan",
    table="trainings_cohortcount",
    keys=("cohort_id", "state", "attended"),
    values=("n",),
    recount="""
        SELECT cohort_id, state, sessions_attended > 0 AS attended, count(*) AS n
        FROM trainings_enrolment GROUP BY 1, 2, 3
    """,
    absent="0",
)
PAST = Check(
    title="Rekap riwayat pelatihan",
    table="trainings_pastcount",
    keys=("year", "area_id", "state"),
    values=("n",),
    recount="SELECT year, area_id, state, count(*) AS n FROM trainings_pasttraining GROUP BY 1, 2, 3",
    absent="0",
)
HELPED = Check(
    title="Keluarga terbantu",
    table="households_household",
    keys=("id",),
    values=("helped_in",),
    recount="""
        SELECT h.id, min(helping.year) AS helped_in
        FROM households_household AS h LEFT JOIN (
            SELECT e.household_id, p.year FROM trainings_enrolment AS e
            JOIN trainings_programme AS p ON p.id = e.programme_id WHERE e.state = 'graduated'
            UNION ALL
            SELECT household_id, year FROM trainings_pasttraining WHERE state = 'matched'
        ) AS helping ON helping.household_id = h.id
        GROUP BY h.id
    """,
    absent=None,
)


class Command(check_rollup.Command):
    """Like check_rollup, for what the trainings keep; the registry's own counts follow by their triggers."""

    help = "Memeriksa rekap pelatihan dan keluarga terbantu terhadap barisnya; keluar dengan kode 1 bila berbeda."
    # Attendance first: mending it changes enrolments, whose trigger then moves the roll-up of the cohort.
    checks: ClassVar[tuple[Check, ...]] = (ATTENDED, SEATS, COHORTS, PAST, HELPED)
    locked: ClassVar[tuple[str, ...]] = (
        "trainings_attendance",
        "trainings_enrolment",
        "trainings_programme",
        "trainings_cohort",
        "trainings_pasttraining",
        "trainings_cohortcount",
        "trainings_pastcount",
        "households_household",
    )
