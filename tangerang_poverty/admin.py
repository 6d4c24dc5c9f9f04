"""Pages of the admin for what stands below the registry: areas, people who work here, the access log."""

from __future__ import annotations

from typing import Any, cast

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from tangerang_poverty.accounts import roles
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import ROLE_LABELS, Can, Role
from tangerang_poverty.accounts.samples import new_password
from tangerang_poverty.areas.models import Area
from tangerang_poverty.audit.models import AccessLog
from tangerang_poverty.backoffice import BackofficeAdmin, BackofficeForm


@admin.register(Area)
class AreaAdmin(BackofficeAdmin):
    """Official facts come from `load_areas`; the office adds the spellings it meets in its files."""

    view_needs = Can.MANAGE_REFERENCE
    change_needs = Can.MANAGE_REFERENCE
    list_display = ["code", "name", "level", "parent", "bps_code", "postal_code", "aliases"]
    list_filter = ["level"]
    list_select_related = ["parent"]
    search_fields = ["name", "code", "bps_code"]
    fields = ["code", "name", "level", "parent", "bps_code", "postal_code", "aliases", "has_boundary"]
    readonly_fields = ["code", "name", "level", "parent", "bps_code", "postal_code", "has_boundary"]

    @admin.display(description="Batas wilayah dimuat", boolean=True)
    def has_boundary(self, area: Area) -> bool:
        return area.boundary is not None


class UserForm(BackofficeForm):
    """An account with exactly one role."""

    role = forms.ChoiceField(
        label="Peran", choices=[(role.value, label) for role, label in ROLE_LABELS.items()]
    )

    class Meta:
        model = User
        fields = ["username", "full_name", "unit", "area", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "role" in self.fields:
            group = self.instance.groups.first()
            self.fields["role"].initial = group.name if group else ""
        if "area" in self.fields:
            self.fields["area"].required = True  # without an area nobody sees anything


class RoleFilter(admin.SimpleListFilter):
    """Accounts of one role, by its name in words."""

    title = "peran"
    parameter_name = "peran"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(role.value, label) for role, label in ROLE_LABELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


@admin.register(User)
class UserAdmin(BackofficeAdmin):
    """Accounts are given here, locked instead of deleted. Nobody edits their own: a colleague does."""

    form = UserForm
    view_needs = Can.MANAGE_USERS
    add_needs = Can.MANAGE_USERS
    change_needs = Can.MANAGE_USERS
    list_display = ["username", "full_name", "roles_in_words", "unit", "place", "is_active", "last_login"]
    list_filter = ["is_active", RoleFilter]
    list_select_related = ["area"]
    search_fields = ["username", "full_name", "unit"]
    fields = ["username", "full_name", "unit", "area", "role", "is_active", "last_login", "is_sample"]
    readonly_fields = ["last_login", "is_sample"]
    actions = ["give_new_password", "reset_two_step"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Colleagues within the own area; those without an area belong to whoever has the whole city."""
        rows = User.objects.prefetch_related("groups")
        by = cast(User, request.user)
        if not by.area_id:
            return rows.none()
        whole_city = Q(area=None) if len(by.area_id) == len("36.71") else Q(pk=None)
        return rows.filter(Q(area__code__startswith=by.area_id) | whole_city)

    @admin.display(description="Peran")
    def roles_in_words(self, user: User) -> str:
        known = set(Role)
        return ", ".join(ROLE_LABELS[Role(group.name)] for group in user.groups.all() if group.name in known)

    @admin.display(description="Wilayah kerja", ordering="area")
    def place(self, user: User) -> str:
        return user.area.label if user.area else "belum ditentukan"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        own = obj is not None and obj.pk == request.user.pk
        above = obj is not None and obj.is_superuser and not cast(User, request.user).is_superuser
        return super().has_change_permission(request, obj) and not own and not above

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        password = "" if change else new_password()
        if password:
            obj.set_password(password)
        super().save_model(request, obj, form, change)
        obj.groups.set([roles.group_of(Role(form.cleaned_data["role"]))])
        if password:
            self._tell(request, obj, password)

    @admin.action(description="Beri kata sandi baru", permissions=["change"])
    def give_new_password(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in self._others(request, queryset):
            password = new_password()
            user.set_password(password)
            user.save(update_fields=["password"])
            self.log_change(request, user, "Kata sandi baru diberikan.")
            self._tell(request, user, password)

    @admin.action(description="Matikan masuk dua langkah (perangkat hilang)", permissions=["change"])
    def reset_two_step(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in self._others(request, queryset):
            Authenticator.objects.filter(user=user).delete()
            self.log_change(request, user, "Masuk dua langkah dimatikan.")
            self.message_user(request, f"Masuk dua langkah {user} dimatikan.", messages.SUCCESS)

    def _others(self, request: HttpRequest, queryset: QuerySet[User]) -> list[User]:
        return [user for user in queryset if self.has_change_permission(request, user)]

    def _tell(self, request: HttpRequest, user: User, password: str) -> None:
        sentence = f"Kata sandi {user.username}: {password}. Sampaikan langsung; tidak ditampilkan lagi."
        self.message_user(request, sentence, messages.WARNING)


@admin.register(AccessLog)
class AccessLogAdmin(BackofficeAdmin):
    """Who opened or took what, and why; the database lets nobody change a line."""

    view_needs = Can.VIEW_ACCESS_LOG
    list_display = ["at", "by", "action", "what", "rows", "with_identities", "area", "reason"]
    list_filter = ["action", "with_identities"]
    list_select_related = ["by", "area"]
    search_fields = ["by__username", "by__full_name", "what", "reason"]
    date_hierarchy = "at"
