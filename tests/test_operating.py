"""Containers and units are thin: they start what Procfile and script/ say, with settings that .env.example names.

No container engine is needed here, and none was used: what can be checked without one is checked.
"""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.db import connection
from django.test import RequestFactory

from sentral.proxy import ClientAddressMiddleware
from tests.databases import ROOT
from tests.test_backup import run

UNITS = sorted((ROOT / "deploy" / "systemd").glob("sentral*"))
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PROCESSES = re.findall(r"^(\w+): ", (ROOT / "Procfile").read_text(), re.M)
EXPLAINED = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
OF_POSTGRES = {"POSTGRES_PASSWORD"}
STRONG = {"DATABASE_OWNER_URL", "DATABASE_BACKUP_URL", "DATABASE_SUPER_URL"}
# Where things lie inside the image, and what belongs to other systems or to the backup alone.
NOT_HANDED_ON = set(re.findall(r"\b([A-Z][A-Z_]+)=", DOCKERFILE.rsplit("\nFROM ", 1)[1])) | {
    "SENTRAL_BACKUP_RECIPIENT", "SENTRAL_BACKUP_KEEP", "GDAL_LIBRARY_PATH", "GEOS_LIBRARY_PATH",
}  # fmt: skip


def pairs(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


# --- Containers -------------------------------------------------------------------------------------


def test_every_process_of_the_procfile_has_a_container_and_a_unit():
    for name in PROCESSES:
        assert COMPOSE["services"][name]["command"] == ["script/run", name]
        assert pairs(ROOT / "deploy" / "systemd" / f"sentral-{name}.service")["ExecStart"] == [
            f"/opt/sentral/script/run {name}"
        ]


def test_containers_run_scripts_that_are_there():
    commands = [s["command"][0] for s in COMPOSE["services"].values() if "build" in s]
    assert len(commands) == 5
    assert [command for command in commands if not (ROOT / command).is_file()] == []


def test_containers_know_no_setting_of_their_own():
    known = EXPLAINED | OF_POSTGRES
    for name, service in COMPOSE["services"].items():
        assert set(service.get("environment", {})) <= known, name
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    assert asked
    assert asked <= known
    assert set(re.findall(r"\b([A-Z][A-Z_]+)=", DOCKERFILE)) <= EXPLAINED


def test_every_secret_of_the_settings_is_handed_on_and_asked_for():
    secrets = set(re.findall(r'secret\(\s*"(\w+)"', (ROOT / "sentral" / "settings.py").read_text()))
    assert {"SECRET_KEY", "SENTRAL_FACTOR_KEYS"} <= secrets
    for name in (*PROCESSES, "siapkan"):
        assert secrets <= set(COMPOSE["services"][name]["environment"]), name
    for paper in ("script/run", "docs/operating.md"):
        text = (ROOT / paper).read_text()
        assert [name for name in secrets if name not in text] == [], paper


def test_no_secret_stands_in_the_image_or_in_the_compose_file():
    for service in COMPOSE["services"].values():
        for key, value in service.get("environment", {}).items():
            if value is not None and re.search("KEY|PASSWORD|URL|RECIPIENT", key) and key != "REDIS_URL":
                assert re.fullmatch(r"\$\{\w+:?[?-]?[\w?]*\}", value), key
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".env", ".git", ".local"} <= set(ignored)


def test_web_worker_and_beat_do_not_know_the_owner_or_the_backup_role():
    for name in PROCESSES:
        environment = COMPOSE["services"][name]["environment"]
        assert not STRONG & set(environment)


def test_every_setting_that_env_example_explains_reaches_the_containers():
    wanted = EXPLAINED - STRONG - NOT_HANDED_ON
    assert {"SENTRAL_EKSPOR_TANPA_SETUJU", "SENTRAL_SEGEL_KEY", "SENTRAL_SITE_URL"} <= wanted
    for name in (*PROCESSES, "siapkan", "cadangan"):
        assert wanted - set(COMPOSE["services"][name]["environment"]) == set(), name


