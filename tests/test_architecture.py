"""The arrows of the house. import-linter sees imports; this sees keys and what a lint cannot."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent

# From the roof down; a room may point to rooms below it, never up.
ROOMS = ["sentral", "verval", "padan", "pmks", "kpm", "jobs", "access", "spatial"]
RANK = {room: rank for rank, room in enumerate(ROOMS)} | {"psks": ROOMS.index("kpm")}
# Set by manage.py and by tests, not by whoever runs the site.
INTERNAL = {"SENTRAL_DB_ROLE", "SENTRAL_FAILPOINT"}
STRANGERS = {("pmks", "kpm"), ("kpm", "psks"), ("psks", "kpm")}


def foreign_keys():
    for model in apps.get_models():
        source = model._meta.app_label
        if source not in RANK:
            continue
        for field in model._meta.get_fields():
            if field.is_relation and not field.auto_created and field.related_model is not None:
                target = field.related_model._meta.app_label
                if target in RANK and target != source:
                    yield f"{model.__name__}.{field.name}", source, target


def test_no_foreign_key_points_up():
    arrows = list(foreign_keys())
    assert arrows
    assert [a for a in arrows if RANK[a[1]] >= RANK[a[2]] or (a[1], a[2]) in STRANGERS] == []


def test_every_setting_from_the_environment_is_explained():
    settings = (ROOT / "sentral" / "settings.py").read_text()
    asked = set(re.findall(r'(?:env\.\w+|secret)\(\s*"([A-Z_]+)"', settings))
    asked |= set(re.findall(r'"(DATABASE_\w*URL)"', settings))
    explained = (ROOT / ".env.example").read_text()
    assert asked
    assert {name for name in asked - INTERNAL if name not in explained} == set()


def test_no_template_carries_inline_script_or_style():
    """The content security policy refuses them, so such a page would be silently broken."""
    guilty = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "templates").rglob("*.html")
        if re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*(src=|application/json))", path.read_text())
    ]
    assert guilty == []


def test_pages_ask_no_outside_server():
    guilty = [
        path.relative_to(ROOT).as_posix()
        for folder in ("templates", "frontend")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".html", ".js", ".css"}
        and re.search(r"(src|href|url\(|fetch\()\s*=?\s*[\"'`(]?https?://", path.read_text())
    ]
    assert guilty == []


def test_long_sql_has_a_file_of_its_own():
    guilty = []
    for room in [*ROOMS, "psks"]:
        for path in (ROOT / room).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            for text in re.findall(r'"""(.*?)"""', path.read_text(), re.S):
                body = text.strip()
                if re.match(r"(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE)\s", body) and body.count("\n") > 10:
                    guilty.append(path.relative_to(ROOT).as_posix())
    assert guilty == []


def test_sql_files_say_what_they_do():
    files = list(ROOT.glob("*/sql/**/*.sql"))
    assert files
    assert [f.relative_to(ROOT).as_posix() for f in files if not f.read_text().startswith("--")] == []


@pytest.mark.django_db
def test_migrations_say_what_the_models_say():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
