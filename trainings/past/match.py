"""Whom the rows of a spreadsheet of the past speak of, found with a few statements for all rows at once.

By NIK (equal numbers have equal ciphertext), else by name and kelurahan. Of several who fit, those on the newest list
count alone: as long as lists are not linked, one person stands in the registry once for each of them. Whatever is
left open is for people to decide.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from households.imports.sql import Statements

ALIKE = 0.3  # trigram similarity of two name keys; below it one NIK on two names is two people
YOUNGEST = 12  # years; nobody younger was in a course
LOCK = 36_710_008  # advisory lock: what writes matches goes one after another


def hold() -> None:
    """Waits until nobody else is matching; until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def judge(past_import: int) -> None:
    """Writes to every staged row that is not rejected what was found: `finding`, `person`, `same_as`."""
    with connection.cursor() as cursor:
        run = Statements(cursor, batch=past_import, **_PARAMS)
        run.run(_COURSES)
        run.run(_CLEAR)
        run.run(_SAME_ROW)
        _find(run, "trainings_stagedpast", "past_import_id = %(batch)s AND finding = ''")
        run.run(
            "UPDATE trainings_stagedpast AS s SET finding = f.finding, person_id = f.person_id"
            " FROM past_found AS f WHERE s.id = f.id"
        )
        run.run(_SAME_PERSON)


def take_over(past_import: int, *, by: int) -> None:
    """Makes the judged rows rows of the past; those that were rejected or are there already stay staged."""
    with connection.cursor() as cursor:
        run = Statements(cursor, batch=past_import, by=by, **_PARAMS)
        run.run(_TAKE_OVER)
        run.run(
            "DELETE FROM trainings_stagedpast WHERE past_import_id = %(batch)s"
            " AND finding NOT IN ('same', 'rejected')"
        )


def search_again(*, by: int) -> int:
    """Looks once more for the families of the rows that wait, since the registry may know more by now.

    Gives how many were found. A row that somebody opened again is left to people.
    """
    with connection.cursor() as cursor:
        run = Statements(cursor, by=by, **_PARAMS)
        _find(run, "trainings_pasttraining", "state = 'unmatched' AND finding <> 'reopened'")
        run.run(_LEFT_OPEN)
        return run.run(_MATCH_WAITING)


def _find(run: Statements, source: str, which: str) -> None:
    """The table past_found: id of each row, what the search came to, and the person when it is one."""
    run.table(
        "past_rows",
        f"SELECT id, year, area_id, name_key, CASE WHEN nik_usable THEN nik END AS nik FROM {source} WHERE {which}",
    )
    run.table("past_fits", _FITS)
    run.table("past_found", _FOUND, key="id")


_PARAMS: dict[str, Any] = {"alike": ALIKE, "youngest": YOUNGEST}

_COURSES = """
    UPDATE trainings_stagedpast AS s SET course_id = c.course
    FROM (SELECT e ->> 'key' AS key, (e ->> 'course')::bigint AS course
          FROM trainings_pastimport, jsonb_array_elements(courses) AS e WHERE id = %(batch)s) AS c
    WHERE s.past_import_id = %(batch)s AND s.course_key = c.key AND s.course_id IS DISTINCT FROM c.course
"""

_CLEAR = """
    UPDATE trainings_stagedpast SET finding = '', person_id = NULL, same_as = ''
    WHERE past_import_id = %(batch)s AND finding NOT IN ('', 'rejected')
"""

# A course that is not known yet stands for itself.
_COURSE = "coalesce(s.course_id::text, 'baru ' || s.course_key)"

# The same person, course, year and place, written in this file before or brought in earlier.
_SAME_ROW = f"""
    WITH numbered AS (
        SELECT s.id, first_value(s.sheet || ' baris ' || s."row") OVER same AS first,
               row_number() OVER same AS place
        FROM trainings_stagedpast AS s WHERE s.past_import_id = %(batch)s AND s.finding = ''
        WINDOW same AS (PARTITION BY s.year, {_COURSE}, s.area_id, s.name_key, s.nik ORDER BY s.id)
    ), known AS (
        SELECT DISTINCT ON (s.id) s.id, i.filename || ' baris ' || p."row" AS first
        FROM trainings_stagedpast AS s
        JOIN trainings_pasttraining AS p ON p.course_id = s.course_id AND p.area_id = s.area_id
            AND p.year = s.year AND p.name_key = s.name_key AND p.nik IS NOT DISTINCT FROM s.nik
        JOIN trainings_pastimport AS i ON i.id = p.past_import_id
        WHERE s.past_import_id = %(batch)s AND s.finding = '' ORDER BY s.id, p.id
    ), same AS (
        SELECT id, first FROM known
        UNION ALL SELECT id, 'lembar ' || first FROM numbered WHERE place > 1 AND id NOT IN (SELECT id FROM known)
    )
    UPDATE trainings_stagedpast AS s SET finding = 'same', same_as = left(same.first, 150)
    FROM same WHERE same.id = s.id
"""

