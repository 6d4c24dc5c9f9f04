"""The papers of a cohort and of a programme: what each of them says, and how it is handed out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import pairwise
from typing import Any

from django.http import FileResponse, HttpRequest
from django.utils import timezone
from django.utils.text import slugify

from households.models import SampleLoad
from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.dates import WEEKDAYS
from tangerang_poverty.kit.formats import long_date
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.papers import downloads
from tangerang_poverty.papers.downloads import Format
from tangerang_poverty.papers.paper import DOTS, HEAD, Paper, Signature, Table
from tangerang_poverty.privacy import exports
from trainings import columns
from trainings.lifecycle import EnrolmentState
from trainings.models import Certificate, Cohort, Programme, Session
from trainings.papers import certificates
from trainings.reports import rolls
from trainings.reports.attendance import TAKING_PART
from trainings.reports.programme import CohortLine, counts_of, recapitulation

KIND = "certificates"
TITLE = "Sertifikat"
UNIT = "lembar"
BESIDE = 5  # sessions that find room beside each other on a sheet of signatures
MARKS_BESIDE = 26  # columns of marks beside each other in a report
MARKS = "H hadir, T terlambat, I izin atau sakit, A alpa."
COUNTED = "Terdaftar: yang memegang kursi. Hadir: sekurang-kurangnya satu pertemuan."
MASKED = "NIK disamarkan."


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants of a paper. `session`: the number of the only one on a sheet of signatures; `beside`:
    several sessions on one sheet."""

    with_identities: bool = False
    session: int | None = None
    beside: bool = False
    format: Format = "pdf"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of paper; `identities`: it has a column for the NIK."""

    title: str
    build: Callable[[Cohort, Asked, date], Paper]
    identities: bool = False


def respond(request: HttpRequest, cohort: Cohort, name: str, asked: Asked) -> FileResponse:
    """A paper of a cohort at once, logged. Raises PermissionDenied for clear NIK without the permission, and Refused
    for a session that the cohort does not have."""
    kind = COHORT_PAPERS[name]
    asked = replace(asked, with_identities=asked.with_identities and kind.identities)
    if asked.with_identities:
        require(request.user, Can.EXPORT_IDENTITIES)
    paper = kind.build(cohort, asked, timezone.localdate())
    filename = slugify(f"{name} {cohort.programme.course} {cohort.programme.year} {cohort.area.name}")
    return _respond(request, paper, asked, filename=filename, where=str(cohort), area_id=cohort.area_id)


def respond_programme(
    request: HttpRequest, programme: Programme, cohorts: list[Cohort], format_: Format
) -> FileResponse:
    """The recapitulation of the programme's cohorts that the reader may see, at once."""
    user: User = request.user  # type: ignore[assignment]
    paper = _recapitulation(programme, cohorts, place=user.area.label if user.area else "")
    filename = slugify(f"rekapitulasi {programme.course} {programme.year}")
    return _respond(request, paper, Asked(format=format_), filename=filename, where=str(programme))


def respond_certificates(request: HttpRequest, cohort: Cohort, *, site: str) -> FileResponse | None:
    """The certificates of a cohort in force, at once; None when there are none."""
    rows = list(certificates.printable(Certificate.objects.filter(enrolment__cohort=cohort)))
    if not rows:
        return None
    title = f"{TITLE} {cohort}"
    return exports.respond_pdf(
        request,
        title=title,
        filename=slugify(f"sertifikat {cohort.programme.course} {cohort.programme.year} {cohort.area.name}"),
        write=lambda path, stamp: certificates.write(path, rows, stamp, title=title, site=site),
        rows=len(rows),
        with_identities=False,
        is_sample=is_sample(),
        area_id=cohort.area_id,
    )


def build_certificates(params: dict[str, Any], by: User) -> exports.Papers:
    """For `privacy.exports`: the certificates of a programme, a file for each kecamatan."""
    rows = Certificate.objects.visible_to(by).filter(programme=params["programme"])
    found: dict[str, list[Certificate]] = {}
    for one in certificates.printable(rows):
        parent = one.enrolment.cohort.area.parent
        found.setdefault(parent.label if parent else "", []).append(one)

    def part(label: str, of: list[Certificate]) -> exports.Part:
        title = f"{TITLE} {of[0].course_name} {of[0].year}, {label}"
        return exports.Part(
            name=slugify(f"sertifikat {label}"),
            rows=len(of),
            write=lambda path, stamp: certificates.write(path, of, stamp, title=title, site=params["site"]),
        )

    parts = [part(label, of) for label, of in found.items()]
    return exports.Papers(parts, with_identities=False, is_sample=is_sample())


