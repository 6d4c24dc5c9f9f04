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
    VIEW_GROUPS = "accounts.view_groups"
    EXPORT_GROUPS = "accounts.export_groups"
    MANAGE_GROUPS = "accounts.manage_groups"
    PREPARE_PROPOSALS = "accounts.prepare_proposals"
    SUBMIT_PROPOSALS = "accounts.submit_proposals"
    VERIFY_PROPOSALS = "accounts.verify_proposals"
    RECOMMEND_PROPOSALS = "accounts.recommend_proposals"
    DECIDE_PROPOSALS = "accounts.decide_proposals"
    SIGN_AGREEMENTS = "accounts.sign_agreements"
    PAY_GRANTS = "accounts.pay_grants"
    PREPARE_REPORTS = "accounts.prepare_reports"
    EXAMINE_REPORTS = "accounts.examine_reports"
    CLOSE_GRANTS = "accounts.close_grants"
    RECORD_VISITS = "accounts.record_visits"
    SET_STAGE = "accounts.set_stage"
    MANAGE_KUB_BUDGET = "accounts.manage_kub_budget"
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
    Can.VIEW_GROUPS: "Melihat KUB, usulan dan hibah",
    Can.EXPORT_GROUPS: "Mengunduh daftar dan dokumen KUB dan hibah",
    Can.MANAGE_GROUPS: "Membentuk KUB dan mengurus anggotanya",
    Can.PREPARE_PROPOSALS: "Menyusun usulan hibah dan RAB",
    Can.SUBMIT_PROPOSALS: "Mengajukan usulan hibah",
    Can.VERIFY_PROPOSALS: "Memverifikasi usulan hibah",
    Can.RECOMMEND_PROPOSALS: "Merekomendasikan usulan hibah",
    Can.DECIDE_PROPOSALS: "Memutuskan usulan hibah",
    Can.SIGN_AGREEMENTS: "Mencatat perjanjian hibah",
    Can.PAY_GRANTS: "Membayar termin hibah",
    Can.PREPARE_REPORTS: "Menyusun LPJ hibah",
    Can.EXAMINE_REPORTS: "Memeriksa LPJ hibah",
    Can.CLOSE_GRANTS: "Menyelesaikan hibah",
    Can.RECORD_VISITS: "Mencatat kunjungan ke KUB",
    Can.SET_STAGE: "Menetapkan tahap KUB",
    Can.MANAGE_KUB_BUDGET: "Mengatur anggaran, plafon dan ketentuan KUB",
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
_GROUPS = frozenset({Can.VIEW_GROUPS, Can.EXPORT_GROUPS})

ROLES: dict[Role, frozenset[Can]] = {
    Role.KELURAHAN_OFFICER: _REGISTRY
    | _TRAININGS
    | _GROUPS
    | {
        Can.CORRECT_HOUSEHOLD,
        Can.REVEAL_IDENTITY,
        Can.REGISTER_PARTICIPANTS,
        Can.WITHDRAW_PARTICIPANTS,
        Can.MARK_ATTENDANCE,
        Can.MANAGE_GROUPS,
        Can.PREPARE_PROPOSALS,
        Can.SUBMIT_PROPOSALS,
        Can.PREPARE_REPORTS,
        Can.RECORD_VISITS,
    },
    Role.KECAMATAN_OFFICER: _REGISTRY | _TRAININGS | _GROUPS | {Can.REVEAL_IDENTITY, Can.RECORD_VISITS},
    Role.STAFF: _REGISTRY
    | _TRAININGS
    | _GROUPS
    | {
        Can.MANAGE_PROGRAMMES,
        Can.WITHDRAW_PARTICIPANTS,
        Can.VERIFY_PARTICIPANTS,
        Can.MANAGE_SESSIONS,
        Can.MARK_ATTENDANCE,
        Can.DECIDE_GRADUATION,
        Can.IMPORT_PAST,
        Can.MANAGE_GROUPS,
        Can.PREPARE_PROPOSALS,
        Can.SUBMIT_PROPOSALS,
        Can.VERIFY_PROPOSALS,
        Can.PREPARE_REPORTS,
        Can.EXAMINE_REPORTS,
        Can.RECORD_VISITS,
        Can.SET_STAGE,
        Can.MANAGE_KUB_BUDGET,
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
    | _GROUPS
    | {
        Can.CHANGE_STATUS,
        Can.REVEAL_IDENTITY,
        Can.VIEW_IMPORTS,
        Can.APPLY_IMPORT,
        Can.VERIFY_PARTICIPANTS,
        Can.VERIFY_PROPOSALS,
        Can.RECOMMEND_PROPOSALS,
        Can.EXAMINE_REPORTS,
    },
    Role.OFFICE_HEAD: _REGISTRY
    | _TRAININGS
    | _GROUPS
    | {
        Can.VIEW_IMPORTS,
        Can.APPLY_IMPORT,
        Can.UNDO_IMPORT,
        Can.OVERRIDE_COURSE,
        Can.DECIDE_GRADUATION,
        Can.DECIDE_PROPOSALS,
        Can.SIGN_AGREEMENTS,
        Can.CLOSE_GRANTS,
    },
    Role.TREASURER: _READS | _GROUPS | {Can.VIEW_HOUSEHOLDS, Can.VIEW_TRAININGS, Can.PAY_GRANTS},
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
