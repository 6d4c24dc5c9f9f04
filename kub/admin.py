"""The settings of groups and grants in the back office: kinds, ceilings, years, budgets, recipients, limits."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from kub.models import (
    Budget,
    BusinessKind,
    Ceiling,
    Decree,
    FiscalYear,
    Grant,
    Policy,
    Proposal,
    RecipientRule,
    TemplateLine,
)
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import changes_of
from tangerang_poverty.backoffice import BackofficeAdmin, BackofficeForm
from tangerang_poverty.kit.formats import rupiah
from tangerang_poverty.kit.versions import fingerprint

YEAR_CLOSED = "Tahun anggaran {year} sudah ditutup; buka lagi dahulu di halaman Anggaran."
BELOW_DECIDED = "Pagu tidak boleh kurang dari yang sudah diputuskan, {decided}."


class SettingForm(BackofficeForm):
    """A setting: saved only as it was seen, and with a reason where it has a history."""

    versioned = True

    def version(self, row: Any) -> str:
        names = tuple(field.attname for field in row._meta.concrete_fields if field.editable)
        return fingerprint(row, names, purpose="kub.admin")


class OfYearForm(SettingForm):
    """A setting of a year, which stays what it is once the year is closed."""

    def lock(self) -> None:
        """The year stays open while this is saved."""
        year = self.cleaned_data.get("year") or getattr(self.instance, "year", None)
        if year is None:
            return
        held = FiscalYear.objects.select_for_update().get(pk=year.pk)
        if held.is_closed:
            self.add_error(None, YEAR_CLOSED.format(year=held))


class BudgetForm(OfYearForm):
    """An account: never less than grants have already taken of it."""

    def lock(self) -> None:
        super().lock()
        held = Budget.objects.select_for_update().filter(pk=self.instance.pk).first()
        allotted = self.cleaned_data.get("allotted")
        if held is not None and allotted is not None and allotted < held.decided:
            self.add_error("allotted", BELOW_DECIDED.format(decided=rupiah(held.decided)))


class SettingAdmin(BackofficeAdmin):
    """A setting of the whole city: changed by who works for the whole city, its history beside it."""

    form = SettingForm
    view_needs: ClassVar[Can] = Can.MANAGE_KUB_BUDGET
    add_needs: ClassVar[Can | None] = Can.MANAGE_KUB_BUDGET
    change_needs: ClassVar[Can | None] = Can.MANAGE_KUB_BUDGET
    whole_city: ClassVar[bool] = True
    fixed: ClassVar[tuple[str, ...]] = ()  # given once

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return super().has_add_permission(request, *args) and _whole_city(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _whole_city(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return [*fields, *self.fixed] if obj else fields

    def history_view(self, request: Any, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What the database wrote down of the setting, instead of the admin's own log."""
        row = get_object_or_404(self.get_queryset(request), pk=object_id)
        tracked = hasattr(self.model, "pgh_event_model")
        context = {
            "row": row,
            "name": self.opts.verbose_name,
            "changes": changes_of(row, parts=False) if tracked else [],
            "tracked": tracked,
            "back": f"admin:{self.opts.app_label}_{self.opts.model_name}_change",
        }
        return TemplateResponse(request, "kub/setting_history.html", context)


def _whole_city(request: HttpRequest) -> bool:
    return getattr(request.user, "area_id", None) == settings.CITY_CODE


@admin.register(BusinessKind)
class BusinessKindAdmin(SettingAdmin):
    """Kinds of business; one that is not used any more is no longer offered."""

    list_display = ["name", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name"]


@admin.register(FiscalYear)
class FiscalYearAdmin(SettingAdmin):
    """Budget years with the rule of when reports are due; they are closed on the page of the budget."""

    list_display = ["year", "lpj_days", "lpj_latest_on", "closed_at", "closed_by"]
    list_select_related = ["closed_by"]
    fixed = ("year",)


@admin.register(Ceiling)
class CeilingAdmin(SettingAdmin):
    """The most a group of a kind may get in a year."""

    form = OfYearForm
    list_display = ["kind", "year", "amount"]
    list_filter = ["year"]
    list_select_related = ["kind", "year"]
    search_fields = ["kind__name"]
    fixed = ("kind", "year")


@admin.register(Budget)
class BudgetAdmin(SettingAdmin):
    """The money of a year by account code."""

    form = BudgetForm
    list_display = ["account_code", "name", "year", "allotted", "decided", "left"]
    list_filter = ["year"]
    list_select_related = ["year"]
    search_fields = ["account_code", "name"]
    fixed = ("year",)

    @admin.display(description="sisa (rupiah)")
    def left(self, budget: Budget) -> int:
        return budget.left


@admin.register(RecipientRule)
class RecipientRuleAdmin(SettingAdmin):
    """Who may legally be given what."""

    list_display = ["legal_form", "grant_form", "allowed", "legal_basis"]
    list_filter = ["grant_form", "allowed"]
    fixed = ("legal_form", "grant_form")


@admin.register(Policy)
class PolicyAdmin(SettingAdmin):
    """The limits of the office: one row."""

    list_display = [
        "__str__",
        "min_members",
        "max_members",
        "visit_warn_days",
        "visit_alarm_days",
        "reminder_days",
    ]

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return super().has_add_permission(request, *args) and not Policy.objects.exists()


class LookedAtAdmin(BackofficeAdmin):
    """Looked at only: it moves on its own page."""

    view_needs: ClassVar[Can] = Can.VIEW_GROUPS

    def view_on_site(self, row: Any) -> str:
        return str(row.get_absolute_url())


@admin.register(TemplateLine)
class TemplateLineAdmin(BackofficeAdmin):
    """The lines that proposals begin with; they are written on the page of the kind of business."""

    view_needs: ClassVar[Can] = Can.MANAGE_KUB_BUDGET
    whole_city: ClassVar[bool] = True
    list_display = ["kind", "position", "item", "quantity", "unit", "unit_price"]
    list_select_related = ["kind"]
    search_fields = ["kind__name", "item"]


@admin.register(Proposal)
class ProposalAdmin(LookedAtAdmin):
    """Proposals."""

    list_display = ["__str__", "kind", "grant_form", "amount", "state"]
    list_filter = ["state", "year"]
    list_select_related = ["group", "kind"]
    search_fields = ["group__name"]


@admin.register(Decree)
class DecreeAdmin(LookedAtAdmin):
    """Decrees."""

    whole_city: ClassVar[bool] = True
    list_display = ["number", "year", "decided_on", "meeting_on", "signatory_name"]
    list_select_related = ["year"]
    search_fields = ["number"]


@admin.register(Grant)
class GrantAdmin(LookedAtAdmin):
    """Grants."""

    list_display = ["__str__", "decree", "budget", "state", "decided", "paid", "accounted", "refunded"]
    list_filter = ["state"]
    list_select_related = ["proposal__group", "decree", "budget"]
    search_fields = ["proposal__group__name"]
