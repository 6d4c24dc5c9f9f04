"""Who has completed the course: one pure rule over the sessions, the attendance and the score."""

from __future__ import annotations

from dataclasses import dataclass

from tangerang_poverty.kit.problems import Problem
from trainings.rules import CompletionTerms


@dataclass(frozen=True, slots=True)
class Taken:
    """What a participant has to show.

    `sessions` are those for which a mark of them was recorded; `attended` counts the late ones and not the excused.
    """

    sessions: int
    attended: int
    score: int | None


def completion_problems(terms: CompletionTerms, taken: Taken) -> list[Problem]:
    """Everything that keeps the participant from passing, all at once; none means passed."""
    return [*_attendance_problems(terms, taken), *_score_problems(terms, taken)]


def sessions_needed(terms: CompletionTerms, sessions: int) -> int:
    """The fewest of so many sessions that reach the share."""
    return -(-terms.min_attendance * sessions // 100)


def _attendance_problems(terms: CompletionTerms, taken: Taken) -> list[Problem]:
    if not taken.sessions:
        return [Problem("no_sessions", "Belum ada pertemuan yang kehadirannya dicatat.", "attendance")]
    needed = sessions_needed(terms, taken.sessions)
    if taken.attended >= needed:
        return []
    return [
        Problem(
            "attended_too_little",
            f"Hadir {taken.attended} dari {taken.sessions} pertemuan; "
            f"paling sedikit {needed} ({terms.min_attendance} %).",
            "attendance",
        )
    ]


def _score_problems(terms: CompletionTerms, taken: Taken) -> list[Problem]:
    if terms.min_score is None:
        return []
    if taken.score is None:
        return [Problem("no_score", f"Nilai belum diisi; paling rendah {terms.min_score}.", "score")]
    if taken.score < terms.min_score:
        return [Problem("score_too_low", f"Nilai {taken.score}; paling rendah {terms.min_score}.", "score")]
    return []
