"""The minutes of the meeting that founded a group (berita acara pembentukan)."""

from __future__ import annotations

from kub.models import Group, Membership
from kub.papers import parts
from kub.reports.people import Officers, founders
from tangerang_poverty.kit.formats import long_date
from tangerang_poverty.kit.words import day_in_words, in_words
from tangerang_poverty.papers.paper import DOTS, Paper, Signature, Table

TITLE = "Berita acara pembentukan KUB"


def founding_paper(group: Group, *, clear: bool) -> Paper:
    """Who met when and where, what was agreed, and room for everybody's signature; dots for what nobody has written
    down yet. `clear` shows NIK as they are."""
    rows = founders(group)
    officers = _officers(rows)
    day = long_date(group.formed_on) if group.formed_on else DOTS[:26]
    return Paper(
        title=TITLE,
        number=group.report_number or DOTS,
        opening=[_opening(group, len(rows))],
        facts=[*parts.group_facts(group), *parts.officer_facts(officers)],
        tables=[
            Table(
                "Anggota",
                parts.member_columns(clear=clear, sign=True),
                parts.numbered(rows),
                empty="Belum ada anggota.",
                lead=["Anggota yang hadir dan menyetujui pembentukan kelompok ini:"],
                heading=False,
            )
        ],
        people=len(rows),
        closing=[
            "Demikian berita acara ini dibuat dengan sebenarnya untuk dipergunakan sebagaimana mestinya.",
        ],
        notes=[] if clear else [parts.MASKED_NIK],
        signatures=[
            Signature("", "Sekretaris", officers.secretary),
            parts.chair_signs(group, officers.chair, above=f"Tangerang, {day}"),
            parts.head_of_kelurahan(group),
        ],
    )


def _opening(group: Group, number: int) -> str:
    day = group.formed_on
    when = f"{day_in_words(day)} ({long_date(day)})" if day else f"{DOTS[:20]} tanggal {DOTS}"
    return (
        f"Pada hari ini, {when}, bertempat di {group.meeting_place or DOTS}, {parts.place(group)}, telah diadakan "
        f"musyawarah pembentukan kelompok usaha bersama (KUB) yang dihadiri {number} ({in_words(number)}) orang "
        "lulusan pelatihan keterampilan dari keluarga yang berbeda. Musyawarah sepakat membentuk kelompok sebagai "
        "berikut:"
    )


def _officers(rows: list[Membership]) -> Officers:
    return Officers(**{row.role: row.person.name for row in rows if row.holds_office})
