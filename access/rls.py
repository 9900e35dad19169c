"""Row-level security: what PostgreSQL itself refuses to show, whatever a view forgot.

Policies read session settings through `(select current_setting(...))`: the sub-select is evaluated
once per statement, the bare call once per row (36 ms against 18 for a count over 150,000 rows). The list
of villages is a set of rows, of which PostgreSQL makes a hash: one look per row, however many villages. As
an array it would be walked through for each row, and the planner would expect a tenth of the rows there are
(decision 0015).
"""

from django.db import migrations

ALL = "(select current_setting('sentral.semua', true) = '1')"
MATCHER = "(select current_setting('sentral.pencocok', true) = '1')"
OWN_VILLAGES = "{column} IN (select unnest(string_to_array(current_setting('sentral.desa', true), ',')))"

# Tables without a policy, and why that is right. A test compares this with pg_class.
EXEMPT = {
    "access_user": "akun petugas, bukan data warga; dibaca sebelum wilayah diketahui",
    "access_user_groups": "akun petugas",
    "access_user_user_permissions": "akun petugas",
    "access_penugasan": "menentukan wilayah, jadi dibaca sebelum wilayah diketahui",
    "access_penugasanevent": "riwayat penugasan petugas",
    "access_jejakisi": "nomor baris yang ditampilkan, tanpa isinya; siapa dan kapan ada di access_jejak",
    "access_jejaksegel": "sidik baris jejak, tanpa isinya",
    "access_volume": "jumlah yang dibuka petugas per hari, tanpa orang",
    "account_emailaddress": "surel petugas",
    "account_emailconfirmation": "surel petugas",
    "auth_group": "hak",
    "auth_group_permissions": "hak",
    "auth_permission": "hak",
    "axes_accessattempt": "percobaan masuk petugas",
    "axes_accessattemptexpiration": "percobaan masuk petugas",
    "axes_accessfailurelog": "percobaan masuk petugas",
    "axes_accesslog": "masuk dan keluar petugas",
    "django_admin_log": "perubahan lewat situs admin, tanpa isi baris",
    "django_content_type": "nama model",
    "django_migrations": "skema",
    "django_session": "sesi petugas",
    "jobs_ekspor": "siapa meminta berkas apa, mengapa, berapa, siapa menyetujui; saringannya di jobs_eksporsaringan",
    # Behind a policy PostgreSQL would not use the GIN index on ids: @> is not leakproof.
    "jobs_eksporisi": "nomor baris yang keluar bersama berkas; tanpa nama dan NIK, hanya ditambah",
    "jobs_job": "pekerjaan; hanya id dan jumlah",
    "kpm_indikator": "acuan: pertanyaan kuesioner",
    "kpm_pilihanindikator": "acuan: pilihan jawaban kuesioner",
    "kpm_barisditolak": "nomor baris berkas yang ditolak, tanpa isinya",
    "kpm_hitungganda": "sampai mana data ganda dihitung; hanya nomor",
    "kpm_hitungrekap": "sampai suntingan mana rekap dihitung; hanya nomor",
    "kpm_impor": "berkas yang diunggah; hanya nama berkas dan jumlah",
    "kpm_langkah": "langkah sebuah impor: pekerjaan mana, oleh siapa",
    "kpm_profil": "susunan kolom berkas, tanpa isinya",
    "kpm_program": "acuan",
    "kpm_rekap": "jumlah per wilayah tanpa orang, sel di bawah 10 kosong",
    "kpm_sumber": "acuan",
    "padan_ekstrak": "siapa menyerahkan berkas apa, dengan PKS mana; hanya nama berkas dan jumlah",
    "padan_pencocokan": "pencocokan mana dengan ambang berapa; hanya jumlah",
    "mfa_authenticator": "langkah kedua petugas, rahasianya disandikan",
    "kpm_unggahan": "berkas yang menunggu; hanya nama berkas dan ukuran",
    "pghistory_context": "siapa dan pekerjaan mana; tanpa isi baris",
    "sentral_daftarakun": "daftar akun petugas yang diunggah, dibaca pengunggahnya",
    "sentral_slip": "nama berkas slip, tanpa isinya",
    "spatial_batas": "acuan",
    "spatial_ejaan": "acuan",
    "spatial_ref_sys": "acuan PostGIS",
    "spatial_versibatas": "acuan",
    "spatial_wilayah": "acuan",
    "usersessions_usersession": "sesi petugas: perangkat, alamat, waktu",
}


def enable_rls(table: str, column: str = "wilayah_id") -> migrations.RunSQL:
    """A migration step that puts `table` behind the territory policy, for its owner as well.

    USING is also WITH CHECK: nothing can be written outside one's own territory, and a row without
    a wilayah is seen by a session that may see everything and by nobody else.
    """
    return _wall(table, "wilayah", _condition(column))


def enable_matcher_wall(table: str) -> migrations.RunSQL:
    """A migration step that leaves `table` to sessions inside `as_matcher`: nobody's territory opens it."""
    return _wall(table, "pencocok", MATCHER)


def _wall(table: str, policy: str, condition: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {policy} ON {table} USING ({condition}) WITH CHECK ({condition})",
        ],
        [
            f"DROP POLICY {policy} ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ],
    )


def renew_policy(table: str, column: str = "wilayah_id") -> migrations.RunSQL:
    """A migration step that words the policy of `table` as enable_rls does now. Same rows, another plan."""
    condition = _condition(column)
    return migrations.RunSQL(
        f"ALTER POLICY wilayah ON {table} USING ({condition}) WITH CHECK ({condition})",
        migrations.RunSQL.noop,
    )


def _condition(column: str) -> str:
    return f"{ALL} OR {OWN_VILLAGES.format(column=column)}"


def append_only(table: str) -> migrations.RunSQL:
    """A migration step that leaves the app role no way to change or delete a row of `table`."""
    return migrations.RunSQL(
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM sentral_app",
        f"GRANT UPDATE, DELETE ON {table} TO sentral_app",
    )


def append_only_but(table: str, *columns: str) -> migrations.RunSQL:
    """A migration step like append_only, after which only `columns` of a row may still be filled in."""
    return migrations.RunSQL(
        [
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM sentral_app",
            f"GRANT UPDATE ({', '.join(columns)}) ON {table} TO sentral_app",
        ],
        [
            f"REVOKE UPDATE ({', '.join(columns)}) ON {table} FROM sentral_app",
            f"GRANT UPDATE, DELETE ON {table} TO sentral_app",
        ],
    )
