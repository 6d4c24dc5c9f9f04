"""Whether the books balance: every total, state and duty against the entries, steps and receipts they come from."""

from __future__ import annotations

from django.db import connection

# Each gives a row (what, expected, found) for what does not agree; none of them reads a total to check itself.
_CHECKS = {
    "jumlah usulan dan RAB": """
        SELECT 'usulan ' || p.id, coalesce(sum(l.quantity::bigint * l.unit_price), 0)::text, p.amount::text
        FROM kub_proposal AS p LEFT JOIN kub_proposalline AS l ON l.proposal_id = p.id
        GROUP BY p.id HAVING p.amount <> coalesce(sum(l.quantity::bigint * l.unit_price), 0)
    """,
    "jumlah hibah dan buku besar": """
        SELECT 'hibah ' || g.id,
               concat_ws(' / ', coalesce(s.decided, 0), coalesce(s.paid, 0), coalesce(s.accounted, 0),
                         coalesce(s.refunded, 0)),
               concat_ws(' / ', g.decided, g.paid, g.accounted, g.refunded)
        FROM kub_grant AS g
        LEFT JOIN (
            SELECT grant_id,
                   sum(CASE kind WHEN 'decision' THEN amount WHEN 'release' THEN -amount ELSE 0 END) AS decided,
                   sum(amount) FILTER (WHERE kind = 'payment') AS paid,
                   sum(amount) FILTER (WHERE kind = 'accounted') AS accounted,
                   sum(amount) FILTER (WHERE kind = 'refund') AS refunded
            FROM kub_ledgerentry GROUP BY grant_id
        ) AS s ON s.grant_id = g.id
        WHERE (g.decided, g.paid, g.accounted, g.refunded)
           <> (coalesce(s.decided, 0), coalesce(s.paid, 0), coalesce(s.accounted, 0), coalesce(s.refunded, 0))
    """,
    "anggaran dan buku besar": """
        SELECT 'anggaran ' || b.id, coalesce(s.decided, 0)::text, b.decided::text
        FROM kub_budget AS b
        LEFT JOIN (
            SELECT g.budget_id,
                   sum(CASE e.kind WHEN 'decision' THEN e.amount WHEN 'release' THEN -e.amount ELSE 0 END) AS decided
            FROM kub_ledgerentry AS e JOIN kub_grant AS g ON g.id = e.grant_id GROUP BY g.budget_id
        ) AS s ON s.budget_id = b.id
        WHERE b.decided <> coalesce(s.decided, 0) OR b.decided > b.allotted
    """,
    "termin dan pembayaran": """
        SELECT 'termin ' || i.id, coalesce(s.paid, 0)::text, i.paid::text
        FROM kub_instalment AS i
        LEFT JOIN (
            SELECT instalment_id, sum(amount) AS paid FROM kub_ledgerentry
            WHERE kind = 'payment' GROUP BY instalment_id
        ) AS s ON s.instalment_id = i.id
        WHERE i.paid <> coalesce(s.paid, 0) OR i.paid NOT IN (0, i.amount)
    """,
    "nomor baris buku besar": """
        SELECT 'hibah ' || grant_id, '1 sampai ' || count(*), min(number) || ' sampai ' || max(number)
        FROM kub_ledgerentry GROUP BY grant_id
        HAVING min(number) <> 1 OR max(number) <> count(*) OR count(DISTINCT number) <> count(*)
    """,
    "pembalikan": """
        SELECT 'baris ' || r.id, (-o.amount)::text, r.amount::text
        FROM kub_ledgerentry AS r JOIN kub_ledgerentry AS o ON o.id = r.reverses_id
        WHERE r.amount <> -o.amount OR r.kind <> o.kind OR r.grant_id <> o.grant_id OR o.reverses_id IS NOT NULL
    """,
    "keputusan dan hibah": """
        SELECT 'usulan ' || p.id, 'hibah hanya bila diputuskan',
               p.state || CASE WHEN g.id IS NULL THEN ' tanpa hibah' ELSE ' dengan hibah' END
        FROM kub_proposal AS p LEFT JOIN kub_grant AS g ON g.proposal_id = p.id
        WHERE (p.state = 'decided') <> (g.id IS NOT NULL)
    """,
    "jumlah yang disetujui": """
        SELECT 'usulan ' || l.proposal_id, sum(l.granted)::text, max(e.amount)::text
        FROM kub_proposalline AS l
        JOIN kub_grant AS g ON g.proposal_id = l.proposal_id
        JOIN kub_ledgerentry AS e ON e.grant_id = g.id AND e.kind = 'decision'
        GROUP BY l.proposal_id HAVING sum(l.granted) IS DISTINCT FROM max(e.amount)
    """,
    "keadaan hibah": """
        SELECT 'hibah ' || g.id, CASE
            WHEN g.decided = 0 THEN 'cancelled'
            WHEN g.paid = 0 THEN 'decided atau agreed'
            WHEN g.paid = g.decided AND g.paid = g.accounted + g.refunded THEN 'accounted atau closed'
            ELSE 'paying' END, g.state
        FROM kub_grant AS g
        WHERE NOT CASE g.state
            WHEN 'cancelled' THEN g.decided = 0 AND g.paid = 0
            WHEN 'decided' THEN g.decided > 0 AND g.paid = 0
            WHEN 'agreed' THEN g.decided > 0 AND g.paid = 0
            WHEN 'paying' THEN g.paid > 0
                 AND (g.paid < g.decided OR g.accounted + g.refunded < g.paid OR EXISTS (
                     SELECT 1 FROM kub_accountabilityreport AS r WHERE r.grant_id = g.id AND r.state <> 'accepted'
                     AND EXISTS (SELECT 1 FROM kub_receipt AS k WHERE k.report_id = r.id)))
            ELSE g.paid > 0 AND g.paid = g.decided AND g.accounted + g.refunded = g.paid END
    """,
    "termin dan perjanjian": """
        SELECT 'hibah ' || g.id, g.decided::text, coalesce(sum(i.amount) FILTER (WHERE i.released_at IS NULL), 0)::text
        FROM kub_grant AS g LEFT JOIN kub_instalment AS i ON i.grant_id = g.id
        GROUP BY g.id
        HAVING CASE WHEN g.state IN ('decided', 'cancelled')
            THEN count(i.id) FILTER (WHERE i.released_at IS NULL) > 0
            ELSE coalesce(sum(i.amount) FILTER (WHERE i.released_at IS NULL), 0) <> g.decided END
    """,
    "LPJ tiap termin yang dibayar": """
        SELECT 'termin ' || i.id, CASE WHEN i.paid > 0 THEN 'ada LPJ' ELSE 'tanpa LPJ' END,
               CASE WHEN r.id IS NULL THEN 'tanpa LPJ' ELSE 'ada LPJ' END
        FROM kub_instalment AS i LEFT JOIN kub_accountabilityreport AS r ON r.instalment_id = i.id
        WHERE (i.paid > 0) <> (r.id IS NOT NULL)
    """,
    "LPJ yang diterima dan buku besar": """
        SELECT 'LPJ ' || r.id, r.state, coalesce(sum(e.amount), 0)::text
        FROM kub_accountabilityreport AS r
        LEFT JOIN kub_ledgerentry AS e ON e.report_id = r.id AND e.kind = 'accounted'
        GROUP BY r.id HAVING (r.state = 'accepted') <> (coalesce(sum(e.amount), 0) > 0)
    """,
    "pemisahan tugas": """
        SELECT 'usulan ' || proposal_id || ', pengguna ' || who, 'satu tugas', string_agg(DISTINCT duty, ', ')
        FROM (
            SELECT proposal_id, by_id AS who, CASE move WHEN 'refuse' THEN 'decide' ELSE move END AS duty
            FROM kub_step WHERE move IN ('submit', 'verify', 'decide', 'refuse')
            UNION ALL
            SELECT g.proposal_id, e.made_by_id, 'pay'
            FROM kub_ledgerentry AS e JOIN kub_grant AS g ON g.id = e.grant_id WHERE e.kind = 'payment'
        ) AS taken
        GROUP BY proposal_id, who HAVING count(DISTINCT duty) > 1
    """,
    "tugas yang tercatat": """
        SELECT 'usulan ' || s.proposal_id || ', pengguna ' || s.by_id, s.move, coalesce(d.duty, 'tidak ada')
        FROM kub_step AS s
        LEFT JOIN kub_duty AS d ON d.proposal_id = s.proposal_id AND d.user_id = s.by_id
        WHERE s.move IN ('submit', 'verify', 'decide', 'refuse')
          AND d.duty IS DISTINCT FROM CASE s.move WHEN 'refuse' THEN 'decide' ELSE s.move END
    """,
}


def differences() -> list[str]:
    """A line for everything in the books that does not agree; none when they balance."""
    found = []
    with connection.cursor() as cursor:
        for name, sql in _CHECKS.items():
            cursor.execute(sql)
            found += [
                f"{name}: {what}, seharusnya {expected}, tercatat {stored}"
                for what, expected, stored in cursor.fetchall()
            ]
    return found


def size() -> tuple[int, int]:
    """How many grants and entries there are to check."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM kub_grant), (SELECT count(*) FROM kub_ledgerentry)")
        grants, entries = cursor.fetchone()
    return int(grants), int(entries)
