"""An import on its way: the file as uploaded, its rows staged with verdict and problems, who did which step."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from households.models.wave import RANK_SCALES, Wave
from tangerang_poverty.kit.encrypted import EncryptedTextField

CITY_CODE_LENGTH = len("36.71")


def _step(*, at: str, by: str, name: str) -> models.CheckConstraint:
    """Who and when are both known or both unknown."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{at}__isnull": True, f"{by}__isnull": True})
        | Q(**{f"{at}__isnull": False, f"{by}__isnull": False}),
    )


def _pointer(to: str) -> Any:
    return models.ForeignKey(
        to, models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )


def _who(verb: str, *, null: bool = True) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=null, related_name="+", verbose_name=f"{verb} oleh"
    )


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: Any) -> ImportBatchQuerySet:
        """An import holds rows of the whole city: only who works for the whole city sees it."""
        if not (user.is_authenticated and user.is_active and user.area_id):
            return self.none()
        return self.all() if len(user.area_id) <= CITY_CODE_LENGTH else self.none()

    def for_list(self) -> ImportBatchQuerySet:
        return self.select_related("wave", "uploaded_by", "progress").prefetch_related("files")

    def unfinished(self) -> ImportBatchQuerySet:
        """Imports that still wait for a machine or for somebody."""
        return self.filter(state__in=ImportBatch.OPEN_STATES)

    def ended(self) -> ImportBatchQuerySet:
        return self.exclude(state__in=ImportBatch.OPEN_STATES)

    def for_page(self) -> ImportBatchQuerySet:
        return self.for_list().select_related("submitted_by", "applied_by", "undone_by")


