"""PPLS 2011 by name and address: no NIK, birth as month and year, columns in any order."""

from __future__ import annotations

from households.imports.layouts.declare import Layout, SheetLayout, household, person

_ROOF, _WALL, _FLOOR = "PPLS2011:q2", "PPLS2011:q4", "PPLS2011:q6"

HOUSEHOLD_COLUMNS = (
    household("no_kip_or_id", "source_key", "id_rumah_tangga", "idbdt", "no_kip", "no_id", required=True),
    household("nama_krt", "head_name", "nama_kepala_rumah_tangga", required=True),
    household("umur_krt_pendataan", "head_age", "umur_krt"),
    household("bulan_lahir", "head_birth_month", "bulan_lahir_krt"),
    household("tahun_lahir", "head_birth_year", "tahun_lahir_krt"),
    household("jenis_kelamin", "head_sex", "jenis_kelamin_krt", codes="PBDT2015:b4k4"),
    household("alamat", "address", "alamat_rumah"),
    household("kabupaten_kota", "", "kabupaten", "kota"),
    household("kecamatan", "kecamatan", "nama_kecamatan", required=True),
    household("kelurahan", "kelurahan", "desa_kelurahan", "nama_kelurahan", "desa", required=True),
    household("jumlah_keluarga", "family_count"),
    household("jumlah_individu", "member_count", "jumlah_art"),
    household("ada_ktp(tanda pengenal)"),
    household("sekolah(partisipasi)"),
    household("ijazah", "", "ijazah_krt"),
    household("kelas"),
    household("lapangan_usaha", "", "lapangan_usaha_krt"),
    household("status_kerja"),
    household(
        "status_kesejahteraan(klasifikasi)",
        "rank",
        "status_kesejahteraan",
        "klasifikasi",
        codes="PPLS:klasifikasi",
    ),
    household("status_rumah", codes="PPLS2011:q1"),
    household("jenis_atap", codes=_ROOF),
    household("jenis_dinding", codes=_WALL),
    household("jenis_lantai", codes=_FLOOR),
    household("sumber_air_minum", codes="PPLS2011:q7"),
    household("sumber_listrik", codes="PPLS2011:q8"),
    household("bahan_bakar_memasak", codes="PPLS2011:q9"),
    household("tempat_bab", codes="PPLS2011:q10"),
    household("tempat_tinja", codes="PPLS2011:q11"),
    household("cacat", "", "cacat_krt"),
    household("penyakit", "", "penyakit_krt"),
    household("koordinat_x_utm"),
    household("koordinat_y_utm"),
    household("flag_from_ppls_2008"),
)

PERSON_COLUMNS = (
    person("nama_art", "name", "nama_anggota", "nama_anggota_rumah_tangga", required=True),
    person("hubungan_krt", "relation", "hub_krt", required=True, codes="PBDT2015:b4k3"),
    person("hubungan_kk", "family_relation", "hub_kk", codes="PBDT2015:b4k3"),
    person("jenis_kelamin", "sex", "jenis_kelamin_art", codes="PBDT2015:b4k4", key="jenis_kelamin_art"),
    person("bulan_lahir", "birth_month", "bulan_lahir_art", key="bulan_lahir_art"),
    person("tahun_lahir", "birth_year", "tahun_lahir_art", key="tahun_lahir_art"),
    person("ada_ktp", "", "ada_ktp_art"),
    person("cacat", "disability", "cacat_art", key="cacat_art"),
    person("penyakit", "chronic_illness", "penyakit_art", key="penyakit_art"),
    person("ijazah", "education", "ijazah_art", key="ijazah_art"),
    person("sekolah", "school", "sekolah_art"),
    person("lapangan_usaha", "occupation", "lapangan_usaha_art", key="lapangan_usaha_art"),
)

HOUSEHOLD_SHEET = SheetLayout("ppls2011_rt", "rumah tangga", "household", HOUSEHOLD_COLUMNS)
PERSON_SHEET = SheetLayout(
    "ppls2011_art",
    "anggota",
    "person",
    (
        person(
            "no_kip_or_id",
            "household_key",
            "id_rumah_tangga",
            "idbdt",
            "no_kip",
            "no_id",
            required=True,
            key="no_kip_or_id_art",
        ),
        *PERSON_COLUMNS,
    ),
)
JOINED_SHEET = SheetLayout(
    "ppls2011_bnba",
    "anggota dengan kolom rumah tangga diulang",
    "both",
    (*HOUSEHOLD_COLUMNS, *PERSON_COLUMNS),
)

PPLS2011_BNBA = Layout(
    "ppls2011_bnba",
    "PPLS 2011 by name by address",
    forms=((HOUSEHOLD_SHEET, PERSON_SHEET), (JOINED_SHEET,)),
    has_nik=False,
    rank_scale="class",
)
