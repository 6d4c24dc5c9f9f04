"""Django's admin as the office uses it: own sign-in, scoped to the area, audited, masked, no hard delete."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import ForeignKeyRawIdWidget, RelatedFieldWidgetWrapper
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.areas.models import Area
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.encrypted import EncryptedTextField
from tangerang_poverty.kit.identifiers import identifier_problems, mask, may_hold_number
from tangerang_poverty.kit.problems import Problem

STATE_FIELDS = ("status", "state")  # moved by actions alone, never typed
NUMBER_SEARCHED = (
    "NIK dan nomor KK tidak dicari di sini, karena alamat halaman tersimpan di riwayat peramban. Pakai kotak "
    "pencarian di halaman Keluarga."
)
CHANGED_MEANWHILE = (
    "Data ini baru saja diubah orang lain. Isian Anda belum disimpan; bandingkan dengan halaman keluarganya, lalu "
    "simpan lagi bila masih perlu."
)
DATE_PARTS = ("year", "month", "day")
DATE_PART = re.compile(
    r"[12][0-9]{3}|[0-9]{1,2}"
)  # Django does not mind a year 9999, whose end it cannot say


class BackofficeSite(admin.AdminSite):
    """The admin for whoever may use it; signing in happens at the product's own door, two-step included."""

    site_header = "Berdikari: pengelolaan"
    site_title = "Pengelolaan Berdikari"
    index_title = "Pengelolaan"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only pages on our own base: those that packages bring know neither area nor masks."""
        if admin_class is not None and issubclass(admin_class, BackofficeAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> Any:
        """Without the address that leads from any row of any table to its page: it knows no area."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.has_perm(Can.USE_BACKOFFICE.value)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied("Halaman pengelolaan tidak terbuka untuk peran ini.")
            return inner(request, *args, **kwargs)

        guarded.needs = Can.USE_BACKOFFICE  # type: ignore[attr-defined]
        return guarded

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Strangers were sent to the product's sign-in before; this is not another form without a lockout."""
        if self.has_permission(request):
            return redirect("admin:index")
        raise PermissionDenied("Halaman pengelolaan tidak terbuka untuk peran ini.")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")


class MaskedIdentifierField(forms.CharField):
    """A NIK or KK: the form shows the stored one masked, and left like that it stays what it is."""


