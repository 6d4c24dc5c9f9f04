"""Later lists: the DTKS export of SIKS-NG (a row per person, `|` between cells), lists of NIK and name."""

from __future__ import annotations

from households.imports.layouts.declare import Layout, SheetLayout, household, person

# HUB KELUARGA relates to the head of the family card; a household of several cards has several such heads.
DTKS_SIKSNG_EXPORT = Layout(
    "dtks_siksng_export",
    "DTKS ekspor SIKS-NG",
    forms=(
        (
            SheetLayout(
                "dtks_siksng_export",
                "anggota dengan kolom rumah tangga diulang",
                "both",
                (
                    household("ID DTKS", "source_key", "IDDTKS", "ID BDT", required=True),
                    household("PROVINSI"),
                    household("KABUPATEN/KOTA", "", "KAB/KOTA"),
                    household("KECAMATAN", "kecamatan", required=True),
                    household("DESA/KELURAHAN", "kelurahan", "KELURAHAN/DESA", "KELURAHAN", required=True),
                    household("ALAMAT", "address"),
                    household("DUSUN", "sls"),
                    household("RT", "rt"),
                    household("RW", "rw"),
                    person("NOKK", "kk", "NO KK", "NOMOR KK", "NOMOR KARTU KELUARGA"),
                    person("NIK", "nik", required=True),
                    person("NAMA", "name", "NAMA LENGKAP", required=True),
                    person("TANGGAL LAHIR", "birth_date", "TGL LAHIR"),
                    person("TEMPAT LAHIR", "birth_place", "TMP LAHIR"),
                    person("JENIS KELAMIN", "sex", codes="PBDT2015:b4k4"),
                    person("PEKERJAAN", "occupation"),
                    person("NAMA IBU KANDUNG", "mother_name"),
                    person("HUB KELUARGA", "family_relation", "HUBUNGAN KELUARGA", codes="PBDT2015:b4k3"),
                    person("KETERANGAN PADAN"),
                    person("BANSOS BPNT"),
                    person("BANSOS PKH"),
                    person("BANSOS BPNT-PPKM"),
                    person("PBI JKN"),
                ),
            ),
        ),
    ),
    has_nik=True,
)

NIK_NAME = Layout(
    "nik_name",
    "Daftar NIK dan nama",
    forms=(
        (
            SheetLayout(
                "nik_name",
                "orang",
                "person",
                (
                    person("NIK", "nik", "NO NIK", "NOMOR INDUK KEPENDUDUKAN", required=True),
                    person("NAMA", "name", "NAMA LENGKAP", "NAMA ART", required=True),
                ),
            ),
        ),
    ),
    has_nik=True,
    unit="person",
)
