"""The trainings in the back office: courses to name, all else to look at; it moves on its own pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.backoffice import BackofficeAdmin, masked
from tangerang_poverty.kit.text import name_key
from trainings.models import (
    Certificate,
    Cohort,
    Course,
    Enrolment,
    Graduation,
    PastImport,
    PastTraining,
    Programme,
    Session,
)


def _works_for_the_city(request: HttpRequest) -> bool:
    return getattr(request.user, "area_id", None) == settings.CITY_CODE


@admin.register(Course)
class CourseAdmin(BackofficeAdmin):
    """Names of the courses; one that is not used any more is no longer offered."""

    view_needs: ClassVar[Can] = Can.MANAGE_PROGRAMMES
    add_needs: ClassVar[Can | None] = Can.MANAGE_PROGRAMMES
    change_needs: ClassVar[Can | None] = Can.MANAGE_PROGRAMMES
    whole_city: ClassVar[bool] = True
    list_display = ["name", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name"]

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return _works_for_the_city(request) and super().has_add_permission(request, *args)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _works_for_the_city(request) and super().has_change_permission(request, obj)


@admin.register(Programme)
class ProgrammeAdmin(BackofficeAdmin):
    """Looked at only: a programme is changed on its own page, by its rules."""

    view_needs: ClassVar[Can] = Can.VIEW_TRAININGS
    list_display = ["__str__", "year", "state", "account_code", "budget", "default_quota"]
    list_filter = ["state", "year"]
    list_select_related = ["course"]

    def view_on_site(self, programme: Programme) -> str:
        return programme.get_absolute_url()


@admin.register(Cohort)
class CohortAdmin(BackofficeAdmin):
    """Looked at only."""

    view_needs: ClassVar[Can] = Can.VIEW_TRAININGS
    list_display = ["__str__", "state", "quota", "seats_taken", "venue", "instructor"]
    list_filter = ["state"]
    list_select_related = ["programme__course", "area"]

    def view_on_site(self, cohort: Cohort) -> str:
        return cohort.get_absolute_url()


@admin.register(Enrolment)
class EnrolmentAdmin(BackofficeAdmin):
    """Looked at only: registered, verified and taken off on the pages of the cohort."""

    view_needs: ClassVar[Can] = Can.VIEW_TRAININGS
    list_display = ["person", "cohort", "seat", "state", "registered_at", "registered_by"]
    list_filter = ["state"]
    list_select_related = ["person", "cohort__programme__course", "cohort__area", "registered_by"]
    search_fields = ["person__name"]
    search_help_text = "Nama peserta"

    def view_on_site(self, enrolment: Enrolment) -> str:
        return enrolment.get_absolute_url()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        for word in name_key(search_term).split():
            queryset = queryset.filter(person__name_key__contains=word)
        return queryset, False


@admin.register(Session)
class SessionAdmin(BackofficeAdmin):
    """Looked at only: the timetable is on the cohort's page."""

    view_needs: ClassVar[Can] = Can.VIEW_TRAININGS
    list_display = ["cohort", "number", "held_on", "starts_at", "ends_at", "recorded_at"]
    list_select_related = ["cohort__programme__course", "cohort__area"]


@admin.register(Graduation)
class GraduationAdmin(BackofficeAdmin):
    """Looked at only."""

    view_needs: ClassVar[Can] = Can.VIEW_TRAININGS
    list_display = ["report_number", "cohort", "decided_on", "decided_by", "revoked_at"]
    list_select_related = ["cohort__programme__course", "cohort__area", "decided_by"]


@admin.register(Certificate)
class CertificateAdmin(BackofficeAdmin):
    """Looked at only."""

    view_needs: ClassVar[Can] = Can.VIEW_TRAININGS
    list_display = ["number", "name", "course_name", "area_name", "year", "issued_on", "revoked_at"]
    search_fields = ["number", "name"]
    search_help_text = "Nomor sertifikat atau nama"


@admin.register(PastImport)
class PastImportAdmin(BackofficeAdmin):
    """Spreadsheets of earlier trainings; they move on their own page."""

    view_needs: ClassVar[Can] = Can.IMPORT_PAST
    list_display = ["__str__", "state", "uploaded_by", "uploaded_at", "applied_by", "applied_at"]
    list_filter = ["state"]
    list_select_related = ["uploaded_by", "applied_by"]


@admin.register(PastTraining)
class PastTrainingAdmin(BackofficeAdmin):
    """Graduates of earlier years; they are matched on their own page."""

    view_needs: ClassVar[Can] = Can.IMPORT_PAST
    list_display = ["name", "year", "course", "area", masked("nik"), "state", "finding", "matched_by"]
    list_filter = ["state", "finding"]
    list_select_related = ["course", "area", "matched_by"]
    search_fields = ["name"]
    search_help_text = "Nama di berkas"
