"""What the sample's groups are called, make, buy and run into. All of it is invented."""

from __future__ import annotations

# Kind of business by the course its members were taught.
KIND_OF_COURSE = {
    "Payet": "Payet/bordir",
    "Membatik": "Industri kain/tenun",
    "Tata Rias": "Salon kecantikan",
    "Kue Kering": "Kue kering/kue basah",
    "Pijat Refleksi": "Pijat refleksi",
    "Menjahit": "Menjahit/tata busana",
}
FLOWERS = (
    "Melati",
    "Anggrek",
    "Mawar",
    "Kenanga",
    "Dahlia",
    "Teratai",
    "Cempaka",
    "Flamboyan",
    "Seruni",
    "Kamboja",
    "Aster",
    "Bougenvil",
    "Sedap Malam",
    "Wijaya Kusuma",
)
SURNAMES = ("Jaya", "Mandiri", "Berkah", "Sejahtera", "Bersama", "Lestari", "Sentosa")
# Capital ceiling for one group in the last year, and the template of its budget: item, quantity, unit, unit price.
Line = tuple[str, int, str, int]
KINDS: dict[str, tuple[int, tuple[Line, ...]]] = {
    "Payet/bordir": (
        20_000_000,
        (
            ("Mesin bordir", 2, "unit", 3_400_000),
            ("Payet dan manik", 40, "paket", 85_000),
            ("Kain dasar", 60, "meter", 65_000),
            ("Meja kerja", 4, "unit", 550_000),
        ),
    ),
    "Industri kain/tenun": (
        20_000_000,
        (
            ("Kompor batik listrik", 4, "unit", 750_000),
            ("Canting dan malam", 1, "paket", 2_800_000),
            ("Kain mori", 120, "meter", 45_000),
            ("Pewarna kain", 12, "kilogram", 260_000),
        ),
    ),
    "Salon kecantikan": (
        22_000_000,
        (
            ("Kursi salon hidrolik", 3, "unit", 1_900_000),
            ("Pengering rambut", 4, "unit", 450_000),
            ("Peralatan tata rias", 2, "set", 2_600_000),
            ("Bahan habis pakai tiga bulan", 1, "paket", 3_400_000),
        ),
    ),
    "Kue kering/kue basah": (
        25_000_000,
        (
            ("Oven gas dua pintu", 2, "unit", 2_750_000),
            ("Mixer 5 liter", 2, "unit", 1_450_000),
            ("Loyang dan cetakan", 4, "set", 350_000),
            ("Bahan baku tiga bulan", 1, "paket", 5_200_000),
            ("Kemasan dan label", 2_000, "lembar", 1_500),
            ("Izin PIRT", 1, "berkas", 2_000_000),
        ),
    ),
    "Pijat refleksi": (
        18_000_000,
        (
            ("Kursi refleksi", 4, "unit", 1_650_000),
            ("Sekat dan tirai", 3, "unit", 480_000),
            ("Minyak dan handuk tiga bulan", 1, "paket", 2_700_000),
            ("Papan nama dan selebaran", 1, "paket", 950_000),
        ),
    ),
    "Menjahit/tata busana": (
        24_000_000,
        (
            ("Mesin jahit", 4, "unit", 2_900_000),
            ("Mesin obras", 1, "unit", 3_100_000),
            ("Kain dan benang", 1, "paket", 4_000_000),
        ),
    ),
}
PURPOSES = {
    "Payet/bordir": "Menambah mesin dan bahan untuk pesanan seragam",
    "Industri kain/tenun": "Memulai produksi batik tulis dan cap",
    "Salon kecantikan": "Membuka salon bersama di rumah sewa",
    "Kue kering/kue basah": "Produksi kue kering sepanjang tahun dan izin PIRT",
    "Pijat refleksi": "Membuka rumah pijat refleksi",
    "Menjahit/tata busana": "Menerima jahitan seragam sekolah",
}
PLACES = ("rumah ketua", "Balai warga RW 03", "Aula kelurahan", "Posyandu Melati")
BANKS = ("Bank BJB", "Bank BRI", "Bank Mandiri")
PROBLEMS = (
    "",
    "",
    "",
    "Harga bahan baku naik",
    "Pembeli membayar lambat",
    "Satu mesin rusak, menunggu suku cadang",
    "Belum punya tempat jualan tetap",
)
STALLED = (
    "Pesanan berhenti sejak dua bulan",
    "Anggota sibuk bekerja di tempat lain",
    "Tempat usaha habis sewanya",
)
REFUSALS = (
    "Usaha sejenis di RW itu sudah dua; pasarnya belum terbukti.",
    "Anggaran tahun ini diutamakan bagi kelompok yang belum pernah menerima.",
)
RETURNS = ("Kuitansi bahan baku belum lengkap; tambahkan yang bulan kedua.",)
