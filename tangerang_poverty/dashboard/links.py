"""What a number opens: the families behind it, for whoever may see families; otherwise it is plain text."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.areas.models import Area
from tangerang_poverty.dashboard.figures import Figures, RankGroup, WaveFigure
from tangerang_poverty.kit.formats import number


@dataclass(frozen=True)
class Links:
    """Addresses for one reader and one pair of waves."""

    opens_families: bool
    asked: dict[str, str]  # the waves asked for, kept while drilling down

    def families(
        self, wave: WaveFigure, area: Area, group: RankGroup | None = None, *, helped: str = ""
    ) -> str:
        """The list of exactly these families; "" when the reader may not open it. `helped`: "sudah", "belum"."""
        if not self.opens_families:
            return ""
        query = {"gelombang": wave.code, "wilayah": area.code}
        if group is not None:
            query["peringkat"] = f"{group.scale}:{group.group}"
        if helped:
            query["pelatihan"] = helped
        return f"{reverse('households:list')}?{urlencode(query)}"

    def page(self, area: Area | None = None, *, name: str = "dashboard:home", **extra: str) -> str:
        """The dashboard (or its Excel file, its map) of an area, with the same waves."""
        query = self.asked | ({"wilayah": area.code} if area else {}) | extra
        return f"{reverse(name)}?{urlencode(query)}" if query else reverse(name)

    def count(
        self,
        value: int | None,
        wave: WaveFigure | None,
        area: Area,
        group: RankGroup | None = None,
        *,
        helped: str = "",
    ) -> SafeString:
        """A number of a wave's families, linked to them; nothing opens from zero."""
        if value is None or wave is None:
            return SafeString("")
        return opens(number(value), self.families(wave, area, group, helped=helped) if value else "")


def links_for(user: User, asked: dict[str, str]) -> Links:
    return Links(opens_families=user.has_perm(Can.VIEW_HOUSEHOLDS), asked=asked)


def opens(text: str, href: str) -> SafeString:
    """Text as a quiet link, or plain when there is nowhere to go."""
    return format_html('<a class="bk-n" href="{}">{}</a>', href, text) if href else format_html("{}", text)


def reported(wave: WaveFigure, figures: Figures, links: Links) -> SafeString:
    """A published total. It opens the registry's families only where they are exactly as many."""
    if wave.reported is None:
        return SafeString("")
    same = figures.area.parent_id is None and wave.counted == wave.reported
    return opens(number(wave.reported), links.families(wave, figures.area) if same else "")
