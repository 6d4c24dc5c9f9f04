"""The short name of each problem of an import, as it stands in a list of counts."""

from __future__ import annotations

LABELS: dict[str, str] = {
    "area_missing": "Kelurahan tidak disebut",
    "area_unknown": "Kelurahan tidak dikenal",
    "area_contradiction": "Kode dan nama wilayah bertentangan",
    "two_kelurahan": "Rumah tangga di dua kelurahan",
    "household_differs": "Baris rumah tangga berulang dengan isi berbeda",
    "household_rejected": "Anggota dari rumah tangga yang ditolak",
    "no_household_key": "Nomor rumah tangga kosong",
    "household_key_rounded": "Nomor rumah tangga tersimpan sebagai angka",
    "no_household": "Anggota tanpa rumah tangga",
    "no_name": "Nama kosong",
    "name_without_letter": "Nama tanpa huruf",
    "row_too_long": "Baris lebih panjang dari judulnya",
    "no_members": "Rumah tangga tanpa anggota",
    "no_head": "Rumah tangga tanpa kepala",
    "two_heads": "Dua kepala rumah tangga",
    "number_recorded": "Nomor anggota sudah tercatat untuk orang lain",
    "two_heads_recorded": "Kepala lain sudah tercatat",
    "number_twice": "Nomor anggota dipakai dua kali",
    "member_twice": "Anggota yang sama tertulis dua kali",
    "birth_impossible_age": "Umur mustahil",
    "birth_round": "Tanggal lahir bulat (1 Januari, 1 Juli)",
    "code_unknown": "Kode di luar buku kode",
    "rank_off_scale": "Peringkat di luar skala",
    "too_long": "Isi terlalu panjang, dipotong",
    "nik_twice": "NIK sama pada dua orang dalam berkas",
    "nik_other_name": "NIK sudah dipakai nama lain di registri",
    "nik_missing": "NIK kosong",
    "nik_again": "NIK berulang",
    "nik_not_theirs": "NIK milik orang lain",
    "nik_shared": "NIK dimiliki lebih dari satu orang",
    "name_differs": "Nama berbeda dengan registri",
    "name_shared": "Lebih dari satu orang bernama sama",
    "person_unknown": "Orang tidak ditemukan di registri",
    "repeated_column": "Kolom berulang",
    "doubtful_column": "Dua kolom yang tidak jelas pemiliknya",
    "sheet_ignored": "Lembar tidak dibaca",
}
OF_SHEETS = frozenset({"repeated_column", "sheet_ignored"})  # concern no row of their own
_IDENTIFIERS = {"nik": "NIK", "kk": "Nomor KK"}
_OF_IDENTIFIER = {
    "not_digits": "bukan angka",
    "wrong_length": "bukan 16 angka",
    "all_equal": "semua angkanya sama",
    "zero_serial": "nomor urutnya 0000",
    "impossible_date": "memuat tanggal mustahil",
    "birth_date_differs": "berbeda dengan tanggal lahir",
    "sex_differs": "berbeda dengan jenis kelamin",
    "other_region": "diterbitkan di wilayah lain",
    "numeric_cell": "tersimpan sebagai angka",
}


def label_of(code: str, *, is_error: bool, example: str) -> str:
    """The name of a problem; one without a name of its own is called by one of its sentences."""
    if code in LABELS:
        return LABELS[code]
    kind, _, rest = code.partition("_")
    if kind in _IDENTIFIERS and rest in _OF_IDENTIFIER:
        return f"{_IDENTIFIERS[kind]} {_OF_IDENTIFIER[rest]}"
    if kind == "birth" and is_error:
        return "Tanggal lahir mustahil"
    return example
