"""The trail names every row it shows, counts them per day, and warns; none of it can be taken back."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from access.rls import ALL, append_only

READERS = f"{ALL} OR (select current_setting('sentral.jejak', true) = '1')"
KINDS = [("lihat", "halaman orang"), ("daftar", "baris daftar"), ("buka", "NIK atau No. KK")]


class Migration(migrations.Migration):
    dependencies = [("access", "0004_akun_sandi_pertama")]

    operations = [
        migrations.AddField(
            model_name="jejak", name="sebagai", field=models.CharField(blank=True, max_length=200)
        ),
        migrations.AlterField(
            model_name="jejak",
            name="aksi",
            field=models.CharField(
                choices=[
                    ("lihat_orang", "melihat data orang"),
                    ("lihat_daftar", "melihat daftar orang"),
                    ("buka", "membuka NIK atau No. KK"),
                    ("lihat_jejak", "melihat jejak seseorang"),
                    ("cari", "mencari orang"),
                    ("unduh", "mengunduh"),
                    ("setuju", "memutuskan ekspor"),
                    ("impor", "mengimpor"),
                    ("ubah_hak", "mengubah hak"),
                    ("sistem", "proses sistem"),
                    ("masuk", "masuk"),
                    ("periksa", "memeriksa peringatan"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="JejakIsi",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("objek", models.CharField(max_length=60)),
                (
                    "ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                (
                    "jejak",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="isi_list",
                        to="access.jejak",
                    ),
                ),
            ],
            options={
                "verbose_name": "isi jejak",
                "verbose_name_plural": "isi jejak",
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["ids"], name="jejakisi_ids")],
            },
        ),
        migrations.CreateModel(
            name="Peringatan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tanggal", models.DateField()),
                ("jenis", models.CharField(choices=KINDS, max_length=10)),
                ("ambang", models.BigIntegerField()),
                ("dibuat", models.DateTimeField(default=django.utils.timezone.now)),
                ("diperiksa", models.DateTimeField(null=True)),
                ("catatan", models.CharField(blank=True, max_length=300)),
                (
                    "pemeriksa",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pengguna",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "peringatan",
                "verbose_name_plural": "peringatan",
                "indexes": [
                    models.Index(
                        condition=models.Q(("diperiksa__isnull", True)),
                        fields=["-dibuat"],
                        name="peringatan_belum",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("pengguna", "tanggal", "jenis"), name="peringatan_unik"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("diperiksa__isnull", True), ("pemeriksa__isnull", True)),
                            models.Q(
                                ("diperiksa__isnull", False),
                                ("pemeriksa__isnull", False),
                                models.Q(("catatan", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="peringatan_diperiksa_bercatatan",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Volume",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tanggal", models.DateField()),
                ("jenis", models.CharField(choices=KINDS, max_length=10)),
                ("banyak", models.BigIntegerField(default=0)),
                (
                    "pengguna",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "volume",
                "verbose_name_plural": "volume",
                "constraints": [
                    models.UniqueConstraint(fields=("pengguna", "tanggal", "jenis"), name="volume_unik")
                ],
            },
        ),
        append_only("access_jejakisi"),
        append_only("access_peringatan"),
        migrations.RunSQL(
            [
                "REVOKE DELETE, TRUNCATE ON access_volume FROM sentral_app",
                "GRANT UPDATE (diperiksa, pemeriksa_id, catatan) ON access_peringatan TO sentral_app",
                "ALTER TABLE access_peringatan ENABLE ROW LEVEL SECURITY",
                "ALTER TABLE access_peringatan FORCE ROW LEVEL SECURITY",
                "CREATE POLICY tambah ON access_peringatan FOR INSERT WITH CHECK (true)",
                f"CREATE POLICY baca ON access_peringatan FOR SELECT USING ({READERS})",
                f"CREATE POLICY periksa ON access_peringatan FOR UPDATE USING ({READERS})",
            ],
            [
                "DROP POLICY periksa ON access_peringatan",
                "DROP POLICY baca ON access_peringatan",
                "DROP POLICY tambah ON access_peringatan",
                "ALTER TABLE access_peringatan NO FORCE ROW LEVEL SECURITY",
                "ALTER TABLE access_peringatan DISABLE ROW LEVEL SECURITY",
                "GRANT DELETE ON access_volume TO sentral_app",
            ],
        ),
    ]
