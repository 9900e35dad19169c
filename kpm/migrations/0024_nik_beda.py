"""Whether a NIK agrees with its row, said by one definition."""

from pathlib import Path

from django.db import migrations

FUNCTIONS = Path(__file__).resolve().parent.parent / "sql" / "fungsi"
DROPS = {
    "23_nik_beda_tanggal": "DROP FUNCTION IF EXISTS kpm_nik_beda_tanggal(text, date)",
    "24_nik_beda_kelamin": "DROP FUNCTION IF EXISTS kpm_nik_beda_kelamin(text, text)",
    "25_nik_beda": "DROP FUNCTION IF EXISTS kpm_nik_beda(text, date, text)",
}


class Migration(migrations.Migration):
    dependencies = [("kpm", "0023_letak_rumah")]

    operations = [
        migrations.RunSQL((FUNCTIONS / f"{name}.sql").read_text(), drop) for name, drop in DROPS.items()
    ]
