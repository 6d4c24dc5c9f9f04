"""The lists of groups and proposals by django-tables2 and django-filter: same rows, columns, filters and frame."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kub.lifecycle import GroupState, ProposalState, Stage
from kub.models import BusinessKind, FiscalYear, GrantForm, Group, Membership, Proposal
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.areas.models import Area

PAGE_SIZE = 50


def _areas(request: HttpRequest) -> Any:
    return Area.objects.visible_to(request.user)


class GroupTable(django_tables2.Table):
    """The columns of the product's own list."""

    name = django_tables2.Column(linkify=True, verbose_name="KUB")
    kind = django_tables2.Column(accessor="kind__name", verbose_name="Jenis usaha")
    place = django_tables2.Column(accessor="area__name", verbose_name="Kelurahan")
    kecamatan = django_tables2.Column(accessor="area__parent__name", verbose_name="Kecamatan")
    chair = django_tables2.Column(verbose_name="Ketua")
    size = django_tables2.Column(verbose_name="Anggota")

    class Meta:
        model = Group
        fields = ("name", "kind", "place", "kecamatan", "chair", "size", "stage", "state")


class GroupFilter(django_filters.FilterSet):
    """The filters of the product's own list, with the same choices."""

    cari = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Cari nama KUB")
    wilayah = django_filters.ModelChoiceFilter(field_name="area", queryset=_areas, label="Wilayah")
    jenis = django_filters.ModelChoiceFilter(field_name="kind", queryset=BusinessKind.objects.all())
    keadaan = django_filters.ChoiceFilter(field_name="state", choices=GroupState.choices)
    tahap = django_filters.ChoiceFilter(field_name="stage", choices=Stage.choices)

    class Meta:
        model = Group
        fields = ()


class ProposalTable(django_tables2.Table):
    """The columns of the product's own list."""

    group = django_tables2.Column(accessor="group__name", linkify=True, verbose_name="KUB")
    place = django_tables2.Column(accessor="group__area__name", verbose_name="Kelurahan")
    kecamatan = django_tables2.Column(accessor="group__area__parent__name", verbose_name="Kecamatan")
    kind = django_tables2.Column(accessor="kind__name", verbose_name="Jenis usaha")

    class Meta:
        model = Proposal
        fields = (
            "group",
            "year_id",
            "purpose",
            "place",
            "kecamatan",
            "kind",
            "grant_form",
            "state",
            "amount",
        )


class ProposalFilter(django_filters.FilterSet):
    """The filters of the product's own list, with the same choices."""

    cari = django_filters.CharFilter(field_name="group__name", lookup_expr="icontains", label="Cari nama KUB")
    keadaan = django_filters.ChoiceFilter(field_name="state", choices=ProposalState.choices)
    tahun = django_filters.ModelChoiceFilter(field_name="year", queryset=FiscalYear.objects.all())
    wilayah = django_filters.ModelChoiceFilter(field_name="group__area", queryset=_areas, label="Wilayah")
    jenis = django_filters.ModelChoiceFilter(field_name="kind", queryset=BusinessKind.objects.all())
    bentuk = django_filters.ChoiceFilter(field_name="grant_form", choices=GrantForm.choices)
    urut = django_filters.OrderingFilter(
        fields=[("id", "terbaru"), ("group__area_id", "wilayah"), ("amount", "terbesar")], label="Urutan"
    )

    class Meta:
        model = Proposal
        fields = ()


@require_safe
@needs(Can.VIEW_GROUPS)
def peer_groups(request: HttpRequest) -> HttpResponse:
    """A page of groups; members are counted and chairs found by the database, as a careful author would have it."""
    chair = Membership.objects.filter(group=OuterRef("pk"), role=Membership.Role.CHAIR, left_on=None)
    groups = (
        Group.objects.visible_to(request.user)
        .select_related("kind", "area__parent")
        .annotate(
            size=Count("memberships", filter=Q(memberships__left_on=None)),
            chair=Subquery(chair.values("person__name")[:1]),
        )
        .order_by("area_id", "name", "id")
    )
    return _page(request, GroupFilter, GroupTable, groups)


@require_safe
@needs(Can.VIEW_GROUPS)
def peer_proposals(request: HttpRequest) -> HttpResponse:
    """A page of proposals."""
    proposals = Proposal.objects.visible_to(request.user).select_related("group__area__parent", "kind")
    return _page(request, ProposalFilter, ProposalTable, proposals.order_by("-id"))


def _page(request: HttpRequest, filters: Any, columns: Any, rows: Any) -> HttpResponse:
    """A page of the table, counted and cut as django-tables2 does by default."""
    found = filters(request.GET, queryset=rows, request=request)
    table = columns(found.qs)
    django_tables2.RequestConfig(request, paginate={"per_page": PAGE_SIZE}).configure(table)
    return render(request, "benchmarks/peer_list.html", {"filter": found, "table": table})
