"""The history of a golden row as the database wrote it: who changed what, from what to what, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

import pghistory
from django.db import models
from django.utils.formats import date_format

from tangerang_poverty.accounts.models import User
from tangerang_poverty.kit.encrypted import EncryptedTextField
from tangerang_poverty.kit.formats import number
from tangerang_poverty.kit.identifiers import mask, mask_account, without_numbers

SHOWN = 100  # changes on one page of history
ACTION_LABELS = {
    "correct_household": "Koreksi data keluarga",
    "correct_person": "Koreksi data anggota",
    "add_person": "Tambah anggota",
    "change_status": "Perubahan status",
    "move_household": "Pindah kelurahan",
    "apply_import": "Impor diterapkan",
    "undo_import": "Impor dibatalkan",
    "make_course": "Keterampilan ditambahkan",
    "make_programme": "Program dibuat",
    "change_programme": "Program diubah",
    "move_programme": "Keadaan program",
    "set_quotas": "Kuota ditetapkan",
    "change_cohort": "Angkatan diubah",
    "override_course": "Pengecualian keterampilan",
    "register": "Pendaftaran peserta",
    "withdraw": "Peserta mundur",
    "verify": "Pemeriksaan peserta",
    "change_sessions": "Jadwal diubah",
    "attendance": "Kehadiran dikoreksi",
    "score": "Nilai dicatat",
    "graduate": "Kelulusan ditetapkan",
    "revoke_graduation": "Kelulusan dibatalkan",
    "apply_past": "Riwayat pelatihan dimasukkan",
    "undo_past": "Riwayat pelatihan dibatalkan",
    "match_past": "Riwayat pelatihan dicocokkan",
    "dismiss_past": "Riwayat pelatihan dikesampingkan",
    "reopen_past": "Riwayat pelatihan dibuka lagi",
    "form_group": "KUB dibentuk",
    "change_group": "KUB diubah",
    "move_group": "Keadaan KUB",
    "join_group": "Anggota KUB masuk",
    "leave_group": "Anggota KUB keluar",
    "give_office": "Jabatan KUB",
    "change_proposal": "Usulan hibah diubah",
    "move_proposal": "Langkah usulan hibah",
    "move_grant": "Langkah hibah",
    "book": "Buku besar hibah",
    "write_report": "LPJ disusun",
    "move_report": "Langkah LPJ",
    "visit": "Kunjungan KUB",
    "stage": "Tahap KUB",
    "change_kub_budget": "Anggaran dan ketentuan KUB",
    "admin": "Perubahan di halaman pengelolaan",
}
EVENT_LABELS = {"insert": "Ditambahkan", "update": "Diubah", "delete": "Dihapus"}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field: its label, its value before and after as people read it ("": empty), identifiers masked."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one row. `by` is a name, "Sistem" when nobody was named; `subject` names the row."""

    at: datetime
    by: str
    action: str
    note: str
    subject: str
    fields: tuple[FieldChange, ...]


def audited(*, by: User, action: str, note: str = "", **more: Any) -> AbstractContextManager[Any]:
    """Names who, what and why for everything written inside; put it around the writes of an action.

    `action` is a key of ACTION_LABELS; `more` goes to the context as it is (batch=<pk>, …). A context inside
    another adds to it: the inner values win. A NIK or KK in the note is masked.
    """
    return pghistory.context(user=by.pk, action=action, note=without_numbers(note), **more)


def changes_of(
    subject: models.Model, *, limit: int = SHOWN, parts: bool | Collection[type[models.Model]] = True
) -> list[Change]:
    """The last changes of a row and of the rows that hang on it (a household: its people), newest first.

    Follows every tracked model that points to the row, and people who have since moved elsewhere as
    long as they belonged here. The number of queries depends on the models, never on the number of rows.
    Without `parts` only the row itself, with some models only those of its parts.
    """
    steps = _steps(type(subject), [subject.pk], limit)
    for relation in subject._meta.related_objects if parts else ():
        part = relation.related_model
        if parts is not True and part not in cast(Collection[Any], parts):
            continue
        if relation.one_to_many and hasattr(part, "pgh_event_model"):
            link = relation.field.attname
            here = {link: subject.pk}
            ids = set(part._default_manager.filter(**here).values_list("pk", flat=True))
            ids.update(part.pgh_event_model.objects.filter(**here).values_list("pgh_obj_id", flat=True))
            steps += [
                step
                for step in _steps(part, ids, limit)
                if subject.pk in (getattr(step.before, link, None), getattr(step.after, link, None))
            ]
    steps.sort(key=lambda step: (step.event.pgh_created_at, step.event.pgh_id), reverse=True)
    return _in_words(steps[:limit])


