"""Jejak may be added to by anybody and read by auditor and admin; nobody changes or deletes a line."""

from django.db import migrations

from access.rls import ALL, append_only

READERS = f"{ALL} OR (select current_setting('sentral.jejak', true) = '1')"


class Migration(migrations.Migration):
    dependencies = [("access", "0001_user_penugasan_jejak")]

    operations = [
        migrations.RunSQL(
            [
                "ALTER TABLE access_jejak ENABLE ROW LEVEL SECURITY",
                "ALTER TABLE access_jejak FORCE ROW LEVEL SECURITY",
                "CREATE POLICY tambah ON access_jejak FOR INSERT WITH CHECK (true)",
                f"CREATE POLICY baca ON access_jejak FOR SELECT USING ({READERS})",
            ],
            [
                "DROP POLICY baca ON access_jejak",
                "DROP POLICY tambah ON access_jejak",
                "ALTER TABLE access_jejak NO FORCE ROW LEVEL SECURITY",
                "ALTER TABLE access_jejak DISABLE ROW LEVEL SECURITY",
            ],
        ),
        append_only("access_jejak"),
        append_only("access_penugasanevent"),
    ]
