"""The register of personal data: every column of our tables and what it says about a person.

A new column fails the suite until it stands here. Classes follow Law 27/2022 on personal data protection,
article 4: general and specific data; identifiers are kept apart because they are stored encrypted.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db import models

OURS = ("tangerang_poverty", "households", "trainings", "kub")
EVENT_COLUMNS = "pgh_id pgh_created_at pgh_label pgh_obj pgh_context"  # of every history table


class Kind(StrEnum):
    """What a column says about a person."""

    NONE = "bukan data pribadi"
    PERSONAL = "data pribadi umum"
    SPECIFIC = "data pribadi spesifik"  # health, disability, children, means of living
    IDENTIFIER = "nomor identitas"  # NIK, KK: encrypted, masked, shown only with a reason


# Model → kind → its columns. A history table is classified as the table it follows.
REGISTER: dict[str, dict[Kind, str]] = {
    "areas.Area": {
        Kind.NONE: "code name level parent bps_code postal_code aliases tile_row tile_col boundary",
    },
    "accounts.User": {
        Kind.NONE: "id is_superuser is_staff is_active date_joined area is_sample",
        Kind.PERSONAL: "username full_name unit email last_login password",
    },
    "accounts.User_groups": {Kind.NONE: "id user group"},
    "accounts.User_user_permissions": {Kind.NONE: "id user permission"},
    "accounts.Capability": {Kind.NONE: "id"},
    "audit.AccessLog": {
        Kind.NONE: "id at action area subject_type rows with_identities",
        Kind.PERSONAL: "by subject_id what reason",
    },
    "privacy.Export": {
        Kind.NONE: "id kind title asked_at area state done total rows with_identities finished_at",
        Kind.PERSONAL: "params asked_by",
        Kind.SPECIFIC: "file",
    },
    "households.Wave": {
        Kind.NONE: "id code name instrument reference_date unit reported_total reported_source reported_url",
    },
    "households.ImportBatch": {
        Kind.NONE: "id wave layout state uploaded_at staged_at submitted_at applied_at undone_at undo_reason"
        " refusal summary is_sample attempts",
        Kind.PERSONAL: "uploaded_by submitted_by applied_by undone_by",
    },
    "households.ImportFile": {Kind.NONE: "id batch position name size sha256 is_live", Kind.SPECIFIC: "file"},
    "households.ImportProgress": {Kind.NONE: "batch phase done total started_at updated_at stop_requested"},
    "households.StagedHousehold": {
        Kind.NONE: "id batch sheet row source_key area kecamatan_text kelurahan_text verdict record"
        " household",
        Kind.PERSONAL: "address rt rw head_name family_count rank rank_scale rank_group",
        Kind.SPECIFIC: "raw",
    },
    "households.StagedPerson": {
        Kind.NONE: "id batch sheet row household_key number nik_usable kk_usable verdict record person",
        Kind.PERSONAL: "name tidy_name name_key sex birth_date birth_precision birth_place identity_notes"
        " relation family_number education occupation",
        Kind.SPECIFIC: "disability raw",
        Kind.IDENTIFIER: "nik kk",
    },
    "households.StagedProblem": {
        Kind.NONE: "id batch sheet row is_person code is_error column",
        Kind.PERSONAL: "value message",
    },
    "households.ReplacedRow": {Kind.NONE: "id batch table row_id", Kind.SPECIFIC: "before"},
    "households.SampleLoad": {
        Kind.NONE: "only batch scale seed state step done total failure started_at finished_at",
    },
    "households.Household": {
        Kind.NONE: "id area status created_batch created_at",
        Kind.PERSONAL: "address rt rw rank rank_scale rank_group head_name member_count search_key helped_in",
    },
    "households.Person": {
        Kind.NONE: "id household created_batch",
        Kind.PERSONAL: "name name_key sex birth_date birth_precision birth_place identity_notes relation"
        " family_number education occupation status",
        Kind.SPECIFIC: "disability",
        Kind.IDENTIFIER: "nik kk",
    },
    "households.StatusChange": {
        Kind.NONE: "id kind effective_on made_at",
        Kind.PERSONAL: "household reason evidence made_by",
    },
    "households.HouseholdRecord": {
        Kind.NONE: "id wave batch layout source_key source_row household area",
        Kind.PERSONAL: "address rt rw head_name member_count family_count rank rank_scale rank_group",
        Kind.SPECIFIC: "raw",
    },
    "households.PersonRecord": {
        Kind.NONE: "id household_record batch source_row number person identity_errors",
        Kind.PERSONAL: "name sex birth_date birth_precision relation family_number",
        Kind.SPECIFIC: "raw",
        Kind.IDENTIFIER: "nik kk",
    },
    "households.WaveCount": {Kind.NONE: "id wave area rank_scale rank_group households people helped"},
    "trainings.Course": {Kind.NONE: "id name is_active"},
    "trainings.Programme": {
        Kind.NONE: "id year course wave account_code budget default_quota class_up_to decile_up_to min_age max_age"
        " years_between course_gap_years registration_opens_on registration_closes_on min_attendance min_score state"
        " created_at is_sample",
    },
    "trainings.Cohort": {
        Kind.NONE: "id programme area quota seats_taken venue state override_reason override_at",
        Kind.PERSONAL: "instructor override_by",
    },
    "trainings.Enrolment": {
        Kind.NONE: "id cohort programme seat state request_key registered_at decided_at left_at",
        Kind.PERSONAL: "household family_number person registered_by decided_by decision_note left_by score"
        " sessions_attended",
        Kind.SPECIFIC: "leave_reason leave_note",
    },
    "trainings.Promotion": {Kind.NONE: "id seat made_at seen_at", Kind.PERSONAL: "enrolment seen_by"},
    "trainings.CohortCount": {Kind.NONE: "id cohort state attended n"},
    "trainings.Session": {
        Kind.NONE: "id cohort number held_on starts_at ends_at venue topic recorded_at",
        Kind.PERSONAL: "instructor recorded_by",
    },
    "trainings.Attendance": {Kind.NONE: "id session", Kind.PERSONAL: "enrolment mark"},
    "trainings.Graduation": {
        Kind.NONE: "id cohort report_number decided_on place signatory_title made_at revoked_at",
        Kind.PERSONAL: "signatory_name note decided_by revoked_by revoke_reason",
    },
    "trainings.Certificate": {
        Kind.NONE: "id graduation programme sequence number code course_name area_name year started_on ended_on"
        " session_count hours issued_on revoked_at",
        Kind.PERSONAL: "enrolment name",
    },
    "trainings.PastImport": {
        Kind.NONE: "id filename size sha256 state uploaded_at applied_at undone_at undo_reason sheets courses summary"
        " is_sample",
        Kind.PERSONAL: "uploaded_by applied_by undone_by",
    },
    "trainings.StagedPast": {
        Kind.NONE: "id past_import sheet row year course_text course_key course area nik_usable finding",
        Kind.PERSONAL: "name name_key person problems same_as",
        Kind.SPECIFIC: "cells extra",
        Kind.IDENTIFIER: "nik",
    },
    "trainings.PastTraining": {
        Kind.NONE: "id past_import sheet row year course area nik_usable state finding matched_at",
        Kind.PERSONAL: "name name_key household family_number person matched_by note",
        Kind.SPECIFIC: "extra",
        Kind.IDENTIFIER: "nik",
    },
    "trainings.PastCount": {Kind.NONE: "id year area state n"},
    "kub.BusinessKind": {Kind.NONE: "id name is_active"},
    "kub.FiscalYear": {Kind.NONE: "year lpj_days lpj_latest_on closed_at", Kind.PERSONAL: "closed_by"},
    "kub.Ceiling": {Kind.NONE: "id kind year amount"},
    "kub.TemplateLine": {Kind.NONE: "id kind position item quantity unit unit_price"},
    "kub.Budget": {Kind.NONE: "id year account_code name allotted decided"},
    "kub.RecipientRule": {Kind.NONE: "id legal_form grant_form allowed legal_basis"},
    "kub.Policy": {
        Kind.NONE: "id min_members max_members visit_warn_days visit_alarm_days young_group_days reminder_days",
    },
    "kub.Group": {
        Kind.NONE: "id name kind area cohort legal_form formed_on meeting_place report_number bank_name state stage"
        " dissolved_on dissolve_reason created_at is_sample",
        Kind.PERSONAL: "address account_holder created_by",
        Kind.IDENTIFIER: "account_number",
    },
    "kub.Membership": {
        Kind.NONE: "id group role joined_on left_on",
        Kind.PERSONAL: "person household family_number",
        Kind.SPECIFIC: "leave_reason leave_note",
    },
    "kub.Proposal": {
        Kind.NONE: "id group year kind grant_form purpose amount state request_key created_at",
        Kind.PERSONAL: "created_by",
    },
    "kub.ProposalLine": {Kind.NONE: "id proposal position item quantity unit unit_price amount granted"},
    "kub.Step": {Kind.NONE: "id proposal move from_state to_state note at", Kind.PERSONAL: "by"},
    "kub.Duty": {Kind.NONE: "id proposal duty", Kind.PERSONAL: "user"},
    "kub.FieldCheck": {
        Kind.NONE: "id proposal visited_on checks members_met note made_at",
        Kind.PERSONAL: "made_by",
    },
    "kub.Decree": {
        Kind.NONE: "id number year decided_on meeting_on meeting_note signatory_title created_at",
        Kind.PERSONAL: "signatory_name created_by",
    },
    "kub.Grant": {
        Kind.NONE: "id proposal decree budget agreement_number agreed_on state decided paid accounted refunded",
    },
    "kub.Instalment": {Kind.NONE: "id grant number amount paid released_at"},
    "kub.LedgerEntry": {
        Kind.NONE: "id grant number kind amount instalment report reverses booked_on document description request_key"
        " made_at",
        Kind.PERSONAL: "made_by",
    },
    "kub.AccountabilityReport": {
        Kind.NONE: "id grant instalment state due_on submitted_at examined_at note",
        Kind.PERSONAL: "submitted_by examined_by",
    },
    "kub.Receipt": {
        Kind.NONE: "id report line number dated_on amount description content_type size sha256 unreadable"
        " unreadable_note uploaded_at",
        Kind.PERSONAL: "file uploaded_by",
    },
    "kub.Visit": {
        Kind.NONE: "id group visited_on active_members turnover costs profit stock next_visit_on request_key made_at",
        Kind.PERSONAL: "problem photo made_by",
    },
    "kub.Visit_present": {Kind.NONE: "id visit", Kind.PERSONAL: "membership"},
    "kub.StageReview": {
        Kind.NONE: "id group from_stage to_stage checks note decided_on made_at",
        Kind.PERSONAL: "made_by",
    },
    "households.RegistryCount": {Kind.NONE: "id area status rank_scale rank_group helped households people"},
}


def kind_of(model: type[models.Model], column: str) -> Kind | None:
    """What a column of one of our models says; None when it is not registered."""
    tracked: Any = getattr(model, "pgh_tracked_model", None)
    if tracked is not None:
        return Kind.NONE if column in EVENT_COLUMNS.split() else kind_of(tracked, column)
    kinds = REGISTER.get(model._meta.label, {})
    return next((kind for kind, columns in kinds.items() if column in columns.split()), None)


def our_columns() -> Iterator[tuple[type[models.Model], Any]]:
    """Every model of ours, history and link tables included, with each of its columns."""
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.split(".")[0] in OURS:
            for column in model._meta.fields:
                yield model, column
