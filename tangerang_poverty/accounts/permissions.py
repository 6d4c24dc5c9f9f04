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

ROLES: dict[Role, frozenset[Can]] = {
    Role.KELURAHAN_OFFICER: _REGISTRY | {Can.CORRECT_HOUSEHOLD, Can.REVEAL_IDENTITY},
    Role.KECAMATAN_OFFICER: _REGISTRY | {Can.REVEAL_IDENTITY},
    Role.STAFF: _REGISTRY
    | {
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
    Role.VERIFIER: _REGISTRY | {Can.CHANGE_STATUS, Can.REVEAL_IDENTITY, Can.VIEW_IMPORTS, Can.APPLY_IMPORT},
    Role.OFFICE_HEAD: _REGISTRY | {Can.VIEW_IMPORTS, Can.APPLY_IMPORT, Can.UNDO_IMPORT},
    Role.TREASURER: _READS | {Can.VIEW_HOUSEHOLDS},
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
