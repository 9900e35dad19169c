"""What an import judges by (SQL functions), references checked by the set, and the programmes."""

from pathlib import Path

from django.db import migrations

FUNCTIONS = Path(__file__).resolve().parent.parent / "sql" / "fungsi"

# Table -> (column, table it refers to, key there). See models.SET_WISE and sql/fungsi/20_rujukan.sql.
ORIGIN = [
    ("wilayah_id", "spatial_wilayah", "kode"),
    ("sumber_id", "kpm_sumber", "id"),
    ("job_id", "jobs_job", "id"),
]
CHANGED = ("job_ubah_id", "jobs_job", "id")
REFERENCES = {
    "kpm_keluarga": [*ORIGIN, CHANGED],
    "kpm_anggota": [*ORIGIN, CHANGED],
    "kpm_kepesertaan": [
        *ORIGIN,
        ("program_id", "kpm_program", "kode"),
        ("keluarga_id", "kpm_keluarga", "id"),
        ("anggota_id", "kpm_anggota", "id"),
    ],
    "kpm_peringkat": ORIGIN,
}
PROGRAM = [
    ("PKH", "Program Keluarga Harapan", "PKH", 1),
    ("SEMBAKO", "Program Sembako", "Sembako", 2),
    ("BPNT_PPKM", "Bantuan Pangan Nontunai PPKM", "BPNT-PPKM", 3),
    ("PBI_JK", "Penerima Bantuan Iuran Jaminan Kesehatan", "PBI-JK", 4),
    ("BLT_DD", "Bantuan Langsung Tunai Dana Desa", "BLT-DD", 5),
]


def _words(*words: str) -> str:
    return ", ".join(f"'{word}'" for word in words)


def child_triggers() -> list[tuple[str, str]]:
    """(create, drop) of the triggers that ask whether the rows referred to exist."""
    statements = []
    for table, references in REFERENCES.items():
        arguments = _words(*(word for reference in references for word in reference))
        for event in ("insert", "update"):
            name = f"kpm_rujukan_{event}"
            statements.append(
                (
                    f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table} REFERENCING NEW TABLE AS new_values"
                    f" FOR EACH STATEMENT EXECUTE FUNCTION kpm_rujukan({arguments})",
                    f"DROP TRIGGER {name} ON {table}",
                )
            )
    return statements


def parent_triggers() -> list[tuple[str, str]]:
    """(create, drop) of the triggers that keep a row which is referred to, and its key."""
    users: dict[tuple[str, str], list[str]] = {}
    for table, references in REFERENCES.items():
        for column, parent, key in references:
            users.setdefault((parent, key), []).extend([table, column])
    statements = []
    for (parent, key), words in users.items():
        kind = "text" if key == "kode" else "bigint"
        statements += [
            (
                f"CREATE TRIGGER kpm_rujukan_induk AFTER DELETE ON {parent} REFERENCING OLD TABLE AS old_values"
                f" FOR EACH STATEMENT EXECUTE FUNCTION kpm_rujukan_induk({_words(key, kind, *words)})",
                f"DROP TRIGGER kpm_rujukan_induk ON {parent}",
            ),
            (
                f"CREATE TRIGGER kpm_rujukan_tetap BEFORE UPDATE OF {key} ON {parent}"
                f" FOR EACH ROW EXECUTE FUNCTION kpm_rujukan_tetap({_words(key)})",
                f"DROP TRIGGER kpm_rujukan_tetap ON {parent}",
            ),
        ]
    return statements


def insert_program(apps, schema_editor):
    model = apps.get_model("kpm", "Program")
    for kode, nama, singkatan, urutan in PROGRAM:
        model.objects.update_or_create(
            kode=kode, defaults={"nama": nama, "singkatan": singkatan, "urutan": urutan}
        )


def drop_function(path: Path) -> str:
    name = path.stem.split("_", 1)[1]
    return f"DROP FUNCTION kpm_{name}"


class Migration(migrations.Migration):
    dependencies = [("kpm", "0002_walls")]

    operations = [
        *[
            migrations.RunSQL(path.read_text(), drop_function(path))
            for path in sorted(FUNCTIONS.glob("*.sql"))
        ],
        *[migrations.RunSQL(create, drop) for create, drop in child_triggers() + parent_triggers()],
        migrations.RunPython(insert_program, migrations.RunPython.noop),
    ]
