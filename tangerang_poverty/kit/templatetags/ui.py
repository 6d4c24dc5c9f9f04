"""The components of the interface as template tags, builtins of every template (no `{% load %}` needed)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.forms import BaseForm
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify

from tangerang_poverty.kit import formats
from tangerang_poverty.kit.identifiers import mask
from tangerang_poverty.kit.problems import Problem

register = template.Library()

Number = int | float | Decimal
NOT_SAVED = "Belum dapat disimpan."  # over the errors of a form
STATES = frozenset({"", "good", "warn", "bad", "info"})
NOTE_CLASSES = {constants.SUCCESS: "is-good", constants.WARNING: "is-warn", constants.ERROR: "is-bad"}


@register.filter
def number(value: Number | None, decimals: int = 0) -> str:
    """52.000; "" for None."""
    return "" if value is None else formats.number(value, decimals)


@register.filter
def signed(value: Number | None, decimals: int = 0) -> str:
    """−2.879, +5, 0; "" for None."""
    return "" if value is None else formats.signed(value, decimals)


@register.filter
def percent(share: Number | None, decimals: int = 1) -> str:
    """0.055 as "5,5 %"; "" for None."""
    return "" if share is None else formats.percent(share, decimals)


@register.filter
def rupiah(amount: int | None) -> str:
    """Rp20.000.000; "" for None."""
    return "" if amount is None else formats.rupiah(amount)


@register.filter
def long_date(day: date | None) -> str:
    """24 November 2015, which a line break does not part; a datetime in local time; "" for None."""
    if isinstance(day, datetime) and timezone.is_aware(day):
        day = timezone.localtime(day)
    return "" if day is None else formats.long_date(day).replace(" ", formats.NO_BREAK_SPACE)


@register.filter
def long_datetime(moment: datetime | None) -> str:
    """24 November 2015 pukul 14.05, local time; "" for None."""
    return "" if moment is None else formats.long_datetime(timezone.localtime(moment))


@register.filter
def partial_date(day: date | None, precision: str = "") -> str:
    """`{{ person.birth_date|partial_date:person.birth_precision }}`: as far as the date is known."""
    return formats.partial_date(day, precision)


@register.filter
def note_class(message: Message) -> str:
    """The CSS class of a message by its level."""
    return NOTE_CLASSES.get(message.level, "")


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "download" %}`: a drawing of templates/ui/_icons.html beside a word, never instead of one."""
    return format_html('<svg class="bk-i" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def state(kind: str, word: str) -> SafeString:
    """`{% state "good" "Aktif" %}`: kind good, warn, bad, info or "" (neutral). ValueError for another."""
    if kind not in STATES:
        raise ValueError(f"No state badge of kind {kind!r}.")
    css = f"bk-state is-{kind}" if kind else "bk-state"
    return format_html('<span class="{}">{}</span>', css, word)


@register.simple_tag
def num_link(value: Number | str | None, url: str = "", unit: str = "") -> SafeString | str:
    """A figure that opens its rows, or plain text where there is nothing to open.

    Numbers are formatted, text stays; `unit` is only heard ("keluarga baru").
    """
    text = value if isinstance(value, str) else number(value)
    spoken = format_html('<span class="visually-hidden"> {}</span>', unit) if unit else ""
    if url and text:
        return format_html('<a class="bk-n" href="{}">{}{}</a>', url, text, spoken)
    return format_html("{}{}", text, spoken)


@register.simple_block_tag
def note(content: str, kind: str = "info", symbol: str = "") -> SafeString:
    """`{% note "warn" %}…{% endnote %}`: a message in the page; kind good, warn, bad or info."""
    css = "bk-note" if kind in ("", "info") else f"bk-note is-{kind}"
    default = {"good": "check", "warn": "warning", "bad": "warning"}.get(kind, "info")
    return format_html('<div class="{}">{}<div>{}</div></div>', css, icon(symbol or default), content)


@register.inclusion_tag("ui/empty.html")
def empty(name: str, sentence: str, url: str = "", label: str = "") -> dict[str, Any]:
    """`{% empty "search" "Belum ada …" url "Impor" %}`: why a list is empty, and the button that fills it."""
    return {"name": name, "sentence": sentence, "url": url, "label": label}


@register.inclusion_tag("ui/progress.html")
def progress(
    done: int,
    total: int,
    label: str,
    text: str = "",
    unit: str = "",
    remaining: str = "",
    hint: str = "",
) -> dict[str, Any]:
    """Count of count with a bar; total 0 means that the size is not known yet. `label` names the bar."""
    share = min(100, 100 * done // total) if total else 0
    return {
        "done": done,
        "total": total,
        "percent": share,
        "label": label,
        "text": text,
        "unit": unit,
        "remaining": remaining,
        "hint": hint,
    }


@register.inclusion_tag("ui/steps.html")
def steps(items: Iterable[Any]) -> dict[str, Any]:
    """Things with `title`, `remark` and `state` ("done", "now" or "")."""
    return {"steps": items}


@register.inclusion_tag("ui/pages.html", takes_context=True)
def pages(context: Context, page: Any, param: str = "hal") -> dict[str, str]:
    """Next and previous of a KeysetPage, with the other parameters of the address kept."""
    return {
        "previous": _address(context, param, page.previous_cursor),
        "next": _address(context, param, page.next_cursor),
    }


def _address(context: Context, param: str, value: str | None) -> str:
    if not value:
        return ""
    query = context["request"].GET.copy()
    query[param] = value
    return f"?{query.urlencode()}"


@register.inclusion_tag("ui/sort_header.html", takes_context=True)
def sort_header(
    context: Context, label: str, key: str, current: str, css: str = "", both_ways: bool = False
) -> dict[str, str]:
    """A `<th>` whose link sorts by `key` (parameter "urut", first page); `current` is the order shown now.

    With `both_ways` a second press sorts by "-key".
    """
    direction = {key: "ascending", f"-{key}": "descending"}.get(current, "")
    query = context["request"].GET.copy()
    query.pop("hal", None)
    query["urut"] = f"-{key}" if both_ways and current == key else key
    return {"label": label, "url": f"?{query.urlencode()}", "direction": direction, "css": css}


@register.inclusion_tag("ui/form_errors.html")
def form_errors(form: BaseForm, title: str = NOT_SAVED) -> dict[str, Any]:
    """All errors of a form above its fields, each leading to its field."""
    return {"shown": _errors(form), "title": title}


@register.inclusion_tag("ui/form_fields.html")
def form_fields(form: BaseForm, title: str = NOT_SAVED) -> dict[str, Any]:
    """The errors and the fields through crispy; the `<form>`, its token and its button belong to the page."""
    return {"form": form, "shown": _errors(form), "title": title}


def _errors(form: BaseForm) -> list[dict[str, str]]:
    if not form.is_bound:
        return []
    shown = [{"anchor": "", "label": "", "message": str(message)} for message in form.non_field_errors()]
    for field in form:
        anchor = "" if field.is_hidden else field.id_for_label or f"div_{field.auto_id}"
        shown += [
            {"anchor": anchor, "label": str(field.label), "message": str(message)} for message in field.errors
        ]
    return shown


@register.inclusion_tag("ui/problems.html")
def problems(items: Iterable[Problem]) -> dict[str, Any]:
    """Every reason at once, in full sentences."""
    return {"problems": items}


@register.inclusion_tag("ui/download.html", takes_context=True)
def download(context: Context, url: str, label: str, post: bool = False) -> dict[str, Any]:
    """`{% download url "Excel" %}`; `post=True` for one that writes a line in the log."""
    return {"url": url, "label": label, "post": post}


@register.inclusion_tag("ui/masked.html")
def masked(text: str, url: str = "", label: str = "NIK", whose: str = "") -> dict[str, str]:
    """A masked identifier, with the eye that leads to the question for a reason where `url` is given.

    What comes in without a mask is masked here, so that no template can show a number by mistake.
    """
    shown = text if not text or "*" in text else mask(text)
    return {"text": shown, "url": url, "label": label, "whose": whose}


@register.inclusion_tag("ui/crumbs.html")
def crumbs(*parts: str) -> dict[str, Any]:
    """`{% crumbs "Keluarga" list_url "Periuk" "" %}`: pairs of a label and an address ("": no link)."""
    if len(parts) % 2:
        raise ValueError("Crumbs come in pairs of a label and an address.")
    return {"items": list(zip(parts[::2], parts[1::2], strict=True))}


@register.inclusion_tag("ui/figure.html")
def figure(label: str, value: Number | str | None, url: str = "", remark: str = "") -> dict[str, Any]:
    """One entry of a `<dl class="bk-figs">`: label above, number, remark below."""
    return {"label": label, "value": value, "url": url, "remark": remark}


@register.inclusion_tag("ui/disabled.html")
def disabled(label: str, reason: str, primary: bool = False) -> dict[str, Any]:
    """An action that stays in its place while it is not available, with the reason beneath."""
    return {"label": label, "reason": reason, "primary": primary, "id": f"mengapa-{slugify(label)}"}
