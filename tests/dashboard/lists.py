"""Made-up waves for the tests of the dashboard: each row is one family as its wave listed it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from households.models import Household, HouseholdRecord, Wave
from households.rules import rank_group
from tests.factories import GEBANG_RAYA, GEMBOR, JATIUWUNG, ImportBatchFactory, WaveFactory, area_tree

PLACES = [GEMBOR, GEBANG_RAYA, JATIUWUNG]


def waves() -> tuple[Wave, Wave, Wave]:
    return (
        WaveFactory(code="PPLS2008", name="PPLS 2008", reference_date=date(2008, 9, 30)),
        WaveFactory(code="PPLS2011", name="PPLS 2011", reference_date=date(2011, 9, 30)),
        WaveFactory(code="PBDT2015", name="PBDT 2015", reference_date=date(2015, 9, 30)),
    )


Row = tuple[int, str, int | None, str, int]  # wave, kelurahan, rank, scale, members


def listed(rows: Iterable[Row], *, first: int = 0) -> None:
    """Families as the waves listed them: one household and one record for each row."""
    area_tree()
    of_wave = waves()
    batches = [ImportBatchFactory(wave=wave) for wave in of_wave]
    for number, (wave, place, rank, scale, members) in enumerate(rows, first):
        ranked = {"rank": rank, "rank_scale": scale, "rank_group": rank_group(rank, scale)}
        HouseholdRecord.objects.create(
            wave=of_wave[wave],
            batch=batches[wave],
            layout="nik_name",
            source_key=str(number),
            source_row=number,
            household=Household.objects.create(area_id=place, **ranked),
            area_id=place,
            member_count=members,
            **ranked,
        )