# Two ways to the same person: the second would count the course twice. Graduates of our own cohorts are there too.
_SAME_PERSON = f"""
    WITH found AS (
        SELECT s.id, s.person_id, s.year, s.course_id, first_value(s.sheet || ' baris ' || s."row") OVER same AS first,
               row_number() OVER same AS place
        FROM trainings_stagedpast AS s WHERE s.past_import_id = %(batch)s AND s.finding IN ('nik', 'name')
        WINDOW same AS (PARTITION BY s.person_id, s.year, {_COURSE} ORDER BY s.id)
    ), same AS (
        SELECT f.id, coalesce(
            (SELECT i.filename || ' baris ' || p."row" FROM trainings_pasttraining AS p
             JOIN trainings_pastimport AS i ON i.id = p.past_import_id
             WHERE p.state = 'matched' AND p.person_id = f.person_id AND p.course_id = f.course_id
               AND p.year = f.year),
            (SELECT 'lulusan program ' || g.year FROM trainings_enrolment AS e
             JOIN trainings_programme AS g ON g.id = e.programme_id
             WHERE e.person_id = f.person_id AND e.state = 'graduated' AND g.course_id = f.course_id
               AND g.year = f.year LIMIT 1),
            CASE WHEN f.place > 1 THEN 'lembar ' || f.first END) AS first
        FROM found AS f
    )
    UPDATE trainings_stagedpast AS s SET finding = 'same', same_as = left(same.first, 150), person_id = NULL
    FROM same WHERE same.id = s.id AND same.first IS NOT NULL
"""

# Everybody a row may speak of: who holds its NIK, and who has its name in its kelurahan.
_FITS = """
    SELECT s.id, p.id AS person_id, 'nik' AS how, similarity(p.name_key, s.name_key) >= %(alike)s AS fits,
           (SELECT max(w.reference_date) FROM households_householdrecord AS r
            JOIN households_wave AS w ON w.id = r.wave_id WHERE r.household_id = p.household_id) AS listed
    FROM past_rows AS s JOIN households_person AS p ON p.nik = s.nik
    UNION ALL
    SELECT s.id, p.id, 'name', s.nik IS NULL OR p.nik IS NULL OR s.nik = p.nik,
           (SELECT max(w.reference_date) FROM households_householdrecord AS r
            JOIN households_wave AS w ON w.id = r.wave_id WHERE r.household_id = p.household_id)
    FROM past_rows AS s
    JOIN households_household AS h ON h.area_id = s.area_id
    JOIN households_person AS p ON p.household_id = h.id AND p.name_key = s.name_key
    WHERE p.status = 'present'
      AND (p.birth_date IS NULL OR extract(year FROM p.birth_date) + %(youngest)s <= s.year)
"""

# Of those who fit, the ones on the newest list, and those on none (entered by hand).
_FOUND = """
    WITH newest AS (
        SELECT id, how, person_id, listed IS NULL OR listed = max(listed) OVER (PARTITION BY id, how) AS counts
        FROM past_fits WHERE fits
    ), counted AS (
        SELECT id, how, count(*) AS n, min(person_id) AS person_id FROM newest WHERE counts GROUP BY id, how
    ), held AS (
        SELECT id, bool_or(how = 'nik') AS nik, bool_or(NOT fits) AS other FROM past_fits GROUP BY id
    ), judged AS (
        SELECT s.id, n.person_id AS by_nik, m.person_id AS by_name,
               CASE WHEN n.n = 1 THEN 'nik'
                    WHEN n.n > 1 THEN 'several'
                    WHEN held.nik THEN 'other_nik'
                    WHEN m.n = 1 THEN 'name'
                    WHEN m.n > 1 THEN 'several'
                    WHEN held.other THEN 'other_nik'
                    ELSE 'none' END AS finding
        FROM past_rows AS s
        LEFT JOIN counted AS n ON n.id = s.id AND n.how = 'nik'
        LEFT JOIN counted AS m ON m.id = s.id AND m.how = 'name'
        LEFT JOIN held ON held.id = s.id
    )
    SELECT id, finding, CASE finding WHEN 'nik' THEN by_nik WHEN 'name' THEN by_name END AS person_id FROM judged
"""

_TAKE_OVER = """
    INSERT INTO trainings_pasttraining
        (past_import_id, sheet, "row", year, course_id, area_id, name, name_key, nik, nik_usable, extra, state,
         finding, household_id, family_number, person_id, matched_at, matched_by_id, note)
    SELECT s.past_import_id, s.sheet, s."row", s.year, s.course_id, s.area_id, s.name, s.name_key, s.nik,
           s.nik_usable, s.extra, CASE WHEN p.id IS NULL THEN 'unmatched' ELSE 'matched' END, s.finding,
           p.household_id, p.family_number, p.id, CASE WHEN p.id IS NOT NULL THEN now() END,
           CASE WHEN p.id IS NOT NULL THEN %(by)s END, ''
    FROM trainings_stagedpast AS s LEFT JOIN households_person AS p ON p.id = s.person_id
    WHERE s.past_import_id = %(batch)s AND s.finding NOT IN ('same', 'rejected')
    ORDER BY s.id
"""

_LEFT_OPEN = """
    UPDATE trainings_pasttraining AS t SET finding = f.finding
    FROM past_found AS f
    WHERE t.id = f.id AND t.state = 'unmatched' AND f.person_id IS NULL AND t.finding <> f.finding
"""

_MATCH_WAITING = """
    WITH one AS (
        SELECT DISTINCT ON (f.person_id, t.course_id, t.year) t.id, f.finding, p.id AS person_id, p.household_id,
               p.family_number
        FROM past_found AS f
        JOIN trainings_pasttraining AS t ON t.id = f.id
        JOIN households_person AS p ON p.id = f.person_id
        WHERE NOT EXISTS (SELECT 1 FROM trainings_pasttraining AS o WHERE o.state = 'matched'
                          AND o.person_id = f.person_id AND o.course_id = t.course_id AND o.year = t.year)
        ORDER BY f.person_id, t.course_id, t.year, t.id
    )
    UPDATE trainings_pasttraining AS t
    SET state = 'matched', finding = one.finding, household_id = one.household_id,
        family_number = one.family_number, person_id = one.person_id, matched_at = now(), matched_by_id = %(by)s
    FROM one WHERE t.id = one.id AND t.state = 'unmatched'
"""
