"""Cells without signs that nobody sees."""

from pathlib import Path

from django.db import migrations

FUNCTION = Path(__file__).resolve().parent.parent / "sql" / "fungsi" / "16_tanpa_tanda.sql"


class Migration(migrations.Migration):
    dependencies = [("kpm", "0017_ganda")]

    operations = [
        migrations.RunSQL(FUNCTION.read_text(), "DROP FUNCTION IF EXISTS kpm_tanpa_tanda(text)"),
    ]
