"""The list of families as django-tables2 and django-filter make it: same rows, columns, filters, order and frame."""

from __future__ import annotations

import django_filters
import django_tables2
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from households.models import Household, Wave
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.areas.models import Area

PAGE_SIZE = 50


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
    """The filters of the product's own list."""

    search = django_filters.CharFilter(field_name="search_key", lookup_expr="icontains", label="Cari")
    area = django_filters.ModelChoiceFilter(queryset=lambda request: Area.objects.visible_to(request.user))
    wave = django_filters.ModelChoiceFilter(
        field_name="records__wave", queryset=Wave.objects.all(), label="Gelombang"
    )

    class Meta:
        model = Household
        fields = ("search", "area", "wave", "rank_group", "status")


@require_safe
@needs(Can.VIEW_HOUSEHOLDS)
def peer_list(request: HttpRequest) -> HttpResponse:
    """A page of the table, counted and cut as django-tables2 does by default."""
    families = Household.objects.visible_to(request.user).select_related("area__parent")
    found = FamilyFilter(request.GET, queryset=families, request=request)
    table = FamilyTable(found.qs)
    django_tables2.RequestConfig(request, paginate={"per_page": PAGE_SIZE}).configure(table)
    return render(request, "benchmarks/peer_list.html", {"filter": found, "table": table})
