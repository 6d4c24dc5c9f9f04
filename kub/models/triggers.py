"""Triggers that hold what must never be false about groups and money, whoever writes and however.

The ledger posts its own totals: an entry adds to its grant, instalment and budget in the same statement, and the CHECKs
of those rows refuse what does not add up. Nothing else may write these columns.
"""

from __future__ import annotations

import pgtrigger

from households.models.triggers import statement_triggers


def kept_by_triggers(*columns: str) -> pgtrigger.Trigger:
    """Refuses whatever writes these columns except another trigger; a new row starts at zero."""
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
    started = " OR ".join(f"NEW.{column} <> 0" for column in columns)
    return pgtrigger.Trigger(
        name="kept_by_triggers",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF TG_OP = 'INSERT' THEN
                IF {started} THEN
                    RAISE EXCEPTION 'these totals begin at zero' USING ERRCODE = 'check_violation';
                END IF;
            ELSIF pg_trigger_depth() < 2 AND ({changed}) THEN
                RAISE EXCEPTION 'these totals are kept by triggers' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


MEMBER_OF_KECAMATAN = pgtrigger.Trigger(
    name="member_of_kecamatan",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NOT EXISTS (
            SELECT 1 FROM kub_group AS g, households_household AS h
            WHERE g.id = NEW.group_id AND h.id = NEW.household_id AND left(g.area_id, 8) = left(h.area_id, 8)
        ) THEN
            RAISE EXCEPTION 'a member lives in the kecamatan of the group' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

MEMBER_IS_GRADUATE = pgtrigger.Trigger(
    name="member_is_graduate",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NOT EXISTS (
            SELECT 1 FROM trainings_enrolment WHERE person_id = NEW.person_id AND state = 'graduated'
        ) AND NOT EXISTS (
            SELECT 1 FROM trainings_pasttraining WHERE person_id = NEW.person_id AND state = 'matched'
        ) THEN
            RAISE EXCEPTION 'a member is a graduate' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

LINES_ONLY_IN_DRAFT = pgtrigger.Trigger(
    name="only_in_draft",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("line", "kub_proposalline"), ("now", "text")],
    func="""
        IF TG_OP = 'DELETE' THEN line := OLD; ELSE line := NEW; END IF;
        SELECT state INTO now FROM kub_proposal WHERE id = line.proposal_id;
        IF now = 'recommended' AND TG_OP = 'UPDATE' AND OLD.granted IS NULL
           AND (NEW.proposal_id, NEW.position, NEW.item, NEW.quantity, NEW.unit, NEW.unit_price)
             = (OLD.proposal_id, OLD.position, OLD.item, OLD.quantity, OLD.unit, OLD.unit_price) THEN
            RETURN NEW;  -- the decision writes what it gives
        END IF;
        IF now <> 'draft' THEN
            RAISE EXCEPTION 'the lines of a proposal change only while it is a draft'
                USING ERRCODE = 'check_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    """,
)


def _amount(source: str) -> str:
    return f"""
        UPDATE kub_proposal AS p SET amount = n.amount
        FROM (
            SELECT t.proposal_id, coalesce(sum(l.quantity::bigint * l.unit_price), 0) AS amount
            FROM (SELECT DISTINCT proposal_id FROM ({source}) AS s) AS t
            LEFT JOIN kub_proposalline AS l ON l.proposal_id = t.proposal_id
            GROUP BY t.proposal_id
        ) AS n
        WHERE p.id = n.proposal_id AND p.amount <> n.amount;
    """


PROPOSAL_AMOUNT_TRIGGERS = statement_triggers(
    "proposal_amount",
    {
        "insert": _amount("SELECT proposal_id FROM new_rows"),
        "update": _amount("SELECT proposal_id FROM new_rows UNION ALL SELECT proposal_id FROM old_rows"),
        "delete": _amount("SELECT proposal_id FROM old_rows"),
    },
)

# The unique (proposal, user) of the duties refuses a second duty of the same person.
DUTY_OF_STEP = pgtrigger.Trigger(
    name="duty_of_step",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NEW.move IN ('submit', 'verify', 'decide', 'refuse') THEN
            INSERT INTO kub_duty (proposal_id, user_id, duty)
            SELECT NEW.proposal_id, NEW.by_id, CASE NEW.move WHEN 'refuse' THEN 'decide' ELSE NEW.move END
            WHERE NOT EXISTS (
                SELECT 1 FROM kub_duty WHERE proposal_id = NEW.proposal_id AND user_id = NEW.by_id
                AND duty = CASE NEW.move WHEN 'refuse' THEN 'decide' ELSE NEW.move END
            );
        END IF;
        RETURN NEW;
    """,
)

LEDGER_POSTS = pgtrigger.Trigger(
    name="ledger_posts",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("of_grant", "kub_grant"), ("original", "kub_ledgerentry"), ("closed", "timestamptz")],
    func="""
        SELECT * INTO of_grant FROM kub_grant WHERE id = NEW.grant_id FOR NO KEY UPDATE;
        SELECT closed_at INTO closed FROM kub_fiscalyear
        WHERE year = extract(year FROM NEW.booked_on) FOR SHARE;
        IF closed IS NOT NULL THEN
            RAISE EXCEPTION 'the books of this year are closed' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.instalment_id IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM kub_instalment WHERE id = NEW.instalment_id AND grant_id = NEW.grant_id) THEN
            RAISE EXCEPTION 'an entry stays within its grant' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.report_id IS NOT NULL
           AND NOT EXISTS (
               SELECT 1 FROM kub_accountabilityreport WHERE id = NEW.report_id AND grant_id = NEW.grant_id
           ) THEN
            RAISE EXCEPTION 'an entry stays within its grant' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.reverses_id IS NOT NULL THEN
            SELECT * INTO original FROM kub_ledgerentry WHERE id = NEW.reverses_id;
            IF original.reverses_id IS NOT NULL
               OR (original.grant_id, original.kind, -original.amount) <> (NEW.grant_id, NEW.kind, NEW.amount)
               OR original.instalment_id IS DISTINCT FROM NEW.instalment_id
               OR original.report_id IS DISTINCT FROM NEW.report_id THEN
                RAISE EXCEPTION 'a reversal mirrors its entry' USING ERRCODE = 'check_violation';
            END IF;
        END IF;
        NEW.number := (SELECT coalesce(max(number), 0) + 1 FROM kub_ledgerentry WHERE grant_id = NEW.grant_id);
        UPDATE kub_grant SET
            decided = decided
                + CASE NEW.kind WHEN 'decision' THEN NEW.amount WHEN 'release' THEN -NEW.amount ELSE 0 END,
            paid = paid + CASE NEW.kind WHEN 'payment' THEN NEW.amount ELSE 0 END,
            accounted = accounted + CASE NEW.kind WHEN 'accounted' THEN NEW.amount ELSE 0 END,
            refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END
        WHERE id = NEW.grant_id;
        IF NEW.kind = 'payment' AND NEW.amount > 0 AND EXISTS (
            SELECT 1 FROM kub_instalment AS paying
            JOIN kub_instalment AS earlier ON earlier.grant_id = paying.grant_id AND earlier.number < paying.number
            LEFT JOIN kub_accountabilityreport AS told ON told.instalment_id = earlier.id
            WHERE paying.id = NEW.instalment_id AND told.state IS DISTINCT FROM 'accepted'
        ) THEN
            RAISE EXCEPTION 'an instalment waits for the report of the one before' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.kind = 'payment' THEN
            UPDATE kub_instalment SET paid = paid + NEW.amount WHERE id = NEW.instalment_id;
            INSERT INTO kub_duty (proposal_id, user_id, duty)
            SELECT of_grant.proposal_id, NEW.made_by_id, 'pay'
            WHERE NOT EXISTS (
                SELECT 1 FROM kub_duty
                WHERE proposal_id = of_grant.proposal_id AND user_id = NEW.made_by_id AND duty = 'pay'
            );
        END IF;
        IF NEW.kind IN ('decision', 'release') THEN
            UPDATE kub_budget
            SET decided = decided + CASE NEW.kind WHEN 'decision' THEN NEW.amount ELSE -NEW.amount END
            WHERE id = of_grant.budget_id;
        END IF;
        RETURN NEW;
    """,
)

# What an examiner reads stays as it was sent; only his remark that a receipt cannot be read is added.
RECEIPTS_ONLY_WHILE_WRITTEN = pgtrigger.Trigger(
    name="only_while_written",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("receipt", "kub_receipt"), ("now", "text")],
    func="""
        IF TG_OP = 'DELETE' THEN receipt := OLD; ELSE receipt := NEW; END IF;
        SELECT state INTO now FROM kub_accountabilityreport WHERE id = receipt.report_id;
        IF now NOT IN ('draft', 'returned') AND NOT (
            TG_OP = 'UPDATE' AND now = 'submitted'
            AND (NEW.report_id, NEW.line_id, NEW.number, NEW.dated_on, NEW.amount, NEW.file, NEW.sha256)
              = (OLD.report_id, OLD.line_id, OLD.number, OLD.dated_on, OLD.amount, OLD.file, OLD.sha256)
        ) THEN
            RAISE EXCEPTION 'receipts change only while the report is being written'
                USING ERRCODE = 'check_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    """,
)