def test_settings_without_a_value_of_their_own_are_handed_on_and_not_emptied():
    """`${NAME:-}` would set an empty text, which is no number; a name alone hands on what .env says."""
    environment = COMPOSE["services"]["web"]["environment"]
    emptied = {key for key, value in environment.items() if value is not None and value.endswith(":-}")}
    assert emptied == {"CSRF_TRUSTED_ORIGINS", "SENTRAL_PROXY"}  # lists: empty is a value


def test_redis_is_started_without_a_right_that_is_dropped():
    """As root the image's entrypoint does chown and setuid first, and fails."""
    redis = COMPOSE["services"]["redis"]
    assert (redis["user"], redis["cap_drop"], redis.get("cap_add")) == ("999:999", ["ALL"], None)
    assert redis["tmpfs"] == ["/data:uid=999,gid=999,mode=0700"]


def test_a_database_in_the_middle_of_its_first_start_is_not_healthy():
    """The server of the first start has a socket only; that it answers says nothing about the roles."""
    assert "--host 127.0.0.1" in COMPOSE["services"]["postgres"]["healthcheck"]["test"][-1]


def test_a_stop_lets_running_jobs_finish():
    worker = pairs(ROOT / "deploy" / "systemd" / "sentral-worker.service")
    assert (worker["KillMode"], worker["TimeoutStopSec"]) == (["mixed"], ["120"])
    assert COMPOSE["services"]["worker"]["stop_grace_period"] == "2m"


def test_the_site_runs_in_production_as_nobody_special():
    last_stage = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    assert re.findall(r"^USER (\w+)$", last_stage, re.M) == ["sentral"]
    assert "SENTRAL_ENV=production" in last_stage
    assert "uninstall" in DOCKERFILE.split("\nFROM ")[1]  # Node stays behind
    for name in (*PROCESSES, "siapkan", "cadangan"):
        service = COMPOSE["services"][name]
        assert service["environment"]["SENTRAL_ENV"] == "production"
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    assert COMPOSE["services"]["web"]["ports"] == ["127.0.0.1:8000:8000"]  # the proxy's side only


def test_every_container_that_stays_has_a_health_check():
    staying = [n for n, s in COMPOSE["services"].items() if s.get("restart") != "no"]
    assert sorted(staying) == ["beat", "postgres", "redis", "web", "worker"]
    assert [name for name in staying if "healthcheck" not in COMPOSE["services"][name]] == []
    assert "/sehat/" in COMPOSE["services"]["web"]["healthcheck"]["test"][-1]


