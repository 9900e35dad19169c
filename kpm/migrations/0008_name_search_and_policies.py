"""An index for words inside a name, and policies that look into a hash (decision 0015)."""

import django.contrib.postgres.indexes
from django.db import migrations

from access.rls import renew_policy

REGISTERS = ["kpm_keluarga", "kpm_anggota", "kpm_kepesertaan", "kpm_peringkat"]


class Migration(migrations.Migration):
    dependencies = [("kpm", "0007_unggahan_profil")]

    operations = [
        migrations.AddIndex(
            model_name="anggota",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["nama_normal"], name="anggota_kata_nama", opclasses=["gin_trgm_ops"]
            ),
        ),
        *[renew_policy(f"{table}{part}") for table in REGISTERS for part in ("", "event")],
    ]
