"""Two more acts in the trail: extracts of the civil registry, and decisions about matches."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0007_suntingan"),
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
                    ("ekstrak", "mengurus ekstrak Dukcapil"),
                    ("padan", "memutuskan padanan"),
                ],
                max_length=20,
            ),
        ),
    ]
