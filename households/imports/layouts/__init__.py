"""The layouts in which offices hand over their lists, declared column by column."""

from __future__ import annotations

from households.imports.layouts.bdt import BDT2015_PERSON
from households.imports.layouts.declare import Column, Layout, SheetLayout, fold, slug
from households.imports.layouts.pbdt import PBDT2015
from households.imports.layouts.ppls import PPLS2011_BNBA
from households.imports.layouts.siks import DTKS_SIKSNG_EXPORT, NIK_NAME

LAYOUTS: dict[str, Layout] = {
    layout.key: layout for layout in (PPLS2011_BNBA, BDT2015_PERSON, PBDT2015, DTKS_SIKSNG_EXPORT, NIK_NAME)
}

__all__ = ["LAYOUTS", "Column", "Layout", "SheetLayout", "fold", "slug"]
