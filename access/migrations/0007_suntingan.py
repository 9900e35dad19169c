"""One more act in the trail: changing the data of people by hand."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_jejak_segel"),
    ]

    operations = [
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
                    ("sunting", "mengubah data orang"),
                    ("ubah_hak", "mengubah hak"),
                    ("sistem", "proses sistem"),
                    ("masuk", "masuk"),
                    ("periksa", "memeriksa peringatan"),
                ],
                max_length=20,
            ),
        ),
    ]
