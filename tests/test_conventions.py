"""Conventions a reader relies on: sizes, names, the tree, the lock, pages without inline code."""

from __future__ import annotations

import os
import re
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[1]
LEFT_BEHIND = {"var", "__pycache__", "staticfiles", "node_modules"}
PIN = re.compile(r"^([a-z0-9._-]+)(?:\[.*?\])?==((?:.*\\\n)*.*)", re.MULTILINE)
DRAWERS = {"utils", "helpers", "common", "misc", "services", "util", "helper"}


@cache
def everything() -> tuple[str, ...]:
    """The project's files relative to its folder, without what tools and trials leave behind."""
    found = []
    for folder, below, names in os.walk(ROOT):
        below[:] = [
            name for name in below if name == ".ci" or not (name.startswith(".") or name in LEFT_BEHIND)
        ]
        found += [str(Path(folder, name).relative_to(ROOT)) for name in names]
    return tuple(sorted(found))


def files(*patterns: str) -> list[str]:
    return [name for name in everything() if any(fnmatch(name, pattern) for pattern in patterns)]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def too_long(names: list[str], lines: int) -> list[str]:
    return [f"{name}: {count}" for name in names if (count := text(name).count("\n")) >= lines]


def test_code_files_stay_under_400_lines():
    names = [name for name in files("*.py") if "/migrations/" not in name]
    assert names
    assert too_long(names, 400) == []


def test_templates_stay_under_150_lines():
    assert too_long(files("templates/*.html"), 150) == []


def test_no_module_is_a_drawer():
    names = [name for name in files("*.py") if DRAWERS & {*Path(name).with_suffix("").parts}]
    assert names == []


def test_every_module_opens_with_a_sentence():
    names = [
        name
        for name in files("*.py")
        if "/migrations/" not in name and Path(name).name not in ("__init__.py", "apps.py")
    ]
    silent = [name for name in names if not re.match(r'(#!.*\n)?r?"""\S', text(name))]
    assert silent == []


def tree() -> set[str]:
    block = re.search(r"## The tree\n.*?```\n(.*?)```", text("docs/architecture.md"), re.DOTALL)
    assert block is not None
    return {line.split()[0] for line in block[1].splitlines()}


def test_the_tree_in_the_documents_exists():
    assert [path for path in sorted(tree()) if not (ROOT / path).is_dir()] == []


def test_the_tree_in_the_documents_leaves_no_folder_out():
    folders = {f"{Path(name).parts[0]}/" for name in everything() if "/" in name}
    for app in ("tangerang_poverty", "households", "trainings", "kub"):
        folders |= {
            f"{app}/{Path(name).parts[1]}/" for name in files(f"{app}/*") if len(Path(name).parts) > 2
        }
    assert folders - tree() == set()


def test_the_readmes_commands_are_there():
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)", re.sub(r"apt-get.*", "", text("README.md"))))
    assert {"run", "test"} <= named
    assert named <= targets


def test_every_variable_the_settings_read_is_documented():
    read = set(
        re.findall(r"""(?:environ\.get|_required)\(\s*["']([A-Z_]+)""", text("tangerang_poverty/settings.py"))
    )
    assert {"FIELD_KEY", "DATABASE_URL"} <= read
    assert {name for name in read if f"`{name}`" not in text("docs/operations.md")} == set()


def test_links_between_the_documents_lead_somewhere():
    links = [
        (name, link) for name in files("*.md") for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text(name))
    ]
    broken = [
        f"{name}: {link}"
        for name, link in links
        if "://" not in link and not (ROOT / name).parent.joinpath(link).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_has_hashes_names_no_host_and_no_psycopg_3(lock):
    content = text(lock)
    pins = [(found[1], found[2]) for found in PIN.finditer(content)]
    assert len(pins) > 20
    assert [name for name, rest in pins if "--hash=sha256:" not in rest] == []
    assert re.findall(r"https?://\S+|--(?:extra-)?index-url.*|--find-links.*", content) == []
    assert [name for name, _ in pins if name in ("psycopg", "psycopg-binary", "psycopg-c")] == []


@pytest.mark.parametrize("source", ["requirements.in", "requirements-dev.in"])
def test_every_dependency_carries_its_reason(source):
    lines = [line for line in text(source).splitlines() if re.match(r"[a-z]", line)]
    assert lines
    assert [line for line in lines if not re.search(r"  # \S", line)] == []


def test_pages_have_no_inline_style_or_script():
    inline = re.compile(
        r"<style|<script(?![^>]*\bsrc=)|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|hx-on", re.IGNORECASE
    )
    named = [
        f"{name}: {found[0].strip()}"
        for name in files("templates/*.html")
        if (found := inline.search(text(name)))
    ]
    assert named == []


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
