"""What can be done, and which role may do it: one table, written to the Groups by `manage.py sync_roles`."""

from __future__ import annotations

from enum import StrEnum


class Can(StrEnum):
    """A named permission; its value is what `user.has_perm` takes."""

    VIEW_DASHBOARD = "accounts.view_dashboard"
    EXPORT_DASHBOARD = "accounts.export_dashboard"
    VIEW_HOUSEHOLDS = "accounts.view_households"
    EXPORT_HOUSEHOLDS = "accounts.export_households"
    EXPORT_IDENTITIES = "accounts.export_identities"
    REVEAL_IDENTITY = "accounts.reveal_identity"
    CORRECT_HOUSEHOLD = "accounts.correct_household"
    CHANGE_STATUS = "accounts.change_status"
    VIEW_QUALITY = "accounts.view_quality"
    VIEW_IMPORTS = "accounts.view_imports"
    UPLOAD_IMPORT = "accounts.upload_import"
    APPLY_IMPORT = "accounts.apply_import"
    UNDO_IMPORT = "accounts.undo_import"
    VIEW_TRAININGS = "accounts.view_trainings"
    EXPORT_TRAININGS = "accounts.export_trainings"
    MANAGE_PROGRAMMES = "accounts.manage_programmes"
    OVERRIDE_COURSE = "accounts.override_course"
    REGISTER_PARTICIPANTS = "accounts.register_participants"
    WITHDRAW_PARTICIPANTS = "accounts.withdraw_participants"
    VERIFY_PARTICIPANTS = "accounts.verify_participants"
    MANAGE_SESSIONS = "accounts.manage_sessions"
    MARK_ATTENDANCE = "accounts.mark_attendance"
    DECIDE_GRADUATION = "accounts.decide_graduation"
    IMPORT_PAST = "accounts.import_past"
    USE_BACKOFFICE = "accounts.use_backoffice"
    MANAGE_REFERENCE = "accounts.manage_reference"
    MANAGE_USERS = "accounts.manage_users"
    VIEW_ACCESS_LOG = "accounts.view_access_log"

    @property
    def codename(self) -> str:
        return self.value.partition(".")[2]


LABELS: dict[Can, str] = {
    Can.VIEW_DASHBOARD: "Melihat dasbor",
    Can.EXPORT_DASHBOARD: "Mengunduh dasbor",
    Can.VIEW_HOUSEHOLDS: "Melihat keluarga",
    Can.EXPORT_HOUSEHOLDS: "Mengunduh daftar keluarga",
    Can.EXPORT_IDENTITIES: "Mengunduh NIK dan nomor KK tanpa disamarkan",
    Can.REVEAL_IDENTITY: "Membuka NIK atau nomor KK dengan alasan",
    Can.CORRECT_HOUSEHOLD: "Mengoreksi data keluarga dan anggota",
    Can.CHANGE_STATUS: "Mengubah status keluarga",
    Can.VIEW_QUALITY: "Melihat mutu data",
    Can.VIEW_IMPORTS: "Melihat impor",
    Can.UPLOAD_IMPORT: "Mengunggah dan mengajukan impor",
    Can.APPLY_IMPORT: "Menerapkan impor",
    Can.UNDO_IMPORT: "Membatalkan impor yang sudah diterapkan",
    Can.VIEW_TRAININGS: "Melihat pelatihan dan pesertanya",
    Can.EXPORT_TRAININGS: "Mengunduh daftar dan laporan pelatihan",
    Can.MANAGE_PROGRAMMES: "Menyusun dan menjalankan program pelatihan",
    Can.OVERRIDE_COURSE: "Mengizinkan keterampilan yang sama di satu kelurahan lebih cepat",
    Can.REGISTER_PARTICIPANTS: "Mendaftarkan peserta pelatihan",
    Can.WITHDRAW_PARTICIPANTS: "Mencatat peserta yang mundur",
    Can.VERIFY_PARTICIPANTS: "Menerima atau menolak peserta",
    Can.MANAGE_SESSIONS: "Menyusun jadwal dan memulai pelatihan",
    Can.MARK_ATTENDANCE: "Mencatat kehadiran",
    Can.DECIDE_GRADUATION: "Menetapkan kelulusan",
    Can.IMPORT_PAST: "Memasukkan riwayat pelatihan tahun-tahun lalu",
    Can.USE_BACKOFFICE: "Masuk ke halaman pengelolaan",
    Can.MANAGE_REFERENCE: "Mengubah wilayah dan gelombang",
    Can.MANAGE_USERS: "Mengelola pengguna",
    Can.VIEW_ACCESS_LOG: "Melihat catatan pembukaan data pribadi",
}


