"""How the proposals of the sample go: what happens how many days after the draft, and how far each has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from kub.models import GrantForm, Group


class Turn(IntEnum):
    """What happens to a proposal and its grant, in order; the value is the day after the draft was begun."""

    DRAFT = 0
    SUBMIT = 7
    VERIFY = 18
    RECOMMEND = 25
    DECIDE = 38
    AGREE = 45
    PAY_1 = 60
    SEND_1 = 130
    ACCEPT_1 = 140
    PAY_2 = 150
    SEND_2 = 215
    ACCEPT_2 = 225
    CLOSE = 235


@dataclass(frozen=True, slots=True)
class Story:
    """One proposal. `began` days before today; `until` is the last turn that happens, `end` what happens instead of the
    next one: "return" (to be mended), "refuse", "withdraw", "cancel", "return_report", "write" (receipts, not sent).

    `visits`: "good", "stale" (a while ago), "forgotten" (long ago), "idle" (no sales any more) or "" (none).
    `loss`: "member" leaves (too few are left), "treasurer" leaves (the office is vacant), "all" (dissolved).
    """

    began: int
    until: Turn
    end: str = ""
    goods: bool = False
    visits: str = ""
    loss: str = ""


# What goes on this year; the first ones are shown even by a very small city.
THIS_YEAR = (
    Story(148, Turn.ACCEPT_1, visits="good"),  # the second instalment is open
    Story(200, Turn.PAY_1, visits="forgotten"),  # its report is long overdue
    Story(14, Turn.SUBMIT, visits="good"),
    Story(36, Turn.RECOMMEND, visits="good"),
    Story(136, Turn.SEND_1, visits="good"),
    Story(110, Turn.PAY_1, end="write", visits="stale"),
    Story(24, Turn.VERIFY, visits="good"),
    Story(42, Turn.DECIDE, visits="good"),
    Story(55, Turn.AGREE, visits="good"),
    Story(60, Turn.RECOMMEND, end="refuse", visits="stale"),
    Story(5, Turn.DRAFT, visits="good"),
    Story(145, Turn.SEND_1, end="return_report", visits="idle"),
    Story(228, Turn.ACCEPT_2, visits="good"),
    Story(240, Turn.CLOSE, visits="good"),
    Story(142, Turn.PAY_1, visits="good", loss="treasurer"),  # its report is nearly due
    Story(205, Turn.PAY_2, visits="good"),
    Story(180, Turn.ACCEPT_1, goods=True, visits="good"),
    Story(34, Turn.RECOMMEND, goods=True, visits="good"),
    Story(30, Turn.SUBMIT, end="withdraw", visits="stale"),
    Story(70, Turn.AGREE, end="cancel", visits="forgotten"),
    Story(20, Turn.SUBMIT, end="return", visits="good"),
    Story(240, Turn.CLOSE, visits="idle", loss="member"),
)
# What became of the proposals of earlier years, which began in the spring of their year; `began` says nothing there.
EARLIER = (
    Story(0, Turn.CLOSE, visits="good"),
    Story(0, Turn.CLOSE, visits="forgotten", loss="all"),
    Story(0, Turn.CLOSE, visits="good"),
    Story(0, Turn.CLOSE, goods=True, visits="good"),
    Story(0, Turn.CLOSE, visits="stale"),
    Story(0, Turn.RECOMMEND, end="refuse", visits="forgotten"),
    Story(0, Turn.CLOSE, visits="idle"),
    Story(0, Turn.CLOSE, visits="good", loss="member"),
)
HURRIED = Story(0, Turn.DRAFT)  # of a group that has hardly been formed


@dataclass(frozen=True, slots=True)
class Run:
    """A story as it happens to one group, begun on a day."""

    group: Group
    story: Story
    begun: date

    def on(self, turn: Turn) -> date:
        """The day of a turn."""
        return self.begun + timedelta(days=turn)

    def fiscal_year(self, today: date) -> int:
        """The year in which it is decided; what is not decided yet is asked for out of this year's budget."""
        return min(self.on(Turn.DECIDE), today).year

    @property
    def grant_form(self) -> GrantForm:
        return GrantForm.GOODS if self.story.goods else GrantForm.CASH
