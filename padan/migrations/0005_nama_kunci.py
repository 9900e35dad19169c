"""A name as padan compares it."""

from pathlib import Path

from django.db import migrations

FUNCTIONS = Path(__file__).resolve().parent.parent / "sql" / "fungsi"


class Migration(migrations.Migration):
    dependencies = [("padan", "0004_statistik")]

    operations = [
        migrations.RunSQL(
            (FUNCTIONS / "01_nama_sisir.sql").read_text(), "DROP FUNCTION IF EXISTS padan_nama_sisir(text)"
        ),
        migrations.RunSQL(
            (FUNCTIONS / "02_nama_kunci.sql").read_text(), "DROP FUNCTION IF EXISTS padan_nama_kunci(text)"
        ),
    ]
