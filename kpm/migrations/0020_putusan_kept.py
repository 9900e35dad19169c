"""Decisions about people who stand twice are kept: only the mark that they were taken back is written later."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kpm", "0019_pindah_kk")]

    operations = [
        migrations.RunSQL(
            """
            REVOKE UPDATE, DELETE, TRUNCATE ON kpm_putusanganda FROM sentral_app;
            GRANT UPDATE (dibatalkan, dibatalkan_oleh_id) ON kpm_putusanganda TO sentral_app;
            """,
            "GRANT UPDATE, DELETE ON kpm_putusanganda TO sentral_app",
        ),
        # numbers that are malformed make groups too now: everything is looked through at the next minute
        migrations.RunSQL("UPDATE kpm_hitungganda SET impor = -1", migrations.RunSQL.noop),
    ]