def is_sample() -> bool:
    """Whether the people of this database are invented ones."""
    return SampleLoad.objects.exists()


def _respond(
    request: HttpRequest,
    paper: Paper,
    asked: Asked,
    *,
    filename: str,
    where: str,
    area_id: str | None = None,
) -> FileResponse:
    return downloads.respond(
        request,
        paper,
        asked.format,
        filename=filename,
        where=where,
        with_identities=asked.with_identities,
        is_sample=is_sample(),
        area_id=area_id,
    )


def _facts(cohort: Cohort, *, today: date) -> list[tuple[str, str]]:
    return [
        ("Program", str(cohort.programme)),
        ("Kelurahan", f"{cohort.area.name}, {cohort.area.parent.label}" if cohort.area.parent else ""),
        *([("Tempat", cohort.venue)] if cohort.venue else []),
        *([("Instruktur", cohort.instructor)] if cohort.instructor else []),
        ("Keadaan", long_date(today)),
    ]


def _masked(asked: Asked) -> list[str]:
    return [] if asked.with_identities else [MASKED]


def _registration(cohort: Cohort, asked: Asked, today: date) -> Paper:
    people, line = rolls.participants(cohort, today=today), rolls.in_line(cohort, today=today)
    clear = asked.with_identities
    tables = [
        Table("Peserta", columns.registration(with_identities=clear), people, empty="Belum ada peserta."),
        Table("Daftar cadangan", columns.waiting(with_identities=clear), line, empty="Tidak ada cadangan."),
    ]
    return Paper(
        title="Daftar peserta",
        facts=[*_facts(cohort, today=today), ("Kursi", f"{cohort.seats_taken} dari {cohort.quota} terisi")],
        tables=tables,
        people=len(people) + len(line),
        notes=_masked(asked),
        signatures=[
            Signature("Mengetahui,", f"Lurah {cohort.area.name}"),
            Signature(f"Tangerang, {long_date(today)}", "Petugas pendaftaran"),
        ],
    )


def _attendance(cohort: Cohort, asked: Asked, today: date) -> Paper:
    """The sheet to sign, or as a workbook the attendance that was written down."""
    held = rolls.sessions(cohort)
    chosen = [one for one in held if asked.session in (None, one.number)]
    if asked.session is not None and not chosen:
        raise Refused(Problem("no_session", f"Angkatan ini tidak mempunyai pertemuan ke-{asked.session}."))
    paper = partial(Paper, title="Daftar hadir")
    if asked.format == "excel":
        rows = rolls.course(cohort).participants
        tables = [Table("Daftar hadir", columns.marks(chosen), rows)]
        return paper(facts=_facts(cohort, today=today), tables=tables, people=len(rows), notes=[MARKS])
    people, beside = rolls.participants(cohort, today=today), asked.beside and bool(chosen)
    groups: list[Sequence[Session]] = _groups(chosen, BESIDE if beside else 1) or [[]]
    tables = [
        Table(
            "Daftar hadir",
            columns.signed(group) if beside else columns.SIGNED_ONCE,
            people,
            facts=[] if beside else _session_facts(cohort, group),
            empty="Belum ada peserta.",
            heading=False,
            new_page=index > 0,
            signatures=[
                Signature("", "Instruktur", (group[0].instructor if group else "") or cohort.instructor),
                Signature("", "Petugas"),
            ],
        )
        for index, group in enumerate(groups)
    ]
    return paper(facts=_facts(cohort, today=today)[:2], tables=tables, people=len(people), landscape=beside)


def _session_facts(cohort: Cohort, group: Sequence[Session]) -> list[tuple[str, str]]:
    """The head of a sheet for one session; for none in the timetable, dots for what is not known yet."""
    if not group:
        return [(label, DOTS) for label in ("Pertemuan ke", "Hari, tanggal", "Waktu", "Tempat", "Materi")]
    session = group[0]
    return [
        ("Pertemuan ke", str(session.number)),
        ("Hari, tanggal", f"{WEEKDAYS[session.held_on.weekday()]}, {long_date(session.held_on)}"),
        ("Waktu", f"{session.starts_at:%H.%M} sampai {session.ends_at:%H.%M}"),
        ("Tempat", session.venue or cohort.venue or DOTS),
        ("Materi", session.topic or DOTS),
    ]


