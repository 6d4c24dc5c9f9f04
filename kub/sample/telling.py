"""Tells the story of a proposal through the actions of the office, and sets back the moment each step was written."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from random import Random

import pgtrigger
from django.utils import timezone

from kub.actions import decisions, ledger, proposals, receipts, reports
from kub.checklists import FIELD_CHECKS
from kub.models import (
    AccountabilityReport,
    Budget,
    Decree,
    FieldCheck,
    FiscalYear,
    Grant,
    Instalment,
    LedgerEntry,
    Proposal,
    Receipt,
    Step,
)
from kub.rules import LineDraft
from kub.sample import drawing
from kub.sample.office import ACCOUNTS, Team
from kub.sample.stories import Run, Turn
from kub.sample.words import PURPOSES, REFUSALS, RETURNS

# What is set back in time is written once and for all in the office; only the sample lays it down afterwards.
WRITTEN_ONCE = (
    "kub.Step:append_only",
    "kub.LedgerEntry:append_only",
    "kub.FieldCheck:append_only",
    "kub.Receipt:only_while_written",
)
MONEY_TURNS = (Turn.DECIDE, Turn.PAY_1, Turn.PAY_2)  # within the fiscal year
SECOND = (Turn.PAY_2, Turn.SEND_2, Turn.ACCEPT_2)
FIRST_SHARE = 60  # of 100 in the first instalment
LATER = 5  # days between the last turn and what happens instead of the next one
RARE = 0.2  # how often a rest is paid back, or a payment is booked wrongly and reversed


class Teller:
    """Takes the turns of a run in order, as far as its story and today go."""

    def __init__(self, team: Team, chance: Random, today: date) -> None:
        self.team, self.chance, self.today = team, chance, today
        self.decrees: dict[date, Decree] = {}
        self.numbers = 0
        self.spent: dict[int, int] = {}  # by line of the budget

    def tell(self, run: Run) -> None:
        year = run.fiscal_year(self.today)
        if Proposal.objects.live().filter(group=run.group, year=year).exists():
            return
        proposal = self._draft(run, year)
        reached = Turn.DRAFT
        for turn in Turn:
            day = run.on(turn)
            if turn > run.story.until or day > self.today:
                break
            if turn in MONEY_TURNS and day.year != year:
                break
            if not (run.story.goods and turn in SECOND):
                self._take(turn, proposal, run, day)
            self._set_back(proposal, day)
            reached = turn
        if run.story.end and reached == run.story.until:
            day = min(run.on(reached) + timedelta(days=LATER), self.today)
            self._end(run.story.end, proposal, run, day)
            self._set_back(proposal, day)

    def _draft(self, run: Run, year: int) -> Proposal:
        by = self.team.clerk(run.group.area_id)
        purpose = PURPOSES.get(run.group.kind.name, "Memulai usaha bersama")
        proposal = proposals.make_proposal(
            run.group,
            year=FiscalYear.objects.get(year=year),
            grant_form=run.grant_form,
            purpose=purpose,
            by=by,
            request_key=self._key(),
        )
        lines = [
            LineDraft(
                line.item,
                line.quantity - self.chance.randint(0, line.quantity // 3),
                line.unit,
                line.unit_price,
            )
            for line in proposal.lines.all()
        ]
        return proposals.save_lines(proposal, lines, grant_form=run.grant_form, purpose=purpose, by=by)

    def _take(self, turn: Turn, proposal: Proposal, run: Run, day: date) -> None:
        team, clerk = self.team, self.team.clerk(run.group.area_id)
        number = 2 if turn in SECOND else 1
        if turn == Turn.SUBMIT:
            proposals.submit(proposal, by=clerk)
        elif turn == Turn.VERIFY:
            self._verify(proposal, run, day)
        elif turn == Turn.RECOMMEND:
            proposals.recommend(proposal, by=team.verifier)
        elif turn == Turn.DECIDE:
            budget = Budget.objects.get(year=proposal.year_id, account_code=ACCOUNTS[run.grant_form][0])
            decisions.decide(proposal, decree=self._decree(day), budget=budget, by=team.head)
        elif turn == Turn.AGREE:
            self._agree(self._grant(proposal), run, day)
        elif turn in (Turn.PAY_1, Turn.PAY_2):
            self._pay(self._grant(proposal), number, run, day)
        elif turn in (Turn.SEND_1, Turn.SEND_2):
            report = self._report(proposal, number)
            self._write(report, day)
            reports.submit_report(report, by=clerk)
            self._stamp(report, "submitted_at", day)
        elif turn in (Turn.ACCEPT_1, Turn.ACCEPT_2):
            self._accept(self._report(proposal, number), day)
        elif turn == Turn.CLOSE:
            decisions.close(self._grant(proposal), by=team.head)

    def _end(self, end: str, proposal: Proposal, run: Run, day: date) -> None:
        team, clerk = self.team, self.team.clerk(run.group.area_id)
        if end == "refuse":
            decisions.refuse(proposal, by=team.head, note=self.chance.choice(REFUSALS))
        elif end == "withdraw":
            proposals.move_back(
                proposal, "withdraw", by=clerk, note="Kelompok ingin menambah anggota lebih dahulu."
            )
        elif end == "return":
            note = "Harga oven di RAB lebih tinggi daripada harga pasar; perbaiki dan ajukan lagi."
            proposals.move_back(proposal, "return", by=team.staff, note=note)
        elif end == "cancel":
            reason = "Ketua pindah ke luar kota, pengurus belum sepakat."
            decisions.cancel(self._grant(proposal), reason=reason, by=team.head, today=day)
        elif end == "write":
            self._write(self._report(proposal, 1), day, whole=False)
        elif end == "return_report":
            report = self._report(proposal, 1)
            last = report.receipts.order_by("number").last()
            if last is not None:
                receipts.mark_unreadable(last, unreadable=True, by=team.verifier, note="Angkanya kabur")
            reports.return_report(report, by=team.verifier, note=RETURNS[0])
            self._stamp(report, "examined_at", day)

    def _verify(self, proposal: Proposal, run: Run, day: date) -> None:
        members = run.group.memberships.live().count()
        proposals.verify(
            proposal,
            visited_on=day - timedelta(days=2),
            checks={point.code: point.required or self.chance.random() < 0.7 for point in FIELD_CHECKS},
            members_met=max(3, members - self.chance.randint(0, 2)),
            by=self.team.staff,
            today=day,
            note="Ditemui di tempat usaha",
        )

    def _decree(self, day: date) -> Decree:
        """One decree for all that a meeting decided."""
        if day not in self.decrees:
            decree = Decree(
                number=f"460/Kep.{218 + len(self.decrees)}-Dinsos/{day.year}",
                year=FiscalYear.objects.get(year=day.year),
                decided_on=day,
                meeting_on=day - timedelta(days=3),
                meeting_note="Rapat tim pertimbangan hibah di ruang rapat Dinas Sosial",
                signatory_name=self.team.head.full_name,
                signatory_title="Kepala Dinas Sosial Kota Tangerang",
            )
            self.decrees[day] = decisions.make_decree(decree, by=self.team.head, today=day)
        return self.decrees[day]

    def _agree(self, grant: Grant, run: Run, day: date) -> None:
        first = grant.decided if run.story.goods else grant.decided * FIRST_SHARE // 100
        parts = [part for part in (first, grant.decided - first) if part]
        self.numbers += 1
        decisions.agree(
            grant,
            number=f"{self.numbers:03d}/NPHD/{day.year}",
            agreed_on=day,
            instalments=parts,
            by=self.team.head,
            today=day,
        )

    def _pay(self, grant: Grant, number: int, run: Run, day: date) -> None:
        """Now and then under a wrong number first, which is reversed."""
        instalment = Instalment.objects.select_related("grant__proposal").get(grant=grant, number=number)
        self.numbers += 1
        document = f"{self.numbers:05d}/{'BAST' if run.story.goods else 'LS'}/{day.year}"
        by = self.team.treasurer
        if number == 1 and self.chance.random() < RARE:
            wrong = ledger.pay(
                instalment, document=f"9{document}", booked_on=day, request_key=self._key(), by=by, today=day
            )
            reason = "Nomor SP2D keliru"
            ledger.reverse(wrong, reason=reason, booked_on=day, request_key=self._key(), by=by, today=day)
        ledger.pay(instalment, document=document, booked_on=day, request_key=self._key(), by=by, today=day)

    def _write(self, report: AccountabilityReport, day: date, *, whole: bool = True) -> None:
        """Receipts over the whole instalment, line by line; now and then a little is left over, to be paid back."""
        left = report.instalment.amount
        paid_on = report.instalment.entries.order_by("-pk")[0].booked_on
        rest = 10_000 * self.chance.randint(1, 30) if self.chance.random() < RARE and whole else 0
        left -= rest if rest < left // 2 else 0
        lines = list(report.grant.proposal.lines.filter(granted__gt=0).order_by("position"))
        for line in lines if whole else lines[:2]:
            amount = min((line.granted or 0) - self.spent.get(line.pk, 0), left)
            if amount <= 0:
                continue
            left -= amount
            self.spent[line.pk] = self.spent.get(line.pk, 0) + amount
            dated = min(paid_on + timedelta(days=self.chance.randint(3, 40)), day)
            shown = [
                "KUITANSI",
                str(line.item)[:40],
                f"Rp {amount}",
                f"{dated:%d-%m-%Y}",
                f"No. {self._key().hex[:8]}",
            ]
            spent = receipts.Spent(line, dated, amount, f"{line.item}, toko langganan")
            receipts.add_receipt(
                report, spent, file=drawing.receipt(shown), by=self.team.clerk(self._area(report)), today=day
            )
        with pgtrigger.ignore(*WRITTEN_ONCE):
            Receipt.objects.filter(report=report).update(uploaded_at=self._moment(day))

    def _accept(self, report: AccountabilityReport, day: date) -> None:
        """The last report of a grant leaves nothing open: what was not spent is paid back."""
        reports.accept_report(report, by=self.team.verifier, today=day)
        self._stamp(report, "examined_at", day)
        grant = Grant.objects.get(pk=report.grant_id)
        if not grant.unpaid and grant.held:
            self.numbers += 1
            ledger.refund(
                grant,
                amount=grant.held,
                document=f"STS-{self.numbers:04d}/{day.year}",
                booked_on=day,
                request_key=self._key(),
                by=self.team.treasurer,
                today=day,
            )

    def _set_back(self, proposal: Proposal, day: date) -> None:
        """What was written just now happened on that day."""
        moment = self._moment(day)
        started = timezone.now() - timedelta(hours=12)
        with pgtrigger.ignore(*WRITTEN_ONCE):
            Step.objects.filter(proposal=proposal, at__gt=started).update(at=moment)
            FieldCheck.objects.filter(proposal=proposal, made_at__gt=started).update(made_at=moment)
            LedgerEntry.objects.filter(grant__proposal=proposal, made_at__gt=started).update(made_at=moment)
        Proposal.objects.filter(pk=proposal.pk, created_at__gt=started).update(created_at=moment)

    def _stamp(self, report: AccountabilityReport, column: str, day: date) -> None:
        AccountabilityReport.objects.filter(pk=report.pk).update(**{column: self._moment(day)})

    def _moment(self, day: date) -> datetime:
        at = time(8 + self.chance.randrange(8), self.chance.randrange(60))
        return min(datetime.combine(day, at, timezone.get_current_timezone()), timezone.now())

    def _key(self) -> uuid.UUID:
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)

    @staticmethod
    def _area(report: AccountabilityReport) -> str:
        return report.grant.proposal.group.area_id

    @staticmethod
    def _grant(proposal: Proposal) -> Grant:
        rows = Grant.objects.select_related("proposal__group", "proposal__year", "decree")
        found: Grant = rows.get(proposal=proposal)
        return found

    @staticmethod
    def _report(proposal: Proposal, number: int) -> AccountabilityReport:
        rows = AccountabilityReport.objects.select_related("instalment", "grant__proposal__group")
        found: AccountabilityReport = rows.get(grant__proposal=proposal, instalment__number=number)
        return found
