"""What is looked at in the field before a grant is recommended: the points, in the order they are asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tangerang_poverty.kit.problems import Problem


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a checklist: `code` is stored, `label` is read, a required one has to be ticked."""

    code: str
    label: str
    required: bool = True


FIELD_CHECKS = (
    Point("address", "Alamat usaha ditemukan dan dapat dipakai"),
    Point("members", "Anggota mengenal kelompoknya dan sepakat dengan usulan ini"),
    Point("skill", "Usaha sesuai dengan keterampilan yang dilatihkan"),
    Point("market", "Ada pembeli: pesanan, pasar atau titip jual yang dapat ditunjukkan"),
    Point("prices", "Harga dalam RAB sesuai dengan harga pasar setempat"),
    Point("no_double", "Kelompok tidak menerima bantuan lain untuk keperluan yang sama"),
    Point("books", "Ada buku kas atau bendahara siap membuatnya", required=False),
    Point("started", "Usaha sudah berjalan", required=False),
)


def field_check_problems(checks: Mapping[str, bool], *, members_met: int, minimum: int) -> list[Problem]:
    """What keeps a visit from being a positive one. `minimum` is how many members have to be met."""
    problems = [
        Problem("check_missing", f"Belum terpenuhi: {point.label.lower()}.", point.code)
        for point in FIELD_CHECKS
        if point.required and not checks.get(point.code)
    ]
    if members_met < minimum:
        problems.append(
            Problem(
                "few_met",
                f"Baru {members_met} anggota yang ditemui; paling sedikit {minimum}.",
                "members_met",
            )
        )
    return problems
