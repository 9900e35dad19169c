"""An extract whose columns nobody knows waits until its sender has named them; its whole layout is kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("padan", "0001_ekstrak_hasil_putusan")]

    operations = [
        migrations.RenameField(model_name="ekstrak", old_name="kolom", new_name="layout"),
        migrations.AlterField(
            model_name="ekstrak",
            name="keadaan",
            field=models.CharField(
                choices=[
                    ("kolom", "menunggu penjelasan kolom"),
                    ("memuat", "sedang dimuat"),
                    ("siap", "siap dipakai"),
                    ("ditolak", "ditolak"),
                    ("dihapus", "isinya sudah dihapus"),
                ],
                default="memuat",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="ekstrak",
            name="sebab",
            field=models.CharField(
                blank=True, help_text="mengapa ditolak, atau apa yang ditanyakan", max_length=300
            ),
        ),
        migrations.RemoveConstraint(model_name="ekstrak", name="ekstrak_sekali"),
        migrations.AddConstraint(
            model_name="ekstrak",
            constraint=models.UniqueConstraint(
                condition=models.Q(("keadaan__in", ["kolom", "memuat", "siap"])),
                fields=("sha256",),
                name="ekstrak_sekali",
            ),
        ),
    ]