class ImportBatch(models.Model):
    """One upload (one or two files) for one wave, from reading to applied or undone. Moves stand in lifecycle.py."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Menunggu diperiksa"
        STAGING = "staging", "Sedang diperiksa"
        REFUSED = "refused", "Berkas ditolak"
        STAGED = "staged", "Siap ditinjau"
        SUBMITTED = "submitted", "Menunggu diterapkan"
        APPLYING = "applying", "Sedang diterapkan"
        APPLIED = "applied", "Diterapkan"
        UNDOING = "undoing", "Sedang dibatalkan"
        UNDONE = "undone", "Dibatalkan"
        DISCARDED = "discarded", "Dibuang"

    OPEN_STATES = (
        State.UPLOADED,
        State.STAGING,
        State.STAGED,
        State.SUBMITTED,
        State.APPLYING,
        State.UNDOING,
    )
    BUSY_STATES = (State.UPLOADED, State.STAGING, State.APPLYING, State.UNDOING)

    wave = models.ForeignKey(Wave, models.PROTECT, related_name="batches", verbose_name="gelombang")
    layout = models.CharField("tata letak", max_length=30, blank=True, help_text="Kosong: dikenali sendiri.")
    state = models.CharField("keadaan", max_length=9, choices=State, default=State.UPLOADED)
    uploaded_at = models.DateTimeField("diunggah", auto_now_add=True)
    uploaded_by = _who("diunggah", null=False)
    staged_at = models.DateTimeField("selesai diperiksa", null=True)
    submitted_at = models.DateTimeField("diajukan", null=True)
    submitted_by = _who("diajukan")
    applied_at = models.DateTimeField("diterapkan", null=True)
    applied_by = _who("diterapkan")
    undone_at = models.DateTimeField("dibatalkan", null=True)
    undone_by = _who("dibatalkan")
    undo_reason = models.CharField("alasan pembatalan", max_length=250, blank=True)
    # [{"code": …, "message": …}] when the file as a whole was refused, or why the last step came to nothing
    refusal = models.JSONField("alasan penolakan", default=list)
    # what households.imports.reports.counted gives; kept when the staged rows are gone
    summary = models.JSONField("ringkasan", default=dict)
    is_sample = models.BooleanField("data contoh", default=False, editable=False)
    # how often a worker has begun the step at hand without coming to its end
    attempts = models.PositiveSmallIntegerField("percobaan", default=0, editable=False)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "impor"
        verbose_name_plural = "impor"
        ordering = ["-uploaded_at", "-id"]
        constraints = [
            _step(at="submitted_at", by="submitted_by", name="batch_submitted_by_whom"),
            _step(at="applied_at", by="applied_by", name="batch_applied_by_whom"),
            _step(at="undone_at", by="undone_by", name="batch_undone_by_whom"),
            models.UniqueConstraint(
                fields=["wave"],
                condition=Q(state__in=["applying", "undoing"]),
                name="batch_one_at_work_in_wave",
                violation_error_message="Gelombang ini sedang diolah oleh impor lain.",
            ),
        ]

    def __str__(self) -> str:
        return f"Impor {self.wave} #{self.pk}"

    @property
    def is_busy(self) -> bool:
        """A machine is at work on it, or is about to be."""
        return self.state in self.BUSY_STATES

    @property
    def state_kind(self) -> str:
        """The kind of badge that says the state: good, warn, bad, info or "" (ended without effect)."""
        return _STATE_KINDS[self.State(self.state)]

    @property
    def file_names(self) -> str:
        return ", ".join(file.name for file in self.files.all())

    @property
    def total_size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files.all())


_STATE_KINDS = {
    ImportBatch.State.UPLOADED: "info",
    ImportBatch.State.STAGING: "info",
    ImportBatch.State.REFUSED: "bad",
    ImportBatch.State.STAGED: "warn",
    ImportBatch.State.SUBMITTED: "warn",
    ImportBatch.State.APPLYING: "info",
    ImportBatch.State.APPLIED: "good",
    ImportBatch.State.UNDOING: "info",
    ImportBatch.State.UNDONE: "",
    ImportBatch.State.DISCARDED: "",
}


class ImportFile(models.Model):
    """A file of an import, kept as uploaded under its SHA-256."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="files")
    position = models.PositiveSmallIntegerField(default=1)
    name = models.CharField("nama berkas", max_length=200)
    file = models.FileField("berkas", upload_to="imports/%Y/%m/", max_length=250)
    size = models.PositiveBigIntegerField("ukuran (byte)")
    sha256 = models.CharField(max_length=64)
    # False once its batch was refused, discarded or undone: only then may the same bytes come again
    is_live = models.BooleanField(default=True)

    class Meta:
        ordering = ["batch_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="import_file_position"),
            models.UniqueConstraint(
                fields=["sha256"],
                condition=Q(is_live=True),
                name="import_file_once",
                violation_error_message="Berkas yang sama sudah pernah diunggah.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ImportProgress(models.Model):
    """How far the work on a batch is; written over a connection of its own, so it is seen while a transaction runs."""

    batch = models.OneToOneField(ImportBatch, models.CASCADE, primary_key=True, related_name="progress")
    phase = models.CharField("langkah", max_length=60, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)
    stop_requested = models.BooleanField(default=False)


class Verdict(models.TextChoices):
    NEW = "new", "Baru"
    CHANGED = "changed", "Berubah"
    SAME = "same", "Sama"
    REJECTED = "rejected", "Ditolak"


class StagedHousehold(models.Model):
    """A household row of a file, read and judged, not yet in the registry. One row per household of the batch."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="staged_households", db_index=False)
    sheet = models.CharField(max_length=40)
    row = models.PositiveIntegerField()
    source_key = models.CharField(max_length=40, db_collation="C")
    area = models.ForeignKey("areas.Area", models.PROTECT, null=True, related_name="+", db_index=False)
    kecamatan_text = models.CharField(max_length=60, blank=True)
    kelurahan_text = models.CharField(max_length=60, blank=True)
    address = models.CharField(max_length=250, blank=True)
    rt = models.CharField(max_length=3, blank=True)
    rw = models.CharField(max_length=3, blank=True)
    head_name = models.CharField(max_length=150, blank=True)
    family_count = models.PositiveSmallIntegerField(null=True)
    rank = models.PositiveSmallIntegerField(null=True)
    rank_scale = models.CharField(max_length=10, choices=RANK_SCALES, blank=True)
    rank_group = models.PositiveSmallIntegerField(null=True)
    raw = models.JSONField(default=dict)
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    # Set while judging: the record of this wave and the golden household this row belongs to, when known. Judged
    # anew when applied, so it may point to nothing in between and the database does not check it.
    record = _pointer("households.HouseholdRecord")
    household = _pointer("households.Household")

    class Meta:
        indexes = [
            models.Index(fields=["batch", "verdict", "id"], name="staged_household_verdict"),
            models.Index(fields=["batch", "source_key"], name="staged_household_key"),
        ]


class StagedPerson(models.Model):
    """A person row of a file, read and judged, not yet in the registry."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="staged_people", db_index=False)
    sheet = models.CharField(max_length=40)
    row = models.PositiveIntegerField()
    household_key = models.CharField(max_length=40, db_collation="C")
    number = models.PositiveSmallIntegerField(null=True)
    name = models.CharField(max_length=150)
    # as people write it ("SITI" → "Siti"); goes to the registry, while the record keeps the source's spelling
    tidy_name = models.CharField(max_length=150, default="")
    name_key = models.CharField(max_length=150)
    sex = models.CharField(max_length=1, blank=True)
    birth_date = models.DateField(null=True)
    birth_precision = models.CharField(max_length=5, blank=True)
    birth_place = models.CharField(max_length=80, blank=True)
    nik = EncryptedTextField(purpose="nik")
    kk = EncryptedTextField(purpose="kk")
    # format errors: the value stays on the record and is not taken over into the registry
    nik_usable = models.BooleanField(default=False)
    kk_usable = models.BooleanField(default=False)
    identity_notes = models.JSONField(default=list)
    relation = models.PositiveSmallIntegerField(null=True)
    family_number = models.PositiveSmallIntegerField(null=True)
    education = models.CharField(max_length=60, blank=True)
    occupation = models.CharField(max_length=80, blank=True)
    disability = models.CharField(max_length=80, blank=True)
    raw = models.JSONField(default=dict)
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    record = _pointer("households.PersonRecord")
    person = _pointer("households.Person")

    class Meta:
        indexes = [
            models.Index(fields=["batch", "household_key", "number"], name="staged_person_key"),
            models.Index(fields=["batch", "verdict", "id"], name="staged_person_verdict"),
        ]


class StagedProblem(models.Model):
    """One problem of one staged row: which rule, which column, what value (identifiers masked), in a whole sentence."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="problems", db_index=False)
    sheet = models.CharField(max_length=40)
    row = models.PositiveIntegerField()
    is_person = models.BooleanField()
    code = models.CharField(max_length=40)
    is_error = models.BooleanField()
    column = models.CharField(max_length=80, blank=True)
    value = models.CharField(max_length=120, blank=True)
    message = models.CharField(max_length=300)

    class Meta:
        indexes = [
            models.Index(fields=["batch", "code"], name="staged_problem_code"),
            models.Index(fields=["batch", "sheet", "row"], name="staged_problem_row"),
        ]


class ReplacedRow(models.Model):
    """A row as it was before an applied import changed it; taking the import back puts it there again."""

    class Table(models.TextChoices):
        HOUSEHOLD = "households_household", "keluarga"
        PERSON = "households_person", "anggota"
        HOUSEHOLD_RECORD = "households_householdrecord", "catatan keluarga"
        PERSON_RECORD = "households_personrecord", "catatan anggota"

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="replaced", db_index=False)
    table = models.CharField(max_length=30, choices=Table)
    row_id = models.BigIntegerField()
    before = models.JSONField()  # the whole row as PostgreSQL's to_jsonb gives it; NIK and KK stay encrypted

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "table", "row_id"], name="replaced_row_once"),
        ]
        indexes = [models.Index(fields=["table", "row_id"], name="replaced_row")]


class SampleLoad(models.Model):
    """The loading of the sample city, at most one row: how far it is, so that it can go on where it was stopped."""

    class State(models.TextChoices):
        RUNNING = "running", "berjalan"
        DONE = "done", "selesai"
        FAILED = "failed", "gagal"

    only = models.BooleanField(primary_key=True, default=True)
    # the import at work now; its own progress is what the banner shows
    batch = models.ForeignKey(ImportBatch, models.SET_NULL, null=True, related_name="+")
    scale = models.FloatField()
    seed = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=7, choices=State, default=State.RUNNING)
    step = models.CharField(max_length=80, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(name="sample_load_only_one", condition=Q(only=True))]

    @property
    def loading(self) -> bool:
        return self.state == self.State.RUNNING

    @property
    def progress(self) -> tuple[int, int]:
        """(done, total) of the step at work; total 0 when it is not known yet."""
        at_work = getattr(self.batch, "progress", None) if self.batch else None
        return (at_work.done, at_work.total) if at_work else (self.done, self.total)