class Role(StrEnum):
    """A role is a Group of this name."""

    KELURAHAN_OFFICER = "petugas-kelurahan"
    KECAMATAN_OFFICER = "petugas-kecamatan"
    STAFF = "staf-dinsos"
    VERIFIER = "verifikator"
    OFFICE_HEAD = "kepala-dinas"
    TREASURER = "bendahara"
    LEADERSHIP = "pimpinan"
    ADMINISTRATOR = "administrator"


ROLE_LABELS: dict[Role, str] = {
    Role.KELURAHAN_OFFICER: "Petugas kelurahan",
    Role.KECAMATAN_OFFICER: "Petugas kecamatan",
    Role.STAFF: "Staf Dinas Sosial",
    Role.VERIFIER: "Verifikator",
    Role.OFFICE_HEAD: "Kepala Dinas",
    Role.TREASURER: "Bendahara",
    Role.LEADERSHIP: "Pimpinan",
    Role.ADMINISTRATOR: "Administrator",
}

_READS = frozenset({Can.VIEW_DASHBOARD, Can.EXPORT_DASHBOARD})
_REGISTRY = _READS | {Can.VIEW_HOUSEHOLDS, Can.EXPORT_HOUSEHOLDS, Can.VIEW_QUALITY}
_TRAININGS = frozenset({Can.VIEW_TRAININGS, Can.EXPORT_TRAININGS})

ROLES: dict[Role, frozenset[Can]] = {
    Role.KELURAHAN_OFFICER: _REGISTRY
    | _TRAININGS
    | {
        Can.CORRECT_HOUSEHOLD,
        Can.REVEAL_IDENTITY,
        Can.REGISTER_PARTICIPANTS,
        Can.WITHDRAW_PARTICIPANTS,
        Can.MARK_ATTENDANCE,
    },
    Role.KECAMATAN_OFFICER: _REGISTRY | _TRAININGS | {Can.REVEAL_IDENTITY},
    Role.STAFF: _REGISTRY
    | _TRAININGS
    | {
        Can.MANAGE_PROGRAMMES,
        Can.WITHDRAW_PARTICIPANTS,
        Can.VERIFY_PARTICIPANTS,
        Can.MANAGE_SESSIONS,
        Can.MARK_ATTENDANCE,
        Can.DECIDE_GRADUATION,
        Can.IMPORT_PAST,
        Can.CORRECT_HOUSEHOLD,
        Can.CHANGE_STATUS,
        Can.REVEAL_IDENTITY,
        Can.EXPORT_IDENTITIES,
        Can.VIEW_IMPORTS,
        Can.UPLOAD_IMPORT,
        Can.APPLY_IMPORT,
        Can.UNDO_IMPORT,
        Can.USE_BACKOFFICE,
    },
    Role.VERIFIER: _REGISTRY
    | _TRAININGS
    | {
        Can.CHANGE_STATUS,
        Can.REVEAL_IDENTITY,
        Can.VIEW_IMPORTS,
        Can.APPLY_IMPORT,
        Can.VERIFY_PARTICIPANTS,
    },
    Role.OFFICE_HEAD: _REGISTRY
    | _TRAININGS
    | {
        Can.VIEW_IMPORTS,
        Can.APPLY_IMPORT,
        Can.UNDO_IMPORT,
        Can.OVERRIDE_COURSE,
        Can.DECIDE_GRADUATION,
    },
    Role.TREASURER: _READS | {Can.VIEW_HOUSEHOLDS, Can.VIEW_TRAININGS},
    Role.LEADERSHIP: _READS,
    Role.ADMINISTRATOR: _READS
    | {
        Can.VIEW_IMPORTS,
        Can.USE_BACKOFFICE,
        Can.MANAGE_REFERENCE,
        Can.MANAGE_USERS,
        Can.VIEW_ACCESS_LOG,
    },
}