class ScopedRawIdWidget(ForeignKeyRawIdWidget):
    """Asks for a row by its number, and names it only when it lies within the reader's area."""

    def __init__(self, *args: Any, rows: models.QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows

    def label_and_url_for_value(self, value: Any) -> tuple[str, str]:
        number = str(value)
        known = number.isascii() and number.isdigit() and self.rows.filter(pk=number).exists()
        return super().label_and_url_for_value(value) if known else ("", "")


class AreaChoiceField(forms.ModelChoiceField[Area]):
    """Areas with their level: there is a kecamatan and a kelurahan Jatiuwung."""

    def label_from_instance(self, obj: Area) -> str:
        return obj.label


class BackofficeForm(forms.ModelForm[Any]):
    """Keeps identifiers not typed anew, judges those that were, and asks why (for what has a history).

    A part with rules of its own overrides `lock`, `reason_problems` and, with `versioned`, `version`: a save over a
    later change is then refused.
    """

    versioned: ClassVar[bool] = False

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(label="Alasan perubahan", max_length=250, help_text="Tersimpan dalam riwayat.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.versioned and self.instance.pk:
            self.initial["seen"] = self.version(self.instance)
        else:
            self.fields.pop("seen", None)
        for name, field in self.fields.items():
            if isinstance(field, MaskedIdentifierField):
                self.initial[name] = mask(getattr(self.instance, name) or "")
        if not _has_history(self._meta.model):
            del self.fields["reason"]

    def lock(self) -> None:
        """Holds what this form changes until it is saved; the page is one transaction."""

    def version(self, row: Any) -> str:
        """A token that changes with what people may change in the row."""
        raise NotImplementedError

    def reason_problems(self, reason: str) -> list[Problem]:
        """What is wrong with the reason given."""
        return []

    def clean(self) -> dict[str, Any] | None:
        super().clean()
        self.lock()
        self._same_as_seen()
        for problem in self.reason_problems(self.cleaned_data.get("reason", "")):
            if "reason" in self.cleaned_data:  # an empty one has its error already
                self.add_error("reason", problem.message)
        for name, field in self.fields.items():
            if isinstance(field, MaskedIdentifierField) and name in self.cleaned_data:
                self._clean_identifier(name)
        return self.cleaned_data

    def _same_as_seen(self) -> None:
        if "seen" not in self.fields:
            return
        now = self.version(self._meta.model._base_manager.get(pk=self.instance.pk))
        if self.cleaned_data.get("seen") != now:
            self.add_error(None, CHANGED_MEANWHILE)
            data = cast(QueryDict, self.data).copy()
            data[self.add_prefix("seen")] = now  # whoever saves what is shown now has been told
            self.data = data

    def _clean_identifier(self, name: str) -> None:
        stored, typed = getattr(self.instance, name), self.cleaned_data[name]
        if stored and typed == mask(stored):
            self.cleaned_data[name] = stored
        elif typed:
            kind = self._meta.model._meta.get_field(name).purpose
            for problem in identifier_problems(typed, kind=kind):
                if problem.is_error:
                    self.add_error(name, problem.message)


class BackofficeAdmin(admin.ModelAdmin[Any]):
    """Base of every admin page. A subclass names its permissions; what it does not name is refused.

    `view_needs`, `add_needs`, `change_needs`: the permission for looking, adding, changing (None: nobody).
    `whole_city`: set to True for a model without an area; otherwise its manager must have `visible_to`.
    """

    form = BackofficeForm
    view_needs: ClassVar[Can]
    add_needs: ClassVar[Can | None] = None
    change_needs: ClassVar[Can | None] = None
    whole_city: ClassVar[bool] = False
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    view_on_site: Any = False
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    # What may be done

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(self.view_needs.value)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return self.add_needs is not None and request.user.has_perm(self.add_needs.value)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.change_needs is not None and request.user.has_perm(self.change_needs.value)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # rows are archived, locked or corrected

    # What is seen

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """An address asks only for what the page itself offers as a filter.

        Django would allow any column of the table: a password hash or an identifier, guessed letter by letter.
        """
        if self.date_hierarchy and lookup in {f"{self.date_hierarchy}__{part}" for part in DATE_PARTS}:
            return DATE_PART.fullmatch(value) is not None
        return "\0" not in value and lookup in self._offered_lookups(request)

    def _offered_lookups(self, request: HttpRequest) -> set[str]:
        """What the links of `list_filter` put into the address."""
        found = set()
        for offered in self.get_list_filter(request):
            if isinstance(offered, str):
                found |= {f"{offered}__{ending}" for ending in ("exact", "isnull", "id__exact")}
            elif isinstance(offered, type) and issubclass(offered, admin.SimpleListFilter):
                found.add(str(offered.parameter_name))
        return found

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """A number typed into the search, whose form asks by address, is taken out of it and not looked up."""
        if may_hold_number(request.GET.get("q", "")):
            self.message_user(request, NUMBER_SEARCHED, messages.WARNING)
            return redirect(request.path)
        return super().changelist_view(request, extra_context)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        if self.whole_city:
            return rows
        if not hasattr(rows, "visible_to"):
            raise ImproperlyConfigured(f"{type(self).__name__}: the manager has no visible_to.")
        return rows.visible_to(request.user)  # type: ignore[no-any-return]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if isinstance(db_field, EncryptedTextField):
            return MaskedIdentifierField(label=db_field.verbose_name, required=False, max_length=25)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget  # each thing is edited on its own page
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Choices of a foreign key end at the user's area too."""
        rows = kwargs.get("queryset")
        if rows is None:
            rows = db_field.remote_field.model._default_manager.all()
        if hasattr(rows, "visible_to"):
            rows = rows.visible_to(request.user)
        kwargs["queryset"] = rows
        if db_field.name in self.raw_id_fields:
            kwargs["widget"] = ScopedRawIdWidget(db_field.remote_field, self.admin_site, rows=rows)
        if db_field.remote_field.model is Area:
            kwargs.setdefault("form_class", AreaChoiceField)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        gone = set() if _has_history(self.model) else {"reason"}
        if obj is None or not self.form.versioned:
            gone.add("seen")
        return [name for name in super().get_fields(request, obj) if name not in gone]

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        """A page that only shows would show identifiers in full; `masked_identifiers` replaces them."""
        excluded = list(super().get_exclude(request, obj) or ())
        if not self.has_change_permission(request, obj):
            excluded += [field.name for field in self._identifiers()]
        return excluded

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = list(super().get_readonly_fields(request, obj))
        names = {field.name for field in self.opts.get_fields()}
        fields += [name for name in STATE_FIELDS if name in names and name not in fields]
        if self._identifiers() and not self.has_change_permission(request, obj):
            fields.append("masked_identifiers")
        return fields

    @admin.display(description="NIK dan KK")
    def masked_identifiers(self, obj: Any) -> str:
        shown = (
            f"{field.verbose_name} {mask(getattr(obj, field.name) or '')}" for field in self._identifiers()
        )
        return "; ".join(shown)

    def _identifiers(self) -> list[Any]:
        return [field for field in self.opts.get_fields() if isinstance(field, EncryptedTextField)]

    # What is written

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        with self._audited(request, form):
            super().save_model(request, obj, form, change)

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        with self._audited(request, form):
            super().save_related(request, form, formsets, change)

    def _audited(self, request: Any, form: Any) -> Any:
        return audited(by=request.user, action="admin", note=form.cleaned_data.get("reason", ""))


def _has_history(model: Any) -> bool:
    return hasattr(model, "pgh_event_model")


def masked(name: str) -> Callable[[Any], str]:
    """A column of `list_display` that shows an identifier masked: `["name", masked("nik")]`."""

    def column(obj: Any) -> str:
        return mask(getattr(obj, name) or "")

    column.__name__ = f"masked_{name}"
    column.short_description = name.upper()  # type: ignore[attr-defined]
    return column
