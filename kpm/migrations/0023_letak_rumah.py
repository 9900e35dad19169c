"""One more kind of change by hand: where a house stands."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kpm", "0022_padan_tanpa_peristiwa")]

    operations = [
        migrations.AlterField(
            model_name="suntingan",
            name="jenis",
            field=models.CharField(
                choices=[
                    ("keluarga_baru", "Keluarga baru"),
                    ("kelahiran", "Kelahiran"),
                    ("anggota_baru", "Anggota masuk"),
                    ("kematian", "Kematian"),
                    ("pindah", "Pindah"),
                    ("pindah_keluar", "Pindah ke luar desa"),
                    ("pindah_kk", "Pindah ke KK lain"),
                    ("pisah", "Pisah KK"),
                    ("gabung", "Gabung KK"),
                    ("kepala", "Ganti kepala keluarga"),
                    ("keluarga", "Perbaikan data keluarga"),
                    ("anggota", "Perbaikan data anggota"),
                    ("titik", "Letak rumah"),
                    ("anggota_keluar", "Anggota keluar"),
                    ("anggota_kembali", "Anggota kembali"),
                    ("keluar", "Keluarga keluar dari daftar"),
                    ("kembali", "Keluarga kembali ke daftar"),
                    ("batal", "Perubahan dibatalkan"),
                ],
                max_length=20,
            ),
        ),
    ]