@dataclass(frozen=True, slots=True)
class _Step:
    """An event, the row before it (None: it was added) and after it (None: it was deleted)."""

    event: Any
    before: Any
    after: Any
    fields: tuple[Any, ...]  # of the tracked model, those that people may see


def _steps(model: Any, ids: Iterable[Any], limit: int) -> list[_Step]:
    """The last events of some rows. An event holds the old row; the new is in the next event or the row."""
    event_model = model.pgh_event_model
    tracked = {field.name for field in event_model._meta.fields}
    told = getattr(model, "TOLD_IN_HISTORY", ())  # what no form changes and people read all the same
    fields = tuple(
        field
        for field in model._meta.fields
        if (field.editable or field.name in told) and not field.primary_key and field.name in tracked
    )
    ids = list(ids)
    latest: dict[Any, Any] = model._default_manager.in_bulk(ids)
    steps = []
    events = event_model.objects.filter(pgh_obj_id__in=ids).select_related("pgh_context").order_by("-pgh_id")
    for event in events[:limit]:
        if event.pgh_label == "insert":
            steps.append(_Step(event, None, event, fields))
            continue
        steps.append(_Step(event, event, latest.get(event.pgh_obj_id), fields))
        latest[event.pgh_obj_id] = event
    return steps


def _in_words(steps: list[_Step]) -> list[Change]:
    contexts = [(step, step.event.pgh_context.metadata if step.event.pgh_context else {}) for step in steps]
    names = User.objects.in_bulk({context["user"] for _, context in contexts if context.get("user")})
    words = _Words(steps)
    changes = []
    for step, context in contexts:
        fields = tuple(words.differences(step))
        if step.before is not None and step.after is not None and not fields:
            continue  # only columns that nobody reads have moved
        by = names.get(context.get("user"))
        action = context.get("action", "")
        changes.append(
            Change(
                at=step.event.pgh_created_at,
                by=str(by) if by else "Sistem",
                action=ACTION_LABELS.get(action, action) or EVENT_LABELS.get(step.event.pgh_label, ""),
                note=context.get("note", ""),
                subject=_subject(step),
                fields=fields,
            )
        )
    return changes


def _subject(step: _Step) -> str:
    """ "Anggota Siti Aminah", "Keluarga": what was changed, by the name it had then."""
    label = str(step.event.pgh_tracked_model._meta.verbose_name).capitalize()
    return f"{label} {getattr(step.event, 'name', '')}".strip()


def _named(model: Any) -> Any:
    """Rows with what their names are made of: `for_list` of the model, where it has one, brings it along."""
    rows = model._default_manager.all()
    return rows.for_list() if hasattr(rows, "for_list") else rows


class _Words:
    """Values as people read them; what foreign keys point to is fetched once for all steps."""

    def __init__(self, steps: list[_Step]) -> None:
        wanted: dict[Any, set[Any]] = {}
        for step in steps:
            for field in step.fields:
                if field.is_relation:
                    rows = (row for row in (step.before, step.after) if row is not None)
                    wanted.setdefault(field.related_model, set()).update(
                        getattr(row, field.attname) for row in rows
                    )
        self.found = {model: _named(model).in_bulk(ids - {None}) for model, ids in wanted.items()}

    def differences(self, step: _Step) -> Iterator[FieldChange]:
        for field in step.fields:
            old = getattr(step.before, field.attname) if step.before is not None else None
            new = getattr(step.after, field.attname) if step.after is not None else None
            if old != new and not (old in (None, "") and new in (None, "")):
                yield FieldChange(str(field.verbose_name), self.text(field, old), self.text(field, new))

    def text(self, field: Any, value: Any) -> str:
        if value is None or value == "":
            return ""
        if field.is_relation:
            return str(self.found[field.related_model].get(value, value))
        if isinstance(field, EncryptedTextField):
            return mask(value) if field.purpose in ("nik", "kk") else mask_account(value)
        if field.flatchoices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(value, bool):
            return "Ya" if value else "Tidak"
        if isinstance(field, models.BigIntegerField):  # rupiah; years and counts are shorter columns
            return number(value)
        if isinstance(value, date):
            return date_format(value, "j F Y")
        if isinstance(value, list):
            return ", ".join(str(part) for part in value)
        return str(value)
