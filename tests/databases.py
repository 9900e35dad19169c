"""Databases for the suite: a template the owner migrates once, and clones of it.

The suite itself runs as the app role, like the site. A test that commits gets a clone of its own,
since the app role may not empty tables and an owner who could would hide what the role cannot do.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit, urlunsplit

import psycopg2
from django.conf import settings
from django.db import connections

ROOT = Path(__file__).resolve().parent.parent
ROLES = ["DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_LOADER_URL"]
# What the template is made of: when one of these changes, it is made anew.
INGREDIENTS = [
    "*/migrations/*.py",
    "*/sql/*.sql",
    "*/sql/fungsi/*.sql",
    "data/*",
    "spatial/**/*.py",
    "*/models.py",
    "*/models/*.py",
    "access/rls.py",
]
TEMPLATE_LOCK = 727_001  # any number, the same in every process


def url_of(role: str, name: str) -> str:
    """The URL of a role's connection, on the database `name` instead of the configured one."""
    parts = urlsplit(os.environ[role])
    return urlunsplit(parts._replace(path=f"/{name}"))


def connect(role: str, name: str):
    """A psycopg2 connection in autocommit, for what Django's own connection cannot do."""
    parts = urlsplit(os.environ[role])
    host = parse_qs(parts.query).get("host", [parts.hostname])[0]
    connection = psycopg2.connect(
        dbname=name, user=parts.username, password=parts.password, host=host, port=parts.port
    )
    connection.autocommit = True
    return connection


# The empty database with extensions and default rights that set-up has made; read before a test
# points the environment elsewhere.
BASE = urlsplit(os.environ["DATABASE_OWNER_URL"]).path.lstrip("/")


@cache
def template_name() -> str:
    digest = hashlib.sha256()
    for pattern in INGREDIENTS:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and ".venv" not in path.parts and "node_modules" not in path.parts:
                digest.update(path.relative_to(ROOT).as_posix().encode())
                digest.update(path.read_bytes())
    return f"templat_{digest.hexdigest()[:12]}"


def manage(*arguments: str, name: str) -> None:
    """Run a management command on the database `name`, failing loudly."""
    environment = os.environ | {role: url_of(role, name) for role in ROLES}
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}")


@contextmanager
def _turn() -> Iterator:
    """A cursor as the owner, while no other process makes or copies a template."""
    with closing(connect("DATABASE_OWNER_URL", "postgres")) as owner, owner.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        yield cursor  # the lock goes with the connection


def _ensure_template(cursor) -> str:
    """Return the template's name, making it if no earlier run has."""
    name = template_name()
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    if cursor.fetchone() is None:
        _drop_stale(cursor)
        unfinished = f"{name}_baru"
        cursor.execute(f"DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {unfinished} TEMPLATE {BASE}")
        manage("migrate", "--verbosity", "0", name=unfinished)
        manage("muat_wilayah", name=unfinished)
        manage("hitung_batas", name=unfinished)
        cursor.execute(f"ALTER DATABASE {unfinished} RENAME TO {name}")
    return name


def _drop_stale(cursor) -> None:
    """Take away templates of earlier code, and clones whose process is gone."""
    cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^(templat|uji)_'")
    for (name,) in cursor.fetchall():
        owner = re.match(r"uji_[a-z]+_(\d+)", name)
        if owner is None or not _is_running(int(owner[1])):
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _is_running(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@contextmanager
def clone(label: str) -> Iterator[str]:
    """A fresh copy of the template, dropped at the end."""
    name = f"uji_{label}_{os.getpid()}"
    with _turn() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {_ensure_template(cursor)}")
    try:
        yield name
    finally:
        with closing(connect("DATABASE_OWNER_URL", "postgres")) as owner, owner.cursor() as cursor:
            try:
                cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            except psycopg2.errors.InsufficientPrivilege:
                # FORCE may not end autovacuum's process; without it PostgreSQL cancels that by itself.
                cursor.execute(f"DROP DATABASE IF EXISTS {name}")


@contextmanager
def using(name: str) -> Iterator[dict[str, str]]:
    """Point Django, its child processes and the loader at the database `name`.

    Yields the environment for processes that a test starts.
    """
    connection = connections["default"]
    before = connection.settings_dict["NAME"]
    loader_before = settings.LOADER_DATABASE["NAME"]
    environment_before = {role: os.environ[role] for role in ROLES}
    connections.close_all()
    connection.settings_dict["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name
    settings.LOADER_DATABASE["NAME"] = name
    os.environ.update({role: url_of(role, name) for role in ROLES})
    try:
        yield dict(os.environ)
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = before
        settings.DATABASES["default"]["NAME"] = before
        settings.LOADER_DATABASE["NAME"] = loader_before
        os.environ.update(environment_before)