def _nominative(cohort: Cohort, asked: Asked, today: date, *, graduates: bool) -> Paper:
    states = (EnrolmentState.GRADUATED,) if graduates else TAKING_PART
    people = rolls.in_states(cohort, states, today=today)
    decided = rolls.graduation(cohort) if graduates else None
    who = "lulusan" if graduates else "peserta"
    if decided is not None:
        signature = Signature(
            f"{decided.place}, {long_date(decided.decided_on)}",
            decided.signatory_title,
            decided.signatory_name,
        )
    else:
        signature = Signature(f"Ditetapkan di Tangerang\npada tanggal {DOTS[:26]}", HEAD)
    facts = _facts(cohort, today=today)[:2]
    if decided is not None:
        facts.append(("Berita acara", f"{decided.report_number}, {long_date(decided.decided_on)}"))
    return Paper(
        title=f"Daftar nominatif {who} pelatihan",
        facts=[*facts, ("Jumlah", f"{len(people)} orang")],
        tables=[
            Table(
                who.capitalize(),
                columns.nominative(with_identities=asked.with_identities),
                people,
                empty=f"Belum ada {who} yang {'ditetapkan' if graduates else 'diterima'}.",
                heading=False,
            )
        ],
        people=len(people),
        landscape=True,
        annex=[("Lampiran", f"Keputusan {HEAD}"), ("Nomor", DOTS), ("Tanggal", DOTS)],
        notes=_masked(asked),
        signatures=[signature],
    )


def _report(cohort: Cohort, asked: Asked, today: date) -> Paper:
    course, counts = rolls.course(cohort), counts_of([cohort])[cohort.pk]
    decided, held = course.graduation, [one.session for one in course.sessions]
    facts = _facts(cohort, today=today)
    if decided is not None:
        facts.insert(2, ("Berita acara", f"{decided.report_number}, {long_date(decided.decided_on)}"))
    groups = [held] if asked.format == "excel" else _groups(held, MARKS_BESIDE)
    marks = [
        Table(_attended(group), columns.marks(group), course.participants, empty="Belum ada peserta.")
        for group in groups
        if group
    ]
    head = (
        Signature(
            f"{decided.place}, {long_date(decided.decided_on)}",
            decided.signatory_title,
            decided.signatory_name,
        )
        if decided
        else Signature(f"Tangerang, {long_date(today)}", HEAD)
    )
    return Paper(
        title="Laporan pelatihan",
        facts=facts,
        tables=[
            Table("Ringkasan", columns.FIGURES, [CohortLine(cohort, counts)]),
            Table("Pertemuan", columns.SESSIONS, course.sessions, empty="Belum ada pertemuan."),
            *marks,
            Table("Hasil", columns.RESULTS, course.participants, empty="Belum ada peserta."),
            Table("Mundur dan ditolak", columns.GONE, course.gone),
        ],
        people=len(course.participants) + len(course.gone),
        landscape=True,
        notes=[COUNTED, f"{MARKS} Yang terlambat dihitung hadir."],
        signatures=[Signature("Mengetahui,", f"Lurah {cohort.area.name}"), head],
    )


def _attended(group: Sequence[Session]) -> str:
    first, last = group[0].number, group[-1].number
    return f"Kehadiran, pertemuan {first} sampai {last}" if last > first else f"Kehadiran, pertemuan {first}"


def _recapitulation(programme: Programme, cohorts: list[Cohort], *, place: str) -> Paper:
    recap = recapitulation(cohorts)
    return Paper(
        title="Rekapitulasi pelatihan",
        facts=[
            ("Program", str(programme)),
            ("Wilayah", place),
            ("Kode rekening", programme.account_code),
            ("Keadaan", long_date(timezone.localdate())),
        ],
        tables=[
            Table("Kecamatan", columns.BY_KECAMATAN, recap.kecamatan, sums=[recap.total]),
            Table("Kelurahan", columns.BY_KELURAHAN, recap.kelurahan, sums=[recap.total], new_page=True),
        ],
        people=0,
        landscape=True,
        notes=[COUNTED],
        signatures=[Signature(f"Tangerang, {long_date(timezone.localdate())}", HEAD)],
    )


def _groups(sessions: Sequence[Session], size: int) -> list[Sequence[Session]]:
    """Groups of at most `size`, as equal as they can be."""
    number = -(-len(sessions) // size)
    ends = [len(sessions) * place // number for place in range(number + 1)] if number else []
    return [sessions[start:end] for start, end in pairwise(ends)]


COHORT_PAPERS: dict[str, Kind] = {
    "daftar-peserta": Kind("Daftar peserta", _registration, identities=True),
    "daftar-hadir": Kind("Daftar hadir", _attendance),
    "nominatif": Kind("Daftar nominatif peserta", partial(_nominative, graduates=False), identities=True),
    "nominatif-lulusan": Kind(
        "Daftar nominatif lulusan", partial(_nominative, graduates=True), identities=True
    ),
    "laporan": Kind("Laporan pelatihan", _report),
}
PROGRAMME_PAPERS = ("rekapitulasi",)
