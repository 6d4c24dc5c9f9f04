"""The columns of the papers, declared once: the PDF and the workbook show the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone

from tangerang_poverty.kit.formats import long_date, partial_date
from tangerang_poverty.kit.identifiers import mask
from tangerang_poverty.papers.paper import Column
from trainings.models import Session

_NUMBER = Column("No.", lambda row: row.number, "9mm", "right")
_SEAT = Column("Kursi", lambda row: row.enrolment.seat, "11mm", "right")
_PLACE = Column("Urutan", lambda row: row.number, "13mm", "right")
_NAME = Column("Nama lengkap", lambda row: row.enrolment.person.name, "1fr")
_SEX = Column("L/P", lambda row: row.enrolment.person.sex, "9mm", "center")
_AGE = Column("Umur", lambda row: row.age, "11mm", "right")
_NIK = Column("NIK", lambda row: mask(row.enrolment.person.nik or ""), "31mm")
_NIK_CLEAR = replace(_NIK, cell=lambda row: row.enrolment.person.nik)
_RT_RW = Column(
    "RT/RW",
    lambda row: "/".join(filter(None, (row.enrolment.household.rt, row.enrolment.household.rw))),
    "16mm",
)
_RANK = Column("Peringkat", lambda row: row.enrolment.household.rank_label, "25mm")
_STATE = Column("Keadaan", lambda row: row.enrolment.get_state_display(), "20mm")
_REGISTERED = Column(
    "Terdaftar",
    lambda row: timezone.localtime(row.enrolment.registered_at).strftime("%d-%m-%Y %H.%M"),
    "29mm",
)
_BORN = Column(
    "Tempat, tanggal lahir",
    lambda row: ", ".join(
        filter(
            None,
            (
                row.enrolment.person.birth_place,
                partial_date(row.enrolment.person.birth_date, row.enrolment.person.birth_precision),
            ),
        )
    ),
    "1fr",
)
_ADDRESS = Column("Alamat", lambda row: row.enrolment.household.address, "1.2fr")
_SIGN = Column("Tanda tangan", lambda row: row.enrolment.seat, "48mm", sign=True)


def _identified(columns: Sequence[Column], *, with_identities: bool) -> list[Column]:
    """The NIK masked, or as it is."""
    return [_NIK_CLEAR if column is _NIK and with_identities else column for column in columns]


def registration(*, with_identities: bool) -> list[Column]:
    columns = (_SEAT, _NAME, _SEX, _AGE, _NIK, _RT_RW, _RANK, _STATE)
    return _identified(columns, with_identities=with_identities)


def waiting(*, with_identities: bool) -> list[Column]:
    columns = (_PLACE, _NAME, _SEX, _AGE, _NIK, _RT_RW, _RANK, _REGISTERED)
    return _identified(columns, with_identities=with_identities)


def nominative(*, with_identities: bool) -> list[Column]:
    columns = (_NUMBER, _NAME, _SEX, _BORN, _NIK, _ADDRESS, _RT_RW)
    return _identified(columns, with_identities=with_identities)


SIGNED_ONCE = (_SEAT, _NAME, _SEX, _RT_RW, _SIGN)


def signed(sessions: Sequence[Session]) -> list[Column]:
    """One room for a signature for each session, beside each other."""
    return [
        *(_SEAT, replace(_NAME, width="1.6fr"), _SEX),
        *(replace(_SIGN, header=session_header(one), width="1fr") for one in sessions),
    ]


def marks(sessions: Sequence[Session]) -> list[Column]:
    """One mark for each session: H, T, I or A, empty while it is not written down."""

    def mark_of(pk: int) -> Any:
        return lambda row: row.marks.get(pk, "")

    return [
        *(_SEAT, _NAME),
        *(Column(str(one.number), mark_of(one.pk), "6.6mm", "center") for one in sessions),
    ]


def session_header(session: Session) -> str:
    return f"Ke-{session.number}\n{session.held_on:%d-%m-%Y}"


SESSIONS = (
    Column("Ke-", lambda row: row.session.number, "9mm", "right"),
    Column("Tanggal", lambda row: row.session.held_on, "31mm"),
    Column("Waktu", lambda row: f"{row.session.starts_at:%H.%M}–{row.session.ends_at:%H.%M}", "24mm"),
    Column("Materi", lambda row: row.session.topic, "1.4fr"),
    Column("Instruktur", lambda row: row.session.instructor or row.session.cohort.instructor, "1fr"),
    Column("Hadir", lambda row: row.present, "13mm", "right"),
    Column("Terlambat", lambda row: row.late, "19mm", "right"),
    Column("Izin, sakit", lambda row: row.excused, "19mm", "right"),
    Column("Alpa", lambda row: row.absent, "12mm", "right"),
)
RESULTS = (
    _SEAT,
    _NAME,
    _SEX,
    _RT_RW,
    Column("Hadir", lambda row: row.enrolment.sessions_attended, "13mm", "right"),
    Column("Kehadiran (%)", lambda row: row.percent, "24mm", "right"),
    Column("Nilai", lambda row: row.enrolment.score, "12mm", "right"),
    Column("Hasil", lambda row: row.enrolment.get_state_display(), "22mm"),
    Column("Nomor sertifikat", lambda row: row.certificate, "50mm"),
)
GONE = (
    Column("Nama lengkap", lambda row: row.person.name, "1fr"),
    Column("Keadaan", lambda row: row.get_state_display(), "24mm"),
    Column("Tanggal", lambda row: _day_of(row), "34mm"),
    Column("Alasan", lambda row: _reason_of(row), "1.4fr"),
)


def _day_of(enrolment: Any) -> str:
    moment = enrolment.left_at or enrolment.decided_at
    return long_date(timezone.localtime(moment)) if moment else ""


def _reason_of(enrolment: Any) -> str:
    if not enrolment.left_at:
        return str(enrolment.decision_note)
    return ": ".join(filter(None, (enrolment.get_leave_reason_display(), enrolment.leave_note)))


def _counts(*wanted: tuple[str, str]) -> tuple[Column, ...]:
    """Numbers of `row.counts`: header and name."""

    def count_of(name: str) -> Any:
        return lambda row: getattr(row.counts, name)

    return tuple(Column(header, count_of(name), "17mm", "right") for header, name in wanted)


_COUNTS = _counts(
    ("Kuota", "quota"),
    ("Terdaftar", "seated"),
    ("Diterima", "accepted"),
    ("Hadir", "attended"),
    ("Lulus", "graduated"),
    ("Tidak lulus", "failed"),
    ("Mundur", "withdrawn"),
    ("Cadangan", "waiting"),
)
FIGURES = (*_COUNTS, *_counts(("Ditolak", "refused")))
BY_KECAMATAN = (
    Column("Kecamatan", lambda row: row.kecamatan, "1fr"),
    Column("Angkatan", lambda row: row.cohorts, "18mm", "right"),
    *_COUNTS,
)
BY_KELURAHAN = (
    Column("Kecamatan", lambda row: row.kecamatan, "1fr"),
    Column("Kelurahan", lambda row: row.kelurahan, "1fr"),
    *_COUNTS,
)
