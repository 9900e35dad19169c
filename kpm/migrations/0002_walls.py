"""The registers and their history stand behind the territory policy; history is only added to."""

from django.db import migrations

from access.rls import append_only, enable_rls

REGISTERS = ["kpm_keluarga", "kpm_anggota", "kpm_kepesertaan", "kpm_peringkat"]
HISTORY = [f"{table}event" for table in REGISTERS]


class Migration(migrations.Migration):
    dependencies = [("kpm", "0001_keluarga_anggota"), ("access", "0002_jejak_append_only")]

    operations = [
        *[enable_rls(table) for table in REGISTERS + HISTORY],
        *[append_only(table) for table in HISTORY],
    ]
