"""BDT 2015: 101 columns, one row per person, the household's 78 columns repeated on each."""

from __future__ import annotations

from households.imports.layouts.declare import Column, Layout, SheetLayout, household, person

_ODD, _EVEN = "PBDT2015:aset_ya_tidak_ganjil", "PBDT2015:aset_ya_tidak_genap"

_PLACE = (
    household("ruta_6"),
    household("ID rumah tangga", "source_key", "IDBDT", "ID RT", "ID ruta", required=True),
    household("Provinsi"),
    household("Kode Provinsi", "province_code"),
    household("Kab/Kota", "", "Kabupaten/Kota"),
    household("Kode Kab/Kota", "regency_code", "Kode Kabupaten/Kota"),
    household("Kecamatan", "kecamatan", required=True),
    household("Kode Kecamatan", "kecamatan_code"),
    household("Desa/Kelurahan", "kelurahan", "Kelurahan/Desa", "Kelurahan", required=True),
    household("Kode Desa/Kelurahan", "kelurahan_code", "Kode Kelurahan"),
    household("Nama SLS", "sls"),
    household("Alamat", "address"),
    household("Nama KRT", "head_name", "Nama Kepala Rumah Tangga"),
    household("Jumlah ART", "member_count"),
    household("Jumlah Keluarga", "family_count"),
)

_HOUSING = (
    household("Status bangunan", codes="PBDT2015:b3r1a"),
    household("Status lahan", codes="PBDT2015:b3r1b"),
    household("Luas lantai"),
    household("Lantai terluas", codes="PBDT2015:b3r3"),
    household("Dinding terluas", codes="PBDT2015:b3r4a"),
    household("Kondisi Dinding", codes="PBDT2015:b3r4b"),
    household("Atap Terluas", codes="PBDT2015:b3r5a"),
    household("Kondisi Atap", codes="PBDT2015:b3r5b"),
    household("Jumlah kamar tidur"),
    household("Sumber air minum", codes="PBDT2015:b3r7"),
    household("Cara memperoleh air minum", codes="PBDT2015:b3r8"),
    household("Sumber penerangan utama", codes="PBDT2015:b3r9a"),
    household("Daya terpasang", codes="PBDT2015:b3r9b"),
    household("Bahan bakar memasak", codes="PBDT2015:b3r10"),
    household("Fasilitas BAB", codes="PBDT2015:b3r11a"),
    household("Jenis kloset", codes="PBDT2015:b3r11b"),
    household("Tempat buang tinja", codes="PBDT2015:b3r12"),
)

# The printed form numbers yes and no 1/2 on every other line and 3/4 on the lines between.
_ASSETS = (
    household("Kepemilikan tabung gas 5,5kg", codes=_ODD),
    household("Kepemilikan lemari es", codes=_EVEN),
    household("Kepemilikan ac", codes=_ODD),
    household("Kepemilikan pemanas air", codes=_EVEN),
    household("Kepemilikan telepon rumah", codes=_ODD),
    household("Kepemilikan televisi", codes=_EVEN),
    household("Kepemilikan emas dan tabungan", codes=_ODD),
    household("Kepemilikan laptop/komputer", codes=_EVEN),
    household("Kepemilikan sepeda", codes=_ODD),
    household("Kepemilikan sepeda motor", codes=_EVEN),
    household("Kepemilikan mobil", codes=_ODD),
    household("Kepemilikan perahu", codes=_EVEN),
    household("Kepemilikan motor tempel", codes=_ODD),
    household("Kepemilikan perahu motor", codes=_EVEN),
    household("Kepemilikan kapal", codes=_ODD),
    # Sources hold a small count here, not a telephone number.
    household("Nomor HP  yang aktif"),
    household("Jumlah ruangan rumah yang ditempati"),
    household("Kepemilikan aset tidak bergerak"),
    household("Luas aset tidak bergerak"),
    household("Kepemilikan rumah di tempat lain"),
    household("Jumlah sapi yang dimiliki"),
    household("Jumlah kerbau yang dimiliki"),
    household("Jumlah kuda yang dimiliki"),
    household("Jumlah babi yang dimiliki"),
    household("Jumlah kambing/domba yang dimiliki"),
    household("Status ART yang memiliki usaha"),
)

_PROGRAMMES = (
    household("Status KKS", codes=_ODD),
    household("Status KIP", codes=_EVEN),
    household("Status KIS", codes=_ODD),
    household("Status BPJS  mandiri", codes=_EVEN),
    household("Status Jamsostek", codes=_ODD),
    household("Status asuransi kesehatan lainnya", codes=_EVEN),
    household("Status PKH", codes=_ODD),
    household("Status Rastra", codes=_EVEN),
    household("Status KUR", codes=_ODD),
    household("No Urut ART Wanita Usia Subur"),
    household("Usia Suami"),
    household("Usia Istri"),
    household("Kepesertaan KB"),
    household("Metode Kontrasepsi"),
    household("Lama menggunakan kontrasepsi (tahun)"),
    household("Lama menggunakan kontrasepsi (bulan)"),
    household("Tempat pelayanan KB"),
    household("Status ingin punya anak lagi"),
    household("Alasan utama tidak ber KB"),
    household("percentile", "rank", "persentil"),
)

_MEMBER = (
    person("Nomor urut ART", "member_number", "No Urut ART"),
    person("Nama ART", "name", "Nama anggota rumah tangga", required=True),
    person("NIK", "nik", "Nomor Induk Kependudukan", required=True),
    person("HubKRT", "relation", "Hubungan dengan KRT", required=True, codes="PBDT2015:b4k3"),
    person("Nomor urut keluarga", "family_number"),
    person("Hubungan dengan kepala keluarga", "family_relation", "HubKK", codes="PBDT2015:b4k3"),
    person("jenis kelamin", "sex", codes="PBDT2015:b4k4"),
    person("Umur anggota rumah tangga (tahun)", "age", "Umur"),
    person("Status perkawinan", "marital", codes="PBDT2015:b4k6"),
    person("Kepemilikan akta/buku nikah"),
    person("Tercantum di dalam KK", codes="PBDT2015:b4k8"),
    person("Kepemilikan kartu identitas", codes="PBDT2015:b4k9"),
    person("Status kehamilan", "pregnant", codes="PBDT2015:b4k10"),
    person("Jenis cacat", "disability", codes="PBDT2015:b4k12"),
    person("Penyakit kronis", "chronic_illness", codes="PBDT2015:b4k13"),
    person("Partisipasi sekolah", "school", codes="PBDT2015:b4k15"),
    person("Pendidikan tertinggi", codes="PBDT2015:b4k16"),
    person("Kelas tertinggi"),
    person("Ijazah tertinggi", "education", codes="PBDT2015:b4k18"),
    person("Bekerja seminggu yg lalu", "works", "Bekerja seminggu yang lalu", codes="PBDT2015:b4k19"),
    person("Jumlah jam kerja"),
    person("Lapangan usaha", "occupation", codes="PBDT2015:b4k21"),
    person("Status dalam pekerjaan", "work_status", codes="PBDT2015:b4k22"),
)

COLUMNS: tuple[Column, ...] = (*_PLACE, *_HOUSING, *_ASSETS, *_PROGRAMMES, *_MEMBER)

BDT2015_PERSON = Layout(
    "bdt2015_person",
    "BDT 2015 per orang (101 kolom)",
    forms=((SheetLayout("bdt2015_person", "anggota dengan kolom rumah tangga diulang", "both", COLUMNS),),),
    has_nik=True,
    rank_scale="percentile",
)
