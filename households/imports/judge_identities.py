"""Lists of NIK and name only: they confirm or fill the NIK of people the registry knows, and nothing else."""

from __future__ import annotations

from households.imports.matching import ALIKE
from households.imports.sql import Statements

CODES = [
    "nik_missing",
    "nik_shared",
    "nik_not_theirs",
    "name_differs",
    "name_shared",
    "person_unknown",
    "nik_again",
]


def judge(statements: Statements) -> None:
    """Verdict and person of every row: same (the NIK is there), changed (it will be filled) or rejected."""
    statements.run(NO_NIK)
    statements.run(AGAIN)
    statements.table("import_holder", HOLDERS, key="staged_id", alike=ALIKE)
    statements.table("import_namesake", NAMESAKES, key="staged_id")
    statements.run(REJECTED)
    statements.run(DIFFERS)
    statements.run(SAME)
    statements.run(FILLED)


_PROBLEM = (
    "INSERT INTO households_stagedproblem"
    ' (batch_id, sheet, "row", is_person, code, is_error, "column", value, message)'
)
_ACCEPTED = "s.batch_id = %(batch)s AND s.verdict <> 'rejected'"
_NOT_YET = (
    "NOT EXISTS (SELECT 1 FROM households_stagedproblem AS e WHERE e.batch_id = s.batch_id AND e.sheet = s.sheet"
    ' AND e."row" = s."row" AND e.is_error)'
)
NO_NIK = f"""
    {_PROBLEM}
    SELECT %(batch)s, s.sheet, s."row", true, 'nik_missing', true, 'NIK', '',
           'NIK kosong atau formatnya salah; pada daftar NIK dan nama, NIK wajib berformat benar.'
    FROM households_stagedperson AS s WHERE {_ACCEPTED} AND NOT s.nik_usable
"""
AGAIN = f"""
    {_PROBLEM}
    SELECT %(batch)s, sheet, "row", true, 'nik_again', true, 'NIK', '',
           'NIK ini sudah disebut di baris ' || replace(to_char(first, 'FM999,999,999'), ',', '.') || '.'
    FROM (
        SELECT s.sheet, s."row", first_value(s."row") OVER same AS first, row_number() OVER same AS place
        FROM households_stagedperson AS s WHERE {_ACCEPTED} AND s.nik_usable
        WINDOW same AS (PARTITION BY s.nik ORDER BY s.id)
    ) AS t WHERE place > 1
"""
HOLDERS = f"""
    SELECT s.id AS staged_id, count(*) AS holders, min(p.id) AS person_id,
           bool_and(similarity(p.name_key, s.name_key) >= %(alike)s) AS alike,
           bool_and(p.name_key = s.name_key) AS equal
    FROM households_stagedperson AS s JOIN households_person AS p ON p.nik = s.nik
    WHERE {_ACCEPTED} AND s.nik_usable GROUP BY s.id
"""
NAMESAKES = f"""
    SELECT s.id AS staged_id, count(*) AS namesakes, min(p.id) AS person_id, bool_and(p.nik IS NULL) AS open,
           count(*) OVER (PARTITION BY min(p.id)) AS claims
    FROM households_stagedperson AS s JOIN households_person AS p ON p.name_key = s.name_key
    WHERE {_ACCEPTED} AND s.nik_usable AND NOT EXISTS (SELECT 1 FROM import_holder AS o WHERE o.staged_id = s.id)
    GROUP BY s.id
"""
REJECTED = f"""
    {_PROBLEM}
    SELECT %(batch)s, s.sheet, s."row", true, code, true, header, '', message FROM (
        SELECT s.*, CASE
            WHEN o.holders > 1 THEN 'nik_shared' WHEN NOT o.alike THEN 'nik_not_theirs'
            WHEN o.holders = 1 THEN NULL WHEN n.namesakes IS NULL THEN 'person_unknown'
            WHEN n.namesakes > 1 OR n.claims > 1 THEN 'name_shared' WHEN NOT n.open THEN 'nik_not_theirs'
        END AS code
        FROM households_stagedperson AS s
        LEFT JOIN import_holder AS o ON o.staged_id = s.id LEFT JOIN import_namesake AS n ON n.staged_id = s.id
        WHERE {_ACCEPTED} AND {_NOT_YET}
    ) AS s JOIN (VALUES
        ('nik_shared', 'NIK', 'NIK ini di registri dipakai lebih dari satu orang; perbaiki dahulu di registri.'),
        ('nik_not_theirs', 'NIK', 'NIK di registri dan di berkas ini tidak cocok dengan nama orangnya.'),
        ('person_unknown', 'NAMA', 'Orang ini tidak ditemukan di registri.'),
        ('name_shared', 'NAMA', 'Ada lebih dari satu orang bernama sama, sehingga tidak jelas NIK ini milik siapa.')
    ) AS words (code, header, message) USING (code)
"""
DIFFERS = f"""
    {_PROBLEM}
    SELECT %(batch)s, s.sheet, s."row", true, 'name_differs', false, 'NAMA', left(s.name, 120),
           'Nama di registri ditulis sedikit lain; nama di registri tidak diubah.'
    FROM households_stagedperson AS s JOIN import_holder AS o ON o.staged_id = s.id
    WHERE {_ACCEPTED} AND {_NOT_YET} AND o.holders = 1 AND o.alike AND NOT o.equal
"""
SAME = f"""
    UPDATE households_stagedperson AS s SET verdict = 'same', person_id = o.person_id FROM import_holder AS o
    WHERE {_ACCEPTED} AND {_NOT_YET} AND o.staged_id = s.id
"""
FILLED = f"""
    UPDATE households_stagedperson AS s SET verdict = 'changed', person_id = n.person_id FROM import_namesake AS n
    WHERE {_ACCEPTED} AND {_NOT_YET} AND n.staged_id = s.id
"""