def test_what_is_mounted_and_copied_exists():
    sources = [
        volume.split(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    ]
    sources += [word for word in re.findall(r"^COPY (\S+) \S+$", DOCKERFILE, re.M) if word != "."]
    assert "./script/lib/cluster.sql" in sources
    assert "script" in sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    named = {v.split(":")[0] for s in COMPOSE["services"].values() for v in s.get("volumes", [])}
    assert set(COMPOSE["volumes"]) == {name for name in named if not name.startswith(".")}


def test_every_instruction_of_the_dockerfile_is_one():
    lines = re.sub(r"\\\n", " ", DOCKERFILE).splitlines()
    words = {line.split()[0] for line in lines if line.strip() and not line.startswith("#")}
    assert words == {"FROM", "WORKDIR", "ENV", "COPY", "RUN", "USER", "VOLUME", "EXPOSE", "CMD"}


def test_the_roles_of_the_container_get_the_passwords_of_the_urls(tmp_path):
    """The first start of the database container, with a psql that writes down what it is told."""
    psql = tmp_path / "psql"
    psql.write_text(
        f'#!/bin/sh\necho "$*" >>{tmp_path}/told\n'
        f'echo "$ROLE=$PASSWORD" >>{tmp_path}/environment\n[ -t 0 ] || cat >>{tmp_path}/told\n'
    )
    psql.chmod(0o755)
    urls = {
        "DATABASE_URL": "postgis://sentral_app:satu%40dua@postgres/sentral",
        "DATABASE_OWNER_URL": "postgis://sentral_owner:o@postgres/sentral",
        "DATABASE_LOADER_URL": "postgis://sentral_loader:l@postgres/sentral",
        "DATABASE_BACKUP_URL": "postgis://sentral_backup:b@postgres/sentral",
    }
    done = subprocess.run(
        ["bash", ROOT / "script" / "lib" / "postgres-init.sh"],
        env=urls | {"PATH": f"{tmp_path}:/usr/bin:/bin"}, stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = (tmp_path / "told").read_text()
    assert "-v database=sentral -f /sentral/cluster.sql" in told
    assert told.count("ALTER ROLE") == 4
    assert "satu@dua" not in told  # neither among the arguments nor in what psql may quote
    given = (tmp_path / "environment").read_text().split()
    assert given[1:] == ["sentral_owner=o", "sentral_app=satu@dua", "sentral_loader=l", "sentral_backup=b"]


def test_psql_gives_a_role_the_password_of_its_environment(db):
    """The statements of the same script, told to a real server, for a role that goes away again."""
    script = (ROOT / "script" / "lib" / "postgres-init.sh").read_text()
    told = subprocess.run(
        ["bash", "-c", "printf %s " + script.split("<<<")[1].removesuffix("done\n").strip()],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    name = connection.settings_dict["NAME"]
    superuser = {"PGHOST": connection.settings_dict["HOST"], "PGUSER": "postgres", "PGDATABASE": name}
    done = subprocess.run(
        ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "-v", "ON_ERROR_STOP=1"],
        input=f"BEGIN;\nCREATE ROLE sentral_uji;\n{told};\nSELECT left(rolpassword, 13) FROM pg_authid"
        " WHERE rolname = 'sentral_uji';\nROLLBACK;\n",
        env=superuser | {"PATH": "/usr/bin:/bin", "ROLE": "sentral_uji", "PASSWORD": "satu'dua"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "SCRAM-SHA-256\n", "")


# --- Units --------------------------------------------------------------------------------------------

HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "RestrictSUIDSGID": "yes",
    "RestrictNamespaces": "yes",
    "LockPersonality": "yes",
    "CapabilityBoundingSet": "",
    "SystemCallFilter": "@system-service",
    "UMask": "0077",
    "LimitCORE": "0",
    "User": "sentral",
    "ReadWritePaths": "/var/lib/sentral",
}


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_units_are_hardened(unit):
    found = pairs(unit)
    assert {key: found.get(key, [None])[0] for key in HARDENED} == HARDENED


def test_units_start_what_is_there():
    for unit in SERVICES:
        (command,) = pairs(unit)["ExecStart"]
        assert command.startswith("/opt/sentral/script/"), unit
        assert (ROOT / command.split()[0].removeprefix("/opt/sentral/")).is_file(), unit


def test_only_the_backup_reads_its_role():
    files = {unit.stem: pairs(unit)["EnvironmentFile"] for unit in SERVICES}
    assert files.pop("sentral-backup") == ["/etc/sentral/sentral.env", "/etc/sentral/cadangan.env"]
    assert set(map(tuple, files.values())) == {("/etc/sentral/sentral.env",)}
    for name in PROCESSES:
        hidden = pairs(ROOT / "deploy" / "systemd" / f"sentral-{name}.service")["InaccessiblePaths"]
        assert hidden == ["-/etc/sentral/rilis.env -/etc/sentral/cadangan.env"]


def test_no_password_stands_among_the_arguments_of_a_recipe():
    """Everybody on the machine reads arguments in the process list."""
    recipes = [
        line for line in (ROOT / "docs" / "operating.md").read_text().splitlines() if line.startswith("    ")
    ]
    commands = "\n".join(recipes)
    assert "read -rsp" in commands
    assert "PASSWORD@" not in commands
    assert ". /etc/sentral/rilis.env" in commands  # in root's shell; nobody else may read it
    assert [line for line in recipes if "rilis.env" in line and "sudo -u sentral" in line] == []


def test_systemd_finds_nothing_wrong(tmp_path):
    """The checker wants each program to be there, so it reads copies that point into this checkout."""
    for unit in UNITS:
        text = unit.read_text().replace("/opt/sentral", str(ROOT)).replace("User=sentral", "User=daemon")
        text = re.sub(r"^(Group|Documentation|EnvironmentFile)=.*\n", "", text, flags=re.M)
        (tmp_path / unit.name).write_text(text)
    checker = shutil.which("systemd-analyze")
    assert checker, "systemd-analyze belongs to Debian's package systemd"
    files = sorted(tmp_path.glob("sentral*"))
    done = subprocess.run(
        [checker, "verify", "--man=no", *files], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if "sentral" in line]
    assert ours == []
    broken = tmp_path / "sentral-web.service"
    broken.write_text(broken.read_text().replace("ProtectSystem=strict", "ProtectSystm=strict"))
    done = subprocess.run(
        [checker, "verify", "--man=no", broken], capture_output=True, text=True, check=False
    )
    assert "ProtectSystm" in done.stderr  # it does look


# --- Scripts --------------------------------------------------------------------------------------------


def test_run_asks_for_what_is_missing():
    done = run(
        "run", "web", REDIS_URL="unix:///x", SECRET_KEY="", SENTRAL_DATA="/x", SENTRAL_ENV="production"
    )
    assert (done.returncode, done.stderr) == (
        1,
        "SECRET_KEY belum diisi. Isi di lingkungan atau di berkas .env.\n",
    )
    assert "Pemakaian: script/run web|worker|beat" in run("run", "semua").stderr
    assert "Pemakaian: script/run web|worker|beat" in run("run").stderr


@pytest.mark.parametrize("script", ["release", "backup", "restore"])
def test_a_wrong_word_is_answered_with_the_right_ones(script):
    done = run(script, "--salah")
    assert done.returncode == 1
    assert "Pemakaian: script/" in done.stderr


def test_every_script_is_clean_bash():
    scripts = [p for p in (ROOT / "script").iterdir() if p.is_file()] + list(
        (ROOT / "script" / "lib").glob("*.sh")
    )
    assert len(scripts) > 15
    for path in scripts:
        done = subprocess.run(["bash", "-n", path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_production_settings_leave_django_nothing_to_warn_of():
    done = subprocess.run(
        [".venv/bin/python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin", "SENTRAL_ENV": "production", "SECRET_KEY": "x7" + "Kd93jsQ-" * 8,
            "SENTRAL_FACTOR_KEYS": base64.urlsafe_b64encode(b"x7-Kd93j" * 4).decode(),
            "ALLOWED_HOSTS": "sentral.example.go.id", "DATABASE_URL": "postgis:///x", "REDIS_URL": "unix:///x",
        },
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


# --- Whose address counts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remote", "said", "counts"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),  # the first was the visitor's own claim
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "bukan-alamat", "127.0.0.1"),
        ("203.0.113.9", "10.0.0.1", "203.0.113.9"),  # who is no proxy is not believed
        ("10.5.6.7", "203.0.113.9", "203.0.113.9"),
    ],
)
def test_only_a_known_proxy_is_believed(settings, remote, said, counts):
    from ipaddress import ip_network

    settings.PROXIES = [ip_network("127.0.0.1"), ip_network("10.5.0.0/16")]
    request = RequestFactory().get(
        "/", REMOTE_ADDR=remote, **({"HTTP_X_FORWARDED_FOR": said} if said else {})
    )
    seen = []
    ClientAddressMiddleware(lambda r: seen.append(r.META["REMOTE_ADDR"]))(request)
    assert seen == [counts]
