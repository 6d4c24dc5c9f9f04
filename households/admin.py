"""The registry in the back office: families and people to enter and correct, waves, imports to look at."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from households.actions.correction import derive, with_same_nik
from households.actions.identity import note_shared_nik
from households.actions.versions import version_of
from households.models import Household, ImportBatch, Person, StatusChange, Wave
from households.rules import member_problems, rank_group, rank_problems, reason_problems
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.areas.models import Area
from tangerang_poverty.backoffice import BackofficeAdmin, BackofficeForm, masked
from tangerang_poverty.kit.problems import Problem
from tangerang_poverty.kit.text import name_key


def _show(form: BackofficeForm, problems: list[Problem]) -> None:
    """Errors at their fields; warnings are for the family's own page, which can ask to accept them."""
    for problem in problems:
        if problem.is_error:
            form.add_error(problem.field if problem.field in form.fields else None, problem.message)


def _hold(family: int | None) -> None:
    """Corrections of one family wait for each other, so that two do not enter a head each."""
    if family:
        Household.objects.select_for_update().filter(pk=family).first()


class RegistryForm(BackofficeForm):
    """A row of the registry: changed only as it was seen, and with a reason that says something."""

    versioned = True

    def version(self, row: Any) -> str:
        return version_of(row)

    def reason_problems(self, reason: str) -> list[Problem]:
        return reason_problems(reason)


class HouseholdForm(RegistryForm):
    """A family as the rules of the registry want it."""

    def lock(self) -> None:
        _hold(self.instance.pk)

    def clean(self) -> dict[str, Any] | None:
        super().clean()
        _show(self, rank_problems(self.cleaned_data.get("rank"), self.cleaned_data.get("rank_scale", "")))
        return self.cleaned_data


class PersonForm(RegistryForm):
    """A member as the rules of the registry want them."""

    @property
    def family(self) -> int | None:
        found = self.instance.household_id or getattr(self.cleaned_data.get("household"), "pk", None)
        return cast(int | None, found)

    def lock(self) -> None:
        _hold(self.family)

    def clean(self) -> dict[str, Any] | None:
        super().clean()
        heads = Person.objects.filter(household=self.family, relation=Person.Relation.HEAD)
        problems = member_problems(
            name=self.cleaned_data.get("name", "-"),  # an empty name has its error already
            birth_date=self.cleaned_data.get("birth_date"),
            is_head=self.cleaned_data.get("relation") == Person.Relation.HEAD,
            has_other_head=heads.exclude(pk=self.instance.pk).exists(),
            today=timezone.localdate(),
        )
        _show(self, problems)
        return self.cleaned_data


@admin.register(Household)
class HouseholdAdmin(BackofficeAdmin):
    """A family is entered here; that it moves or leaves the list is written on its own page."""

    form = HouseholdForm
    view_needs: ClassVar[Can] = Can.VIEW_HOUSEHOLDS
    add_needs: ClassVar[Can | None] = Can.CORRECT_HOUSEHOLD
    change_needs: ClassVar[Can | None] = Can.CORRECT_HOUSEHOLD
    list_display = ["head_name", "area", "rt", "rw", "member_count", "rank_label", "status"]
    list_filter = ["status"]
    list_select_related = ["area"]
    search_fields = ["head_name"]
    search_help_text = "Nama seorang anggota"
    fields = ["area", "address", "rt", "rw", "rank", "rank_scale", "status", "reason", "seen"]

    def view_on_site(self, family: Household) -> str:
        return family.get_absolute_url()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "area"] if obj else fields  # another kelurahan is a move, with its own record

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "area":
            kwargs["queryset"] = Area.objects.kelurahan().select_related("parent")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        for word in name_key(search_term).split():
            queryset = queryset.filter(search_key__contains=word)
        return queryset, False

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        obj.rank_scale = obj.rank_scale if obj.rank is not None else ""
        obj.rank_group = rank_group(obj.rank, obj.rank_scale)
        super().save_model(request, obj, form, change)


@admin.register(Person)
class PersonAdmin(BackofficeAdmin):
    """A member of a family; NIK and KK masked."""

    form = PersonForm
    view_needs: ClassVar[Can] = Can.VIEW_HOUSEHOLDS
    add_needs: ClassVar[Can | None] = Can.CORRECT_HOUSEHOLD
    change_needs: ClassVar[Can | None] = Can.CORRECT_HOUSEHOLD
    list_display = ["name", "household", "relation", "sex", "birth_date", masked("nik"), masked("kk")]
    list_select_related = ["household"]
    raw_id_fields = ["household"]
    search_fields = ["name"]
    search_help_text = "Nama seorang anggota keluarga"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # Whether somebody is still there is a fact to enter, unlike the status of a family.
        fields = [name for name in super().get_readonly_fields(request, obj) if name != "status"]
        return [*fields, "household"] if obj else fields

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        for word in name_key(search_term).split():
            queryset = queryset.filter(household__search_key__contains=word, name_key__contains=word)
        return queryset, False

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        derive(obj, new_numbers=bool({"nik", "kk"} & set(form.changed_data)))
        super().save_model(request, obj, form, change)
        if "nik" in form.changed_data and with_same_nik(obj).exists():
            note_shared_nik(obj.nik, by=request.user)  # the check of the data will list both


@admin.register(StatusChange)
class StatusChangeAdmin(BackofficeAdmin):
    """Looked at only: the database refuses to change a line."""

    view_needs: ClassVar[Can] = Can.VIEW_HOUSEHOLDS
    list_display = ["household", "kind", "reason", "evidence", "effective_on", "made_by"]
    list_filter = ["kind", "reason"]
    list_select_related = ["household", "made_by"]


@admin.register(Wave)
class WaveAdmin(BackofficeAdmin):
    """The waves and what was published of them."""

    view_needs: ClassVar[Can] = Can.VIEW_IMPORTS
    add_needs: ClassVar[Can | None] = Can.MANAGE_REFERENCE
    change_needs: ClassVar[Can | None] = Can.MANAGE_REFERENCE
    whole_city: ClassVar[bool] = True
    list_display = ["code", "name", "instrument", "reference_date", "unit", "reported_total"]


@admin.register(ImportBatch)
class ImportBatchAdmin(BackofficeAdmin):
    """Looked at only: an import moves on its own page."""

    view_needs: ClassVar[Can] = Can.VIEW_IMPORTS
    list_display = [
        "__str__",
        "wave",
        "layout",
        "state",
        "uploaded_by",
        "uploaded_at",
        "applied_by",
        "applied_at",
    ]
    list_filter = ["state", "wave"]
    list_select_related = ["wave", "uploaded_by", "applied_by"]
