"""An import may refresh the planner's statistics of the registers it has just filled."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql" / "statistik.sql"


class Migration(migrations.Migration):
    dependencies = [("kpm", "0003_functions_references_program")]

    operations = [migrations.RunSQL(SQL.read_text(), "DROP FUNCTION kpm_statistik()")]
