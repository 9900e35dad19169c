"""Extracts, runs of the matcher, results, candidates, decisions, NIK proposed to the register."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from access.rls import append_only, append_only_but, enable_matcher_wall, enable_rls
from kpm.rujukan import refer


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("jobs", "0005_bentuk_geopackage"),
        ("kpm", "0021_hitungrekap"),
        ("spatial", "0002_versi_batas_resmi"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Ekstrak",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("nama_berkas", models.CharField(max_length=255, verbose_name="nama berkas")),
                ("berkas", models.CharField(help_text="nama acak di folder data", max_length=120)),
                ("ukuran", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("tata_letak", models.CharField(max_length=40)),
                ("kolom", models.JSONField(default=dict)),
                ("nomor_pks", models.CharField(max_length=120, verbose_name="nomor PKS")),
                ("tujuan", models.CharField(max_length=300, verbose_name="tujuan")),
                ("berlaku_sampai", models.DateField(verbose_name="berlaku sampai")),
                ("diserahkan_oleh", models.CharField(max_length=120, verbose_name="diserahkan oleh")),
                ("tanggal", models.DateField(verbose_name="tanggal data")),
                (
                    "keadaan",
                    models.CharField(
                        choices=[
                            ("memuat", "sedang dimuat"),
                            ("siap", "siap dipakai"),
                            ("ditolak", "ditolak"),
                            ("dihapus", "isinya sudah dihapus"),
                        ],
                        default="memuat",
                        max_length=8,
                    ),
                ),
                ("sebab", models.CharField(blank=True, help_text="mengapa ditolak", max_length=300)),
                ("baris", models.BigIntegerField(default=0)),
                ("ditolak", models.BigIntegerField(default=0)),
                ("laporan", models.JSONField(default=dict)),
                ("dibuat", models.DateTimeField(default=django.utils.timezone.now)),
                ("dihapus_pada", models.DateTimeField(null=True)),
                (
                    "cakupan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="spatial.wilayah"
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ekstrak",
                        to="jobs.job",
                    ),
                ),
                (
                    "pemilik",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "ekstrak",
                "verbose_name_plural": "ekstrak",
            },
        ),
        migrations.CreateModel(
            name="Pencocokan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("dibuat", models.DateTimeField(default=django.utils.timezone.now)),
                ("selesai", models.DateTimeField(null=True)),
                ("ambang", models.JSONField(default=dict)),
                ("model", models.CharField(blank=True, max_length=64)),
                (
                    "keadaan",
                    models.CharField(
                        choices=[
                            ("berjalan", "sedang dicocokkan"),
                            ("selesai", "selesai"),
                            ("gagal", "gagal"),
                        ],
                        default="berjalan",
                        max_length=8,
                    ),
                ),
                ("angka", models.JSONField(default=dict)),
                ("terbaru", models.BooleanField(default=False)),
                (
                    "ekstrak",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pencocokan_list",
                        to="padan.ekstrak",
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pencocokan",
                        to="jobs.job",
                    ),
                ),
                (
                    "oleh",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "pencocokan",
                "verbose_name_plural": "pencocokan",
            },
        ),
        migrations.CreateModel(
            name="Hasil",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "hasil",
                    models.CharField(
                        choices=[
                            ("PADAN", "Padan"),
                            ("PADAN_SEBAGIAN", "Padan sebagian"),
                            ("BEDA_ORANG", "NIK milik orang lain"),
                            ("TIDAK_DITEMUKAN", "Tidak ditemukan"),
                            ("FORMAT_SALAH", "Bentuk NIK salah"),
                            ("GANDA", "NIK ganda"),
                            ("MENINGGAL", "Tercatat meninggal"),
                            ("NONAKTIF", "NIK tidak aktif"),
                            ("PINDAH", "Pindah"),
                            ("CALON", "Ada calon"),
                        ],
                        max_length=15,
                    ),
                ),
                ("kk_sesuai", models.BooleanField(null=True)),
                ("wilayah_sesuai", models.BooleanField(null=True)),
                ("skor", models.FloatField(null=True)),
                (
                    "alasan",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("tanggal", models.DateField()),
                (
                    "anggota",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="kpm.anggota",
                    ),
                ),
                (
                    "ekstrak",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="padan.ekstrak",
                    ),
                ),
                (
                    "keluarga",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="kpm.keluarga",
                    ),
                ),
                (
                    "wilayah",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="spatial.wilayah",
                    ),
                ),
                (
                    "pencocokan",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="padan.pencocokan",
                    ),
                ),
            ],
            options={
                "verbose_name": "hasil padan",
                "verbose_name_plural": "hasil padan",
            },
        ),
        migrations.CreateModel(
            name="Penduduk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("baris", models.BigIntegerField()),
                ("nik", models.CharField(blank=True, max_length=60)),
                (
                    "nik_status",
                    models.CharField(
                        choices=[
                            ("valid", "bentuk benar"),
                            ("kosong", "kosong"),
                            ("excel", "rusak karena Excel"),
                            ("panjang", "bukan 16 angka"),
                            ("wilayah", "kode provinsi tidak dikenal"),
                            ("tanggal", "tanggal tidak mungkin"),
                            ("0000", "berakhir 0000"),
                        ],
                        max_length=8,
                    ),
                ),
                ("no_kk", models.CharField(blank=True, max_length=60)),
                ("nama", models.CharField(max_length=120)),
                ("nama_normal", models.CharField(max_length=120)),
                ("tempat_lahir", models.CharField(blank=True, max_length=60)),
                ("tanggal_lahir", models.DateField(null=True)),
                (
                    "jenis_kelamin",
                    models.CharField(
                        blank=True, choices=[("L", "laki-laki"), ("P", "perempuan")], max_length=1
                    ),
                ),
                ("nama_ibu", models.CharField(blank=True, max_length=120)),
                ("ibu_normal", models.CharField(blank=True, max_length=120)),
                ("nik_ibu", models.CharField(blank=True, max_length=60)),
                ("hubungan", models.CharField(blank=True, max_length=40)),
                (
                    "keadaan",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("hidup", "hidup"),
                            ("meninggal", "meninggal"),
                            ("nonaktif", "tidak aktif"),
                            ("ganda", "NIK-nya ada pada orang lain di ekstrak ini"),
                            ("pindah", "pindah"),
                            ("", "tidak disebut"),
                        ],
                        max_length=9,
                    ),
                ),
                ("alamat", models.CharField(blank=True, max_length=200)),
                ("rt", models.CharField(blank=True, max_length=5)),
                ("rw", models.CharField(blank=True, max_length=5)),
                (
                    "ekstrak",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="padan.ekstrak",
                    ),
                ),
                (
                    "wilayah",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="spatial.wilayah",
                    ),
                ),
            ],
            options={
                "verbose_name": "baris ekstrak",
                "verbose_name_plural": "baris ekstrak",
            },
        ),
        migrations.CreateModel(
            name="Putusan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kunci", models.CharField(max_length=64)),
                ("sidik", models.UUIDField()),
                (
                    "hasil",
                    models.CharField(
                        choices=[
                            ("terima", "orang yang sama"),
                            ("tolak", "orang lain"),
                            ("ragu", "belum dapat dipastikan"),
                        ],
                        max_length=6,
                    ),
                ),
                ("alasan", models.CharField(blank=True, max_length=300)),
                ("dibuat", models.DateTimeField(default=django.utils.timezone.now)),
                ("dibatalkan", models.DateTimeField(null=True)),
                (
                    "anggota",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="kpm.anggota",
                    ),
                ),
                (
                    "dibatalkan_oleh",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "oleh",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "wilayah",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="spatial.wilayah",
                    ),
                ),
            ],
            options={
                "verbose_name": "putusan padan",
                "verbose_name_plural": "putusan padan",
            },
        ),
        migrations.CreateModel(
            name="Kandidat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "jenis",
                    models.CharField(
                        choices=[
                            ("calon", "calon untuk yang tanpa NIK benar"),
                            ("sebagian", "NIK ditemukan, isinya tidak seluruhnya sama"),
                            ("beda", "NIK ditemukan pada orang lain"),
                            ("ganda", "satu NIK pada beberapa orang"),
                        ],
                        max_length=8,
                    ),
                ),
                ("urutan", models.PositiveSmallIntegerField(default=1)),
                ("skor", models.FloatField(null=True)),
                ("bobot", models.JSONField(default=list)),
                ("isi", models.JSONField(default=dict)),
                ("sidik", models.UUIDField()),
                ("kunci", models.CharField(max_length=64)),
                (
                    "keadaan",
                    models.CharField(
                        choices=[
                            ("terbuka", "menunggu putusan"),
                            ("diterima", "diterima"),
                            ("ditolak", "ditolak"),
                            ("ragu", "belum pasti"),
                            ("gugur", "tidak berlaku lagi"),
                        ],
                        default="terbuka",
                        max_length=8,
                    ),
                ),
                ("dipegang_sampai", models.DateTimeField(null=True)),
                ("catatan", models.CharField(blank=True, max_length=200)),
                (
                    "anggota",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="kpm.anggota",
                    ),
                ),
                (
                    "dipegang_oleh",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "wilayah",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="spatial.wilayah",
                    ),
                ),
                (
                    "pencocokan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kandidat_list",
                        to="padan.pencocokan",
                    ),
                ),
                (
                    "putusan",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kandidat_list",
                        to="padan.putusan",
                    ),
                ),
            ],
            options={
                "verbose_name": "kandidat",
                "verbose_name_plural": "kandidat",
            },
        ),
        migrations.CreateModel(
            name="UsulNik",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("nik", models.CharField(max_length=16)),
                ("dibuat", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "keadaan",
                    models.CharField(
                        choices=[
                            ("menunggu", "menunggu orang kedua"),
                            ("disetujui", "disetujui"),
                            ("ditolak", "ditolak"),
                            ("gugur", "tidak berlaku lagi"),
                        ],
                        default="menunggu",
                        max_length=9,
                    ),
                ),
                ("diputus", models.DateTimeField(null=True)),
                ("alasan", models.CharField(blank=True, max_length=300)),
                (
                    "anggota",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="kpm.anggota",
                    ),
                ),
                (
                    "diputus_oleh",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "diusulkan_oleh",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "putusan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="usul_list",
                        to="padan.putusan",
                    ),
                ),
                (
                    "wilayah",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="spatial.wilayah",
                    ),
                ),
            ],
            options={
                "verbose_name": "usul NIK",
                "verbose_name_plural": "usul NIK",
            },
        ),
        migrations.AddConstraint(
            model_name="ekstrak",
            constraint=models.UniqueConstraint(
                condition=models.Q(("keadaan__in", ["memuat", "siap"])),
                fields=("sha256",),
                name="ekstrak_sekali",
            ),
        ),
        migrations.AddConstraint(
            model_name="ekstrak",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("dihapus_pada__isnull", False), ("keadaan", "dihapus")),
                    models.Q(models.Q(("keadaan", "dihapus"), _negated=True), ("dihapus_pada__isnull", True)),
                    _connector="OR",
                ),
                name="ekstrak_dihapus_bertanggal",
            ),
        ),
        migrations.AddConstraint(
            model_name="pencocokan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("terbaru", True)), fields=("ekstrak",), name="pencocokan_terbaru"
            ),
        ),
        migrations.AddConstraint(
            model_name="pencocokan",
            constraint=models.CheckConstraint(
                condition=models.Q(("terbaru", False), ("keadaan", "selesai"), _connector="OR"),
                name="pencocokan_terbaru_selesai",
            ),
        ),
        migrations.AddIndex(
            model_name="hasil",
            index=models.Index(fields=["pencocokan", "wilayah", "hasil"], name="hasil_wilayah"),
        ),
        migrations.AddIndex(
            model_name="hasil",
            index=models.Index(fields=["anggota", "-id"], name="hasil_anggota"),
        ),
        migrations.AddConstraint(
            model_name="hasil",
            constraint=models.UniqueConstraint(fields=("pencocokan", "anggota"), name="hasil_unik"),
        ),
        migrations.AddIndex(
            model_name="penduduk",
            index=models.Index(fields=["ekstrak", "nik"], name="penduduk_nik"),
        ),
        migrations.AddIndex(
            model_name="penduduk",
            index=models.Index(fields=["ekstrak", "no_kk"], name="penduduk_no_kk"),
        ),
        migrations.AddConstraint(
            model_name="penduduk",
            constraint=models.UniqueConstraint(fields=("ekstrak", "baris"), name="penduduk_unik"),
        ),
        migrations.AddIndex(
            model_name="putusan",
            index=models.Index(fields=["wilayah", "-id"], name="putusan_wilayah"),
        ),
        migrations.AddIndex(
            model_name="putusan",
            index=models.Index(fields=["anggota", "-id"], name="putusan_anggota"),
        ),
        migrations.AddConstraint(
            model_name="putusan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("dibatalkan__isnull", True)),
                fields=("anggota", "kunci", "sidik"),
                name="putusan_berlaku",
            ),
        ),
        migrations.AddConstraint(
            model_name="putusan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("dibatalkan__isnull", True), ("dibatalkan_oleh__isnull", True)),
                    models.Q(("dibatalkan__isnull", False), ("dibatalkan_oleh__isnull", False)),
                    _connector="OR",
                ),
                name="putusan_batal_lengkap",
            ),
        ),
        migrations.AddIndex(
            model_name="kandidat",
            index=models.Index(
                condition=models.Q(("keadaan", "terbuka")),
                fields=["wilayah", "jenis", "id"],
                name="kandidat_menunggu",
            ),
        ),
        migrations.AddIndex(
            model_name="kandidat",
            index=models.Index(fields=["anggota", "kunci"], name="kandidat_anggota"),
        ),
        migrations.AddConstraint(
            model_name="kandidat",
            constraint=models.UniqueConstraint(
                fields=("pencocokan", "anggota", "urutan"), name="kandidat_unik"
            ),
        ),
        migrations.AddConstraint(
            model_name="kandidat",
            constraint=models.CheckConstraint(
                condition=models.Q(("urutan__gte", 1), ("urutan__lte", 5)), name="kandidat_urutan"
            ),
        ),
        migrations.AddConstraint(
            model_name="kandidat",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("keadaan__in", ["diterima", "ditolak", "ragu"]), _negated=True),
                    ("putusan__isnull", False),
                    _connector="OR",
                ),
                name="kandidat_diputus_orang",
            ),
        ),
        migrations.AddConstraint(
            model_name="kandidat",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("dipegang_oleh__isnull", True), ("dipegang_sampai__isnull", True)),
                    models.Q(("dipegang_oleh__isnull", False), ("dipegang_sampai__isnull", False)),
                    _connector="OR",
                ),
                name="kandidat_dipegang_lengkap",
            ),
        ),
        migrations.AddIndex(
            model_name="usulnik",
            index=models.Index(
                condition=models.Q(("keadaan", "menunggu")), fields=["wilayah", "id"], name="usulnik_menunggu"
            ),
        ),
        migrations.AddConstraint(
            model_name="usulnik",
            constraint=models.UniqueConstraint(
                condition=models.Q(("keadaan", "menunggu")), fields=("anggota",), name="usulnik_satu_menunggu"
            ),
        ),
        migrations.AddConstraint(
            model_name="usulnik",
            constraint=models.CheckConstraint(
                condition=models.Q(("nik__regex", "^\\d{16}$")), name="usulnik_16_angka"
            ),
        ),
        migrations.AddConstraint(
            model_name="usulnik",
            constraint=models.CheckConstraint(
                condition=models.Q(("diputus_oleh", models.F("diusulkan_oleh")), _negated=True),
                name="usulnik_orang_kedua",
            ),
        ),
        migrations.AddConstraint(
            model_name="usulnik",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("keadaan__in", ["disetujui", "ditolak"]), _negated=True),
                    models.Q(("diputus__isnull", False), ("diputus_oleh__isnull", False)),
                    _connector="OR",
                ),
                name="usulnik_diputus_orang",
            ),
        ),
        enable_matcher_wall("padan_penduduk"),
        *(enable_rls(f"padan_{name}") for name in ("hasil", "kandidat", "putusan", "usulnik")),
        *refer(
            "padan_hasil",
            [
                ("pencocokan_id", "padan_pencocokan", "id"),
                ("ekstrak_id", "padan_ekstrak", "id"),
                ("wilayah_id", "spatial_wilayah", "kode"),
            ],
        ),
        *refer("padan_kandidat", [("wilayah_id", "spatial_wilayah", "kode")]),
        append_only("padan_hasil"),
        append_only_but("padan_putusan", "dibatalkan", "dibatalkan_oleh_id"),
        migrations.RunSQL(
            "REVOKE DELETE, TRUNCATE ON padan_ekstrak, padan_pencocokan FROM sentral_app",
            "GRANT DELETE ON padan_ekstrak, padan_pencocokan TO sentral_app",
        ),
    ]
