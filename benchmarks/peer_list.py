"""The list of families as django-tables2 and django-filter make it: same rows, columns, filters, order and frame."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from households.filter_form import FilterForm
from households.models import Household, Wave
from households.reports.quality import CHECKS
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.areas.models import Area

PAGE_SIZE = 50
RANKS = FilterForm.base_fields["peringkat"].choices


class FamilyTable(django_tables2.Table):
    """The columns of the product's own list."""

    head_name = django_tables2.Column(linkify=True, verbose_name="Kepala rumah tangga")
    place = django_tables2.Column(accessor="area__name", verbose_name="Kelurahan")
    kecamatan = django_tables2.Column(accessor="area__parent__name", verbose_name="Kecamatan")
    rank_label = django_tables2.Column(verbose_name="Peringkat", orderable=False)

    class Meta:
        model = Household
        fields = (
            "head_name",
            "rt",
            "rw",
            "address",
            "place",
            "kecamatan",
            "member_count",
            "rank_label",
            "status",
        )


class FamilyFilter(django_filters.FilterSet):
    """The filters of the product's own list, with the same choices."""

    cari = django_filters.CharFilter(field_name="search_key", lookup_expr="icontains", label="Cari keluarga")
    wilayah = django_filters.ModelChoiceFilter(
        field_name="area", queryset=lambda request: Area.objects.visible_to(request.user), label="Wilayah"
    )
    peringkat = django_filters.ChoiceFilter(choices=RANKS, method="ranked", label="Peringkat")
    status = django_filters.ChoiceFilter(choices=Household.Status.choices)
    gelombang = django_filters.ModelChoiceFilter(
        field_name="records__wave", queryset=Wave.objects.all(), label="Gelombang"
    )
    mutu = django_filters.ChoiceFilter(
        choices=[(key, check.label) for key, check in CHECKS.items()], method="flawed", label="Mutu data"
    )
    urut = django_filters.OrderingFilter(
        fields=[("area_id", "wilayah"), ("head_name", "nama")], label="Urutan"
    )

    class Meta:
        model = Household
        fields = ()

    def ranked(self, families: Any, name: str, value: str) -> Any:
        scale, _, group = value.rpartition(":")
        return families.ranked(scale, int(group))

    def flawed(self, families: Any, name: str, value: str) -> Any:
        return families.filter(CHECKS[value].families(timezone.localdate()))


@require_safe
@needs(Can.VIEW_HOUSEHOLDS)
def peer_list(request: HttpRequest) -> HttpResponse:
    """A page of the table, counted and cut as django-tables2 does by default."""
    families = Household.objects.visible_to(request.user).select_related("area__parent")
    found = FamilyFilter(request.GET, queryset=families, request=request)
    table = FamilyTable(found.qs)
    django_tables2.RequestConfig(request, paginate={"per_page": PAGE_SIZE}).configure(table)
    return render(request, "benchmarks/peer_list.html", {"filter": found, "table": table})
