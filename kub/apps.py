"""The business groups of the graduates, and their capital grants."""

from __future__ import annotations

from django.apps import AppConfig


class KubConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "kub"
    verbose_name = "KUB dan hibah"

    def ready(self) -> None:
        from households.sample import load
        from kub import grant_exports, group_exports, paper_exports, recap_exports, sample
        from tangerang_poverty.accounts.permissions import Can
        from tangerang_poverty.privacy import exports as downloads

        downloads.register(group_exports.KIND, group_exports.TITLE, group_exports.build, Can.EXPORT_GROUPS)
        for kind, listing in grant_exports.LISTINGS.items():
            downloads.register(kind, listing.title, grant_exports.builder(kind), Can.EXPORT_GROUPS)
        downloads.register(
            paper_exports.ANNEX_KIND,
            paper_exports.ANNEX_TITLE,
            paper_exports.build_annex,
            Can.EXPORT_GROUPS,
            unit=paper_exports.ANNEX_UNIT,
        )
        downloads.register(
            recap_exports.KIND, recap_exports.TITLE, recap_exports.build_people, Can.EXPORT_GROUPS
        )
        load.afterwards("menyusun KUB dan hibah contoh", sample.build)
