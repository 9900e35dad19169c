"""Loading an extract may refresh the planner's statistics of the table it has just filled."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql" / "statistik.sql"


class Migration(migrations.Migration):
    dependencies = [("padan", "0003_usulnik_nik_lama")]

    operations = [migrations.RunSQL(SQL.read_text(), "DROP FUNCTION padan_statistik()")]
