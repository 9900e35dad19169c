"""An import lives in steps: looked at, applied, undone. Imports of before have one step, the applying.

What was their job's business moves to the import: its layout, and how far it came.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# An import that did not come to its end has no job that applied it; the step remembers which one tried.
COPY = """
INSERT INTO kpm_langkah (impor_id, jenis, job_id, oleh_id, dibuat)
SELECT id, 'terap', job_id, pemilik_id, dibuat FROM kpm_impor ORDER BY id;
UPDATE kpm_impor AS i
SET    layout = coalesce(j.parameter -> 'layout', '{}'),
       keadaan = CASE WHEN j.keadaan = 'selesai' THEN 'diterapkan' ELSE 'diperiksa' END,
       job_id = CASE WHEN j.keadaan = 'selesai' THEN j.id END
FROM   jobs_job AS j
WHERE  j.id = i.job_id;
UPDATE jobs_job SET parameter = parameter - 'layout' WHERE jenis = 'impor_dtks';
"""
BACK = """
UPDATE kpm_impor AS i
SET    job_id = l.job_id
FROM   (SELECT impor_id, max(job_id) AS job_id FROM kpm_langkah GROUP BY 1) AS l
WHERE  l.impor_id = i.id AND i.job_id IS NULL;
UPDATE jobs_job AS j
SET    parameter = j.parameter || jsonb_build_object('layout', i.layout)
FROM   kpm_impor AS i
WHERE  i.job_id = j.id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0004_simpan_sampai"),
        ("kpm", "0011_suntingan"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Langkah",
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
                        choices=[("tinjau", "pratinjau"), ("terap", "penerapan"), ("urung", "pembatalan")],
                        max_length=6,
                    ),
                ),
                ("dibuat", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "langkah impor",
                "verbose_name_plural": "langkah impor",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="impor",
            name="aturan",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="impor",
            name="awal",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="impor",
            name="keadaan",
            field=models.CharField(
                choices=[
                    ("diperiksa", "sedang diperiksa"),
                    ("bertanya", "menunggu jawaban"),
                    ("ditinjau", "siap ditinjau"),
                    ("menunggu_setuju", "menunggu persetujuan"),
                    ("diterapkan", "diterapkan"),
                    ("diurungkan", "diurungkan"),
                    ("dibuang", "dibuang"),
                ],
                default="diperiksa",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="impor",
            name="layout",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="impor",
            name="setuju_alasan",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="impor",
            name="setuju_oleh",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="impor",
            name="setuju_pada",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="impor",
            name="tinjauan",
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name="impor",
            name="job",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="impor", to="jobs.job"
            ),
        ),
        migrations.AddField(
            model_name="langkah",
            name="impor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="langkah_list", to="kpm.impor"
            ),
        ),
        migrations.AddField(
            model_name="langkah",
            name="job",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="langkah", to="jobs.job"
            ),
        ),
        migrations.AddField(
            model_name="langkah",
            name="oleh",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL IMMEDIATE"),
        migrations.RunSQL(COPY, BACK),
        migrations.AddConstraint(
            model_name="impor",
            constraint=models.CheckConstraint(
                condition=models.Q(("setuju_oleh", models.F("pemilik")), _negated=True),
                name="impor_disetujui_orang_lain",
            ),
        ),
        migrations.AddConstraint(
            model_name="impor",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("keadaan__in", ["diterapkan", "diurungkan"]), _negated=True),
                    ("job__isnull", False),
                    _connector="OR",
                ),
                name="impor_diterapkan_lewat_job",
            ),
        ),
    ]
