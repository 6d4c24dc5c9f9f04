"""The sample city: two lists of invented families that agree with their own truth."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from households.imports.codebook import code_of
from households.imports.layouts.recognise import Recognised, recognise
from households.sample import SampleFiles, generate
from tangerang_poverty.areas import models as areas
from tangerang_poverty.kit.spreadsheets.read import as_text, open_tables

HOUSEHOLDS = 1100
OFFICIAL = Path(areas.__file__).parent / "data" / "areas.csv"


@dataclass
class City:
    """The files of one sample, read back the way the import tells their layouts."""

    files: SampleFiles

    def _read(self, path: Path) -> tuple[Recognised, dict[str, list[dict[str, str]]]]:
        tables = [
            (table.name, list(table.rows))
            for table in open_tables(path, filename=path.name, max_unpacked_bytes=10**9)
        ]
        found = recognise([(name, rows[:11]) for name, rows in tables])
        assert isinstance(found, Recognised)
        read: dict[str, list[dict[str, str]]] = {}
        for sheet in found.sheets:
            assert not sheet.extra
            read[sheet.sheet.name] = [
                {
                    column.key: as_text(cells[at]) if at < len(cells) else ""
                    for at, column in sheet.columns.items()
                }
                for number, cells in tables[sheet.table][1]
                if number > sheet.last_header_row
            ]
        return found, read

    @cached_property
    def first(self) -> tuple[Recognised, dict[str, list[dict[str, str]]]]:
        return self._read(self.files.first)

    @cached_property
    def second(self) -> tuple[Recognised, dict[str, list[dict[str, str]]]]:
        return self._read(self.files.second)

    @cached_property
    def households(self) -> list[dict[str, str]]:
        return self.first[1]["ppls2011_rt"]

    @cached_property
    def members(self) -> dict[str, dict[str, str]]:
        """People of the first list by the id the truth gives them."""
        places: Counter[str] = Counter()
        found = {}
        for row in self.first[1]["ppls2011_art"]:
            places[row["no_kip_or_id_art"]] += 1
            found[f"{row['no_kip_or_id_art']}/{places[row['no_kip_or_id_art']]}"] = row
        return found

    @cached_property
    def persons(self) -> dict[str, dict[str, str]]:
        """People of the second list by the id the truth gives them."""
        return {
            f"{row['id_rumah_tangga']}/{row['nomor_urut_art']}": row
            for row in self.second[1]["bdt2015_person"]
        }

    @cached_property
    def truth(self) -> list[dict[str, str]]:
        with self.files.truth.open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    def links(self) -> list[tuple[dict[str, str], dict[str, str]]]:
        """The people who stand in both lists."""
        return [
            (self.members[row["first_person"]], self.persons[row["second_person"]])
            for row in self.truth
            if row["level"] == "person" and row["first_person"] and row["second_person"]
        ]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    return City(generate(tmp_path_factory.mktemp("city"), households=HOUSEHOLDS, seed=7, noise=1.0))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> City:
    return City(generate(tmp_path_factory.mktemp("clean"), households=HOUSEHOLDS, seed=7, noise=0))


def fingerprint(files: SampleFiles) -> str:
    """The content of the three files; when they were written is none of it."""
    found = hashlib.sha256(files.truth.read_bytes())
    for path in (files.first, files.second):
        for table in open_tables(path, filename=path.name, max_unpacked_bytes=10**9):
            found.update(repr((table.name, list(table.rows))).encode())
    return found.hexdigest()


def test_the_same_seed_gives_the_same_content_and_another_seed_another(tmp_path: Path):
    prints = [
        fingerprint(generate(tmp_path / str(turn), households=60, seed=seed, noise=1.0))
        for turn, seed in enumerate((3, 3, 4))
    ]
    assert prints[0] == prints[1] != prints[2]


@pytest.mark.parametrize(("households", "after"), [(1, 1), (5, 5), (12, 11), (55, 52), (100, 95), (550, 520)])
def test_the_second_list_has_52_households_for_55_of_the_first(tmp_path: Path, households: int, after: int):
    made = City(generate(tmp_path, households=households, seed=1, noise=1.0))
    assert made.files.households == (households, after)
    assert len(made.households) == households
    assert len({row["id_rumah_tangga"] for row in made.persons.values()}) == after
    assert made.files.persons == (len(made.members), len(made.persons))


def test_both_lists_are_told_as_the_layouts_they_are_written_in(city: City):
    first, second = city.first[0], city.second[0]
    assert (first.layout.key, second.layout.key) == ("ppls2011_bnba", "bdt2015_person")
    assert [len(sheet.columns) for sheet in (*first.sheets, *second.sheets)] == [33, 13, 101]
    assert (second.sheets[0].header_row, second.sheets[0].last_header_row) == (1, 2)


def test_every_sheet_says_that_it_is_a_sample(city: City):
    for path in (city.files.first, city.files.second):
        for table in open_tables(path, filename=path.name, max_unpacked_bytes=10**9):
            said = f"{table.name} {list(table.rows)}" if table.name == "Keterangan" else table.name
            assert "data contoh" in said.casefold()


def test_truth_names_every_household_and_person_and_links_each_at_most_once(city: City):
    people = [row for row in city.truth if row["level"] == "person"]
    for side, known in (("first_person", city.members), ("second_person", city.persons)):
        named = [row[side] for row in people if row[side]]
        assert len(named) == len(set(named))
        assert set(named) == set(known)
    for row in people:
        for side in ("first", "second"):
            assert row[f"{side}_person"].partition("/")[0] == row[f"{side}_household"]
        assert bool(row["first_person"]) == (row["state"] != "entry")
        assert bool(row["second_person"]) == (row["state"] != "exit")
        assert bool(row["reason"]) == (row["state"] in ("exit", "entry"))


def test_states_of_households_add_up_from_the_first_list_to_the_second(city: City):
    rows = [row for row in city.truth if row["level"] == "household"]
    states = Counter(row["state"] for row in rows)
    before, after = city.files.households
    assert states["stay"] + states["move"] + states["merge"] + states["exit"] == before
    assert states["stay"] + states["move"] + states["split"] + states["entry"] == after
    assert (states["exit"], states["merge"], states["split"]) == (132, 11, 33)
    firsts = [row["first_household"] for row in rows if row["state"] not in ("split", "entry")]
    seconds = [row["second_household"] for row in rows if row["state"] not in ("merge", "exit")]
    assert sorted(firsts) == sorted(row["no_kip_or_id"] for row in city.households)
    assert sorted(seconds) == sorted({row["id_rumah_tangga"] for row in city.persons.values()})
    assert {row["reason"] for row in rows if row["state"] == "exit"} <= {
        "better_off",
        "moved_out",
        "not_found",
        "died",
    }


def test_people_of_a_household_that_stayed_are_linked_inside_its_true_links(city: City):
    pairs: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in city.truth:
        pairs[row["level"]].add((row["first_household"], row["second_household"]))
    both = {pair for pair in pairs["person"] if all(pair)}
    assert both <= pairs["household"]


def test_every_nik_is_of_region_99_and_of_the_right_shape(city: City):
    niks = [row["nik"] for row in city.persons.values()]
    given = [nik for nik in niks if nik]
    assert all(len(nik) == 16 and nik.isdigit() and nik.startswith("99") for nik in given)
    assert 0.30 < 1 - len(given) / len(niks) < 0.40
    assert all(1 <= int(nik[6:8]) % 40 <= 28 and 1 <= int(nik[8:10]) <= 12 and int(nik[12:]) for nik in given)


def test_households_have_one_head_and_plausible_members(city: City):
    for rows, household, relation in (
        (city.members, "no_kip_or_id_art", "hubungan_krt"),
        (city.persons, "id_rumah_tangga", "hubkrt"),
    ):
        heads = Counter(row[household] for row in rows.values() if row[relation] == "1")
        spouses = Counter(row[household] for row in rows.values() if row[relation] == "2")
        everybody = Counter(row[household] for row in rows.values())
        assert set(heads.values()) == {1}
        assert set(heads) == set(everybody)
        assert max(spouses.values()) == 1
        assert 4.0 < len(rows) / len(everybody) < 4.4
        assert sum(size == 1 for size in everybody.values()) < 0.12 * len(everybody)
        assert max(everybody.values()) < 20


def test_household_rows_agree_with_their_members(city: City):
    sizes = Counter(row["no_kip_or_id_art"] for row in city.members.values())
    heads = {
        row["no_kip_or_id_art"]: row["nama_art"]
        for row in city.members.values()
        if row["hubungan_krt"] == "1"
    }
    for row in city.households:
        assert int(row["jumlah_individu"]) == sizes[row["no_kip_or_id"]]
        assert row["nama_krt"] == heads[row["no_kip_or_id"]]
    families: dict[str, set[str]] = defaultdict(set)
    for person in city.persons.values():
        families[person["id_rumah_tangga"]].add(person["nomor_urut_keluarga"])
    for person in city.persons.values():
        numbers = families[person["id_rumah_tangga"]]
        assert numbers == {str(number) for number in range(1, int(person["jumlah_keluarga"]) + 1)}
    assert 0.05 < sum(len(numbers) > 1 for numbers in families.values()) / len(families) < 0.3


def test_every_place_is_a_kelurahan_of_the_city_by_name_or_known_spelling(city: City):
    with OFFICIAL.open(encoding="utf-8", newline="") as lines:
        official = {row["code"]: row for row in csv.DictReader(lines)}
    known: dict[str, Any] = {}
    for row in official.values():
        if row["level"] == "kelurahan":
            kecamatan = official[row["parent"]]["name"].upper()
            for name in filter(None, (row["name"], row["aliases"])):
                known[kecamatan, name.upper()] = row["bps_code"]
    spelt = Counter()
    for row in city.households:
        assert (row["kecamatan"], row["kelurahan"]) in known
        spelt[row["kelurahan"]] += 1
    assert spelt["KRONCONG"] + spelt["BATUJAYA"] + spelt["MARGASARI"] + spelt["KEREO"] > 0
    for row in city.persons.values():
        bps = row["kode_provinsi"] + row["kode_kab_kota"] + row["kode_kecamatan"] + row["kode_desa_kelurahan"]
        assert bps == known[row["kecamatan"], row["desa_kelurahan"]]
        assert row["id_rumah_tangga"].startswith(bps)
        assert len(row["id_rumah_tangga"]) == 18
    sizes = Counter((row["kecamatan"], row["kelurahan"]) for row in city.households).values()
    assert max(sizes) > 3 * sorted(sizes)[len(sizes) // 2]


def test_mistakes_are_as_common_as_said_and_grow_with_noise(city: City, clean: City):
    links = city.links()
    assert len(links) > 3000
    same = sum(before["nama_art"] == after["nama_art"] for before, after in links) / len(links)
    assert 0.5 < same < 0.7
    months = Counter(row["bulan_lahir_art"] for row in city.members.values())
    assert 0.06 < months[""] / len(city.members) < 0.12
    assert months["1"] > 1.3 * months["2"]
    assert months["7"] > 1.2 * months["8"]
    for before, after in clean.links():
        assert before["nama_art"] == after["nama_art"]
        assert before["jenis_kelamin_art"] == after["jenis_kelamin"]
        gap = (
            2011
            - int(before["tahun_lahir_art"])
            - int(before["bulan_lahir_art"] == "" or int(before["bulan_lahir_art"]) > 9)
        )
        assert gap == int(after["umur_anggota_rumah_tangga_tahun"])
    assert all(row["nik"] for row in clean.persons.values())


def test_noise_changes_what_is_written_and_not_who_is_who(city: City, clean: City):
    assert city.truth == clean.truth


@pytest.mark.parametrize("layout", [0, 1])
def test_codes_outside_the_book_are_rare_and_only_where_there_is_noise(city: City, clean: City, layout: int):
    def outside(one: City) -> int:
        found, sheets = (one.first, one.second)[layout]
        return sum(
            bool(row[column.key]) and code_of(column.codes, row[column.key]) is None
            for sheet in found.sheets
            for column in sheet.columns.values()
            if column.codes
            for row in sheets[sheet.sheet.name]
        )

    assert outside(clean) == 0
    assert 0 < outside(city) < 60


def test_the_better_off_are_ranked_and_housed_better(city: City):
    ranks = Counter(row["status_kesejahteraan_klasifikasi"] for row in city.households)
    assert set(ranks) == {"1", "2", "3"}
    earth = {
        rank: sum(
            row["jenis_lantai"] == "2"
            for row in city.households
            if row["status_kesejahteraan_klasifikasi"] == rank
        )
        / ranks[rank]
        for rank in ranks
    }
    assert earth["1"] > 2 * earth["3"]
    percentiles = [int(row["percentile"]) for row in city.persons.values()]
    assert (min(percentiles), max(percentiles)) == (1, 40)


def test_addresses_carry_rt_and_rw_in_several_shapes(city: City):
    shapes = Counter()
    for row in city.households:
        address = row["alamat"]
        shapes["slash" if "/" in address else "dot" if "Rt." in address or "RT." in address else "plain"] += 1
    assert min(shapes["slash"], shapes["dot"], shapes["plain"]) > 30


def test_progress_is_told_for_each_list_up_to_its_end(tmp_path: Path):
    told: list[tuple[str, int, int]] = []
    generate(tmp_path, households=110, seed=1, noise=1.0, progress=lambda *seen: told.append(seen))
    ends = [(done, total) for _step, done, total in told if done == total]
    assert ends == [(110, 110), (104, 104)]
    assert len({step for step, _done, _total in told}) == 2


def test_the_command_writes_three_files_and_refuses_senseless_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    call_command("make_sample", households=11, seed=2, noise=1.0, out=tmp_path / "contoh")
    assert sorted(path.name for path in (tmp_path / "contoh").iterdir()) == [
        "PPLS2008_BNBA_Kota_Tangerang.xlsx",
        "PPLS2011_BDT_Kota_Tangerang.xlsx",
        "truth.csv",
    ]
    assert "11 rumah tangga" in capsys.readouterr().out
    with pytest.raises(CommandError, match="paling sedikit 1"):
        call_command("make_sample", households=0, out=tmp_path)
    with pytest.raises(CommandError, match="tidak boleh negatif"):
        call_command("make_sample", households=5, noise=-1, out=tmp_path)
