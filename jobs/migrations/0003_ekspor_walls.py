"""The wish behind an export is its owner's alone; what went out is added to and never changed."""

from django.db import migrations

from access.rls import append_only

OWN = "pemilik_id::text = (select current_setting('sentral.pengguna', true))"


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_ekspor"), ("access", "0002_jejak_append_only")]

    operations = [
        migrations.RunSQL(
            [
                "ALTER TABLE jobs_eksporsaringan ENABLE ROW LEVEL SECURITY",
                "ALTER TABLE jobs_eksporsaringan FORCE ROW LEVEL SECURITY",
                f"CREATE POLICY pemilik ON jobs_eksporsaringan USING ({OWN}) WITH CHECK ({OWN})",
            ],
            [
                "DROP POLICY pemilik ON jobs_eksporsaringan",
                "ALTER TABLE jobs_eksporsaringan NO FORCE ROW LEVEL SECURITY",
                "ALTER TABLE jobs_eksporsaringan DISABLE ROW LEVEL SECURITY",
            ],
        ),
        append_only("jobs_eksporisi"),
    ]
