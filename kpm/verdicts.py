"""What an import may say about a row or a file: one list, printed in docs/verdicts.md.

Four kinds. ditolak: the row is not applied and comes back in the reject workbook. catatan: applied,
and somebody should know. dirapikan: applied, written differently without a change of meaning.
berkas: the whole file is refused before a row is read.
Codes of rows are bits of two columns, `tolak` and `catatan`, in the SQL steps of an import.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    DITOLAK = "ditolak"
    CATATAN = "catatan"
    DIRAPIKAN = "dirapikan"
    BERKAS = "berkas"


@dataclass(frozen=True)
class Verdict:
    """`kolom` names the fields at fault (keys of imports.FIELDS), for the reject workbook."""

    kode: str
    kind: Kind
    judul: str
    akibat: str
    tindakan: str
    kolom: tuple[str, ...] = ()


def _ditolak(kode: str, judul: str, akibat: str, tindakan: str, *kolom: str) -> Verdict:
    return Verdict(kode, Kind.DITOLAK, judul, akibat, tindakan, kolom)


def _catatan(kode: str, judul: str, akibat: str, tindakan: str, *kolom: str) -> Verdict:
    return Verdict(kode, Kind.CATATAN, judul, akibat, tindakan, kolom)


def _dirapikan(kode: str, judul: str, akibat: str, *kolom: str) -> Verdict:
    return Verdict(kode, Kind.DIRAPIKAN, judul, akibat, "Tidak ada.", kolom)


def _berkas(kode: str, judul: str, tindakan: str) -> Verdict:
    return Verdict(kode, Kind.BERKAS, judul, "Berkas ditolak seluruhnya, tidak ada yang diubah.", tindakan)


DITOLAK = [
    _ditolak(
        "BUKAN_ORANG",
        "Baris bukan orang",
        "Baris tanpa nama, NIK dan ID: judul, jumlah, nomor kolom, baris KK, atau kepala kolom yang berulang.",
        "Hapus baris ini bila memang bukan orang.",
        "nama",
    ),
    _ditolak(
        "BUKAN_BARIS_DITOLAK",
        "Bukan baris yang ditolak",
        "Lembar perbaikan hanya memuat lagi baris yang ditolak, masing-masing sekali. Baris ini tambahan.",
        "Unggah baris tambahan dalam berkas sendiri.",
    ),
    _ditolak(
        "KELUARGA_TANPA_ORANG",
        "Baris keluarga tanpa anggota",
        "Tidak ada anggotanya di tabel anggota, atau semua anggotanya ditolak.",
        "Lengkapi anggotanya, atau perbaiki yang ditolak.",
        "id_keluarga",
    ),
    _ditolak(
        "KELUARGA_HILANG",
        "Baris keluarganya tidak ada",
        "Tabel keluarga tidak memuat keluarga orang ini, jadi alamatnya tidak diketahui.",
        "Tambahkan baris keluarganya, atau perbaiki ID-nya.",
        "id_keluarga",
        "no_kk",
    ),
    _ditolak(
        "KELUARGA_GANDA",
        "Dua baris keluarga dengan satu ID",
        "Tabel keluarga menyebut keluarga ini dua kali dengan isi berbeda. Tidak ada yang dipilihkan.",
        "Pertahankan satu baris keluarga, hapus yang lain.",
        "id_keluarga",
    ),
    _ditolak(
        "KELUARGA_EXCEL",
        "ID keluarga rusak karena Excel",
        "Angka belakangnya hilang dan tidak dapat dipulihkan.",
        "Ambil lagi dari sumbernya, simpan kolom ID keluarga sebagai teks.",
        "id_keluarga",
    ),
    _ditolak(
        "BARIS_GESER",
        "Jumlah isian tidak sama dengan judul kolom",
        "Pemisah kolom atau ganti baris di dalam isian menggeser kolom, jadi tidak ada yang dapat dipercaya.",
        "Perbaiki barisnya, atau simpan ulang sebagai XLSX.",
    ),
    _ditolak(
        "NAMA_KOSONG",
        "Nama kosong",
        "Orang tanpa nama tidak dapat didata.",
        "Isi nama seperti pada KTP.",
        "nama",
    ),
    _ditolak(
        "ISIAN_PANJANG",
        "Isian terlalu panjang",
        "Isian melebihi tempatnya dan tidak dipotong diam-diam.",
        "Pendekkan isian: nama, pekerjaan, alamat atau nomornya.",
        "id_dtks",
        "nik",
        "nama",
        "alamat",
        "dusun",
        "rt",
        "rw",
        "tempat_lahir",
        "hubungan",
        "pekerjaan",
        "nama_ibu",
        "keterangan_padan",
    ),
    _ditolak(
        "ID_EXCEL",
        "ID DTKS rusak karena Excel",
        "Angka belakangnya hilang dan tidak dapat dipulihkan.",
        "Ambil lagi dari SIKS-NG, simpan kolom ID DTKS sebagai teks.",
        "id_dtks",
    ),
    _ditolak(
        "KK_EXCEL",
        "No. KK rusak karena Excel",
        "Angka belakangnya hilang dan tidak dapat dipulihkan.",
        "Ambil lagi dari SIKS-NG, simpan kolom No. KK sebagai teks.",
        "no_kk",
    ),
    _ditolak(
        "NIK_EXCEL",
        "NIK rusak karena Excel",
        "Angka belakangnya hilang dan tidak dapat dipulihkan.",
        "Ambil lagi dari SIKS-NG, simpan kolom NIK sebagai teks.",
        "nik",
    ),
    _ditolak(
        "NOMOR_SAMAR",
        "NIK atau No. KK disamarkan",
        "Angkanya diganti bintang, jadi nomor yang sudah tercatat akan terhapus.",
        "Pakai berkas asalnya. Daftar yang diunduh dari SENTRAL tidak untuk dimuat lagi.",
        "nik",
        "no_kk",
    ),
    _ditolak(
        "TANPA_KUNCI",
        "No. KK, ID DTKS dan ID keluarga tidak ada",
        "Tanpa satu pun orang ini tidak dapat dikenali lagi pada impor berikutnya.",
        "Isi No. KK 16 angka, atau ID DTKS.",
        "no_kk",
        "id_dtks",
        "id_keluarga",
    ),
    _ditolak(
        "DESA_KOSONG",
        "Nama wilayah tidak lengkap",
        "Nama desa saja tidak cukup, beberapa nama dipakai dua kali.",
        "Isi desa, kecamatan dan kabupaten.",
        "desa",
        "kecamatan",
        "kabupaten",
        "kode_desa",
    ),
    _ditolak(
        "DESA_TAK_DIKENAL",
        "Desa tidak dikenal",
        "Tidak ada desa bernama ini di kecamatan itu. Yang mirip hanya diusulkan, tidak dipakai.",
        "Pilih desa yang benar.",
        "desa",
        "kecamatan",
        "kabupaten",
        "kode_desa",
    ),
    _ditolak(
        "DESA_RAGU",
        "Kode desa menunjuk dua tempat",
        "Kode Kemendagri dan kode BPS mirip: kode ini ada pada keduanya, atau tidak cocok dengan namanya.",
        "Tulis nama desa, kecamatan dan kabupaten, kosongkan kodenya.",
        "kode_desa",
        "desa",
    ),
    _ditolak(
        "DILUAR_WILAYAH",
        "Di luar wilayah Anda",
        "Desa ini tidak termasuk penugasan Anda.",
        "Serahkan baris ini kepada Dinsos kabupaten itu, atau kepada Dinsos provinsi.",
        "desa",
    ),
    _ditolak(
        "TANGGAL_SALAH",
        "Tanggal lahir tidak mungkin",
        "Tanggal yang tidak ada, belum terjadi, sebelum 1900, atau tidak terbaca.",
        "Tulis tanggal seperti 31-12-1980, atau kosongkan.",
        "tanggal_lahir",
    ),
    _ditolak(
        "TANGGAL_DUA_ANGKA",
        "Tahun lahir dua angka",
        "Abadnya tidak ditebak.",
        "Tulis tahun empat angka.",
        "tanggal_lahir",
    ),
    _ditolak(
        "TANGGAL_RAGU",
        "Hari dan bulan lahir dapat tertukar",
        "Kolomnya memuat dua urutan, hari dulu dan bulan dulu, dan tanggal ini mungkin menurut keduanya.",
        "Tulis nama bulannya, seperti 5 Mar 1980, atau tahun dulu: 1980-03-05.",
        "tanggal_lahir",
    ),
    _ditolak(
        "BARIS_SAMA",
        "Baris ganda dalam berkas",
        "Sama persis dengan baris di atasnya. Yang pertama diterapkan.",
        "Tidak ada, atau hapus ulangannya.",
    ),
    _ditolak(
        "ID_GANDA",
        "ID DTKS dipakai dua kali dalam berkas",
        "Dua baris berbeda memakai satu ID DTKS. Tidak ada yang dipilihkan.",
        "Pertahankan satu, hapus yang lain.",
        "id_dtks",
    ),
    _ditolak(
        "ORANG_GANDA",
        "Orang ganda dalam berkas",
        "Dua baris satu KK dengan NIK sama, atau nama dan tanggal lahir sama, tanpa ID DTKS yang membedakan.",
        "Pertahankan satu, hapus yang lain, atau isi ID DTKS.",
        "nik",
        "nama",
        "tanggal_lahir",
    ),
    _ditolak(
        "KK_BEDA_DESA",
        "Satu keluarga di dua desa",
        "Anggota satu KK atau satu rumah tangga tertulis di desa yang berbeda. Tidak ada yang dipilihkan.",
        "Samakan desanya, atau perbaiki No. KK.",
        "no_kk",
        "desa",
    ),
    _ditolak(
        "SUDAH_DI_LUAR",
        "Sudah ada di data provinsi di luar wilayah Anda",
        "Orang atau No. KK ini sudah tercatat di luar wilayah Anda.",
        "Hubungi Dinsos provinsi.",
        "no_kk",
        "id_dtks",
    ),
    _ditolak(
        "AMBIGU",
        "Cocok dengan dua orang",
        "Ada dua orang di data, atau dua baris di berkas, yang sama-sama cocok. Tidak ada yang dipilihkan.",
        "Isi ID DTKS pada baris ini.",
        "id_dtks",
        "nik",
    ),
    _ditolak(
        "PERIODE_LAMA",
        "Data di SENTRAL lebih baru",
        "Orang atau keluarganya sudah dimuat dari periode yang lebih baru.",
        "Tidak ada. Unggah periode yang terbaru.",
        "id_dtks",
    ),
]

CATATAN = [
    _catatan(
        "KK_TANPA",
        "No. KK kosong atau bukan 16 angka",
        "Orangnya masuk sebagai keluarga sendiri bertanda tanpa KK, atau bersama rumah tangganya bila ber-ID.",
        "Lengkapi No. KK di SIKS-NG.",
        "no_kk",
    ),
    _catatan(
        "KK_0000",
        "No. KK berakhir 0000",
        "Disimpan seperti tertulis. Nomor seperti ini tidak diterbitkan.",
        "Cocokkan dengan kartu keluarganya.",
        "no_kk",
    ),
    _catatan("NIK_KOSONG", "NIK kosong", "Orangnya masuk, NIK dicari saat padan.", "Tidak ada.", "nik"),
    _catatan(
        "NIK_BUKAN_16",
        "NIK bukan 16 angka",
        "Disimpan seperti tertulis, ditandai tidak sah.",
        "Perbaiki di SIKS-NG.",
        "nik",
    ),
    _catatan(
        "NIK_WILAYAH",
        "Kode provinsi NIK tidak dikenal",
        "Disimpan seperti tertulis, ditandai tidak sah.",
        "Cocokkan dengan KTP-nya.",
        "nik",
    ),
    _catatan(
        "NIK_TANGGAL",
        "Tanggal dalam NIK tidak mungkin",
        "Disimpan seperti tertulis, ditandai tidak sah.",
        "Cocokkan dengan KTP-nya.",
        "nik",
    ),
    _catatan(
        "NIK_0000",
        "NIK berakhir 0000",
        "Disimpan seperti tertulis. Nomor seperti ini tidak diterbitkan.",
        "Cocokkan dengan KTP-nya.",
        "nik",
    ),
    _catatan(
        "NIK_BEDA_TANGGAL",
        "Tanggal lahir tidak sama dengan NIK",
        "Keduanya disimpan seperti tertulis.",
        "Cocokkan dengan KTP-nya.",
        "nik",
        "tanggal_lahir",
    ),
    _catatan(
        "NIK_BEDA_KELAMIN",
        "Jenis kelamin tidak sama dengan NIK",
        "Keduanya disimpan seperti tertulis.",
        "Cocokkan dengan KTP-nya.",
        "nik",
        "jenis_kelamin",
    ),
    _catatan(
        "NIK_GANDA",
        "NIK dipakai dua orang dalam berkas",
        "Keduanya masuk, karena NIK bukan kunci. Siapa pemiliknya diputuskan saat padan.",
        "Cocokkan dengan KTP-nya.",
        "nik",
    ),
    _catatan(
        "NIK_BANYAK",
        "Satu NIK dipakai banyak orang dalam berkas",
        "Semuanya masuk, NIK disimpan seperti tertulis. Nomor seperti ini biasanya diisi untuk yang tidak punya.",
        "Kosongkan NIK-nya di SIKS-NG bila bukan miliknya.",
        "nik",
    ),
    _catatan(
        "ORANG_DUA_KK",
        "Orang yang sama di dua KK dalam berkas",
        "Nama, tanggal lahir dan jenis kelaminnya sama, No. KK-nya lain. Keduanya masuk.",
        "Putuskan di halaman Data ganda.",
        "nama",
        "tanggal_lahir",
        "no_kk",
    ),
    _catatan(
        "NIK_TERCATAT",
        "NIK sudah tercatat pada orang lain",
        "Orang lain di data provinsi memakai NIK ini. Barisnya masuk, tidak ada yang ditimpa.",
        "Putuskan di halaman Data ganda.",
        "nik",
    ),
    _catatan(
        "ORANG_TERCATAT",
        "Orangnya sudah tercatat di keluarga lain",
        "Nama, tanggal lahir dan jenis kelamin yang sama ada di keluarga lain di kecamatan ini. Barisnya masuk.",
        "Putuskan di halaman Data ganda.",
        "nama",
        "tanggal_lahir",
        "no_kk",
    ),
    _catatan(
        "NIK_SEL_ANGKA",
        "NIK atau No. KK disimpan sebagai angka",
        "Angkanya utuh, jadi dipakai. Excel dapat merusaknya pada penyimpanan berikutnya.",
        "Ubah kolomnya menjadi teks.",
        "nik",
        "no_kk",
    ),
    _catatan(
        "TANGGAL_KOSONG",
        "Tanggal lahir kosong",
        "Dibiarkan kosong (juga 0000-00-00 dan tanda -), tidak diisi tanggal lain.",
        "Lengkapi saat verval.",
        "tanggal_lahir",
    ),
    _catatan(
        "TEMPAT_KOSONG", "Tempat lahir kosong", "Dibiarkan kosong.", "Lengkapi saat verval.", "tempat_lahir"
    ),
    _catatan(
        "KELAMIN_KOSONG",
        "Jenis kelamin kosong",
        "Dibiarkan kosong, tidak diambil dari NIK.",
        "Lengkapi saat verval.",
        "jenis_kelamin",
    ),
    _catatan(
        "KELAMIN_LAIN", "Jenis kelamin tidak terbaca", "Dibiarkan kosong.", "Tulis L atau P.", "jenis_kelamin"
    ),
    _catatan(
        "HUBUNGAN_KOSONG",
        "Hubungan keluarga kosong",
        "Dibiarkan kosong.",
        "Lengkapi saat verval.",
        "hubungan",
    ),
    _catatan(
        "HUBUNGAN_LAIN",
        "Hubungan keluarga tidak dikenal",
        "Disimpan seperti tertulis.",
        "Pakai sebutan pada KK, misalnya ISTRI atau ANAK.",
        "hubungan",
    ),
    _catatan(
        "BANSOS_LAIN",
        "Isian bansos tidak terbaca",
        "Bukan YA, TIDAK, 1 atau 0: kepesertaan itu tidak dicatat dan tidak dihapus.",
        "Tulis YA atau TIDAK.",
        "SEMBAKO",
        "PKH",
        "BPNT_PPKM",
        "PBI_JK",
    ),
    _catatan(
        "PERINGKAT_SALAH",
        "Desil atau persentil di luar batas",
        "Desil 1 sampai 10, persentil 1 sampai 100. Yang lain tidak dicatat.",
        "Perbaiki angkanya.",
        "desil",
        "persentil",
    ),
    _catatan(
        "PERINGKAT_BEDA",
        "Desil atau persentil berbeda dalam satu KK",
        "Tidak ada yang dipilihkan, peringkat keluarga ini tidak dicatat.",
        "Samakan angkanya.",
        "desil",
        "persentil",
    ),
    _catatan(
        "EJAAN_DESA",
        "Wilayah dengan ejaan lain",
        "Dibaca sebagai nama resminya.",
        "Tidak ada.",
        "desa",
        "kecamatan",
        "kabupaten",
    ),
    _catatan(
        "RT_RW_DI_ALAMAT",
        "RT atau RW tertulis di dalam alamat",
        "Alamat disimpan seperti tertulis, kolom RT dan RW tidak diisi dari situ.",
        "Pindahkan ke kolom RT dan RW.",
        "alamat",
    ),
    _catatan(
        "ALAMAT_BEDA",
        "Alamat berbeda dalam satu KK",
        "Dipakai alamat kepala keluarga, atau baris pertama bila tidak ada kepala.",
        "Samakan alamatnya.",
        "alamat",
        "dusun",
        "rt",
        "rw",
    ),
    _catatan(
        "KEPALA_GANDA",
        "Dua kepala dalam satu KK",
        "Keduanya disimpan seperti tertulis.",
        "Perbaiki hubungan keluarganya.",
        "hubungan",
    ),
    _catatan(
        "TANPA_KEPALA",
        "KK tanpa kepala keluarga",
        "Disimpan seperti tertulis.",
        "Lengkapi saat verval.",
        "hubungan",
    ),
    _catatan(
        "NAMA_GANJIL",
        "Nama memuat tanda yang tidak biasa",
        "Disimpan seperti tertulis. Angka atau lambang dalam nama biasanya salah ketik.",
        "Cocokkan dengan KTP-nya.",
        "nama",
    ),
    _catatan(
        "NAMA_ALM",
        "Nama bertanda almarhum",
        "Orangnya masuk dan tetap aktif.",
        "Periksa saat verval.",
        "nama",
    ),
    _catatan(
        "PINDAH_DESA",
        "Keluarga pindah desa",
        "Keluarga dan anggotanya dipindah ke desa di berkas.",
        "Tidak ada.",
        "desa",
    ),
    _catatan(
        "PINDAH_KK",
        "Orang pindah KK",
        "Orangnya dipindah ke keluarga di berkas, bersama kepesertaannya.",
        "Tidak ada.",
        "no_kk",
    ),
    _catatan(
        "ID_BERUBAH",
        "ID DTKS berubah",
        "Orang yang sama menurut No. KK dengan NIK atau nama dan tanggal lahir. ID baru dipakai.",
        "Tidak ada.",
        "id_dtks",
    ),
    _catatan(
        "HANYA_JAWABAN",
        "Data di SENTRAL lebih baru, hanya jawabannya dicatat",
        "Orangnya sudah dimuat dari periode yang lebih baru. Dari baris ini hanya jawaban kuesioner yang dicatat.",
        "Tidak ada.",
    ),
    _catatan(
        "INDIKATOR_DILUAR_DAFTAR",
        "Jawaban di luar daftar kode",
        "Jawaban itu tidak dicatat, isian lain di baris ini tetap dipakai.",
        "Tulis kodenya seperti di kuesioner.",
    ),
    _catatan(
        "INDIKATOR_BEDA",
        "Jawaban tentang rumah berbeda dalam satu KK",
        "Dipakai jawaban di baris kepala keluarga, atau baris pertama bila tidak ada kepala.",
        "Samakan jawabannya.",
    ),
    _catatan(
        "KELUAR_TERCATAT",
        "Keluarga yang sudah keluar tercatat lagi",
        "Isinya diperbarui, tetapi statusnya tetap keluar sampai ada yang memutuskan.",
        "Periksa keluarga itu.",
    ),
    _catatan(
        "ANGGOTA_TIDAK_AKTIF",
        "Orang yang tidak lagi anggota tercatat lagi",
        "Isinya diperbarui, tetapi ia tetap tercatat meninggal, pindah atau keluar sampai ada yang memutuskan.",
        "Periksa orang itu. Bila keliru, kembalikan lewat Ubah data.",
    ),
    _catatan(
        "KK_BERUBAH",
        "No. KK keluarga berubah",
        "Keluarga yang sama menurut ID-nya. No. KK di berkas dipakai.",
        "Tidak ada.",
        "no_kk",
    ),
    _catatan(
        "ID_KELUARGA_LAIN",
        "ID keluarga sudah dipakai keluarga lain",
        "Keluarga ini dikenal dari No. KK-nya. ID keluarga di berkas tidak dipindahkan kepadanya.",
        "Cocokkan kedua keluarga itu.",
        "id_keluarga",
        "no_kk",
    ),
    _catatan(
        "DESIL_KELAS",
        "Desil hanya berupa kelas",
        "DESIL_6_10 dan DESIL_BELUM_DITENTUKAN bukan satu desil, jadi desilnya tidak dicatat.",
        "Tidak ada.",
        "desil",
    ),
    _catatan(
        "STATUS_LAIN",
        "Status DTSEN bukan Aktif",
        "Orangnya masuk dan tetap aktif.",
        "Periksa saat verval.",
        "status_dtsen",
    ),
    _catatan(
        "TITIK_SALAH",
        "Letak rumah tidak mungkin",
        "Lintang dan bujurnya tidak terbaca atau di luar provinsi. Barisnya masuk tanpa letak rumah.",
        "Perbaiki lintang dan bujurnya.",
        "lat",
        "long",
    ),
]

DIRAPIKAN = [
    _dirapikan(
        "ID_SPASI",
        "Spasi atau tanda tak tampak di nomor",
        "Dibuang, angkanya tetap.",
        "id_dtks",
        "nik",
        "no_kk",
    ),
    _dirapikan(
        "ID_PETIK", "Tanda petik di depan nomor", "Dibuang, angkanya tetap.", "id_dtks", "nik", "no_kk"
    ),
    _dirapikan(
        "ID_DESIMAL", "Nomor berakhir .0", "Dibuang, tidak ada angka yang hilang.", "id_dtks", "nik", "no_kk"
    ),
    _dirapikan(
        "ID_PEMISAH", "Titik atau strip di dalam nomor", "Dibuang, ke-16 angkanya tetap.", "nik", "no_kk"
    ),
    _dirapikan("TANDA_KOSONG", "Tulisan NULL, -, NN, Tdk Th", "Dibaca sebagai kosong."),
    _dirapikan(
        "KELAMIN_KODE", "Jenis kelamin sebagai kode lain", "1, Lk dibaca L; 2, Pr dibaca P.", "jenis_kelamin"
    ),
    _dirapikan(
        "TANGGAL_SERIAL",
        "Tanggal sebagai angka Excel",
        "Dibaca sebagai tanggal menurut hitungan Excel.",
        "tanggal_lahir",
    ),
    _dirapikan(
        "TITIK_TERTUKAR", "Lintang dan bujur tertukar", "Dibaca pada tempatnya masing-masing.", "lat", "long"
    ),
    _dirapikan("TITIK_KOMA", "Lintang atau bujur dengan koma", "Koma dibaca sebagai titik.", "lat", "long"),
    _dirapikan(
        "TANDA_TAK_TAMPAK",
        "Ganti baris atau tanda tak tampak di isian",
        "Ganti baris menjadi spasi, tanda tak tampak dan tanda pembalik arah tulis dibuang.",
        "nama",
        "alamat",
        "dusun",
        "tempat_lahir",
        "pekerjaan",
        "nama_ibu",
    ),
    _dirapikan("RT_RW_NOL", "RT atau RW bukan dua angka", "3 dan 003 disimpan 03.", "rt", "rw"),
]

BERKAS = [
    _berkas(
        "JENIS_BERKAS",
        "Bukan lembar kerja",
        "Unggah .xlsx, .xlsm, .csv, .xls, .xlsb, .ods, atau ZIP berisi satu di antaranya. Berkas .siks belum dibaca.",
    ),
    _berkas("BERKAS_KOSONG", "Berkas kosong", "Unggah berkas yang berisi."),
    _berkas("BERKAS_BESAR", "Berkas terlalu besar", "Bagi menjadi beberapa berkas."),
    _berkas("BERKAS_SANDI", "Berkas bersandi", "Buka di Excel, simpan tanpa sandi, lalu unggah lagi."),
    _berkas(
        "BERKAS_RUSAK", "Berkas rusak", "Buka di Excel, simpan sekali lagi sebagai XLSX, lalu unggah lagi."
    ),
    _berkas(
        "BERKAS_PADAT",
        "Isi berkas terlalu besar setelah dibuka",
        "Salin datanya saja ke berkas baru, tanpa baris kosong berformat.",
    ),
    _berkas("BERKAS_KEMBAR", "Berkas sudah pernah dimuat", "Tidak ada, atau pilih Ulangi."),
    _berkas(
        "KOLOM_HILANG",
        "Kolom wajib tidak ditemukan",
        "Beri judul kolom seperti keluaran SIKS-NG, dalam 15 baris pertama.",
    ),
    _berkas(
        "ZIP_TAK_TERKAIT",
        "Beberapa berkas yang tidak saling terkait",
        "Kirim satu daftar, atau tabel keluarga bersama tabel anggotanya.",
    ),
    _berkas(
        "LEMBAR_BANYAK",
        "Lebih dari satu lembar berisi daftar orang",
        "Pilih lembar yang dimuat, atau gabungkan lembar yang judul kolomnya sama.",
    ),
    _berkas("KOLOM_GANDA", "Dua kolom berisi hal yang sama", "Hapus salah satu."),
    _berkas("TANPA_BARIS", "Tidak ada baris di bawah judul kolom", "Unggah berkas yang berisi data."),
]

ROW_VERDICTS = [*DITOLAK, *CATATAN, *DIRAPIKAN]
VERDICTS = {verdict.kode: verdict for verdict in [*ROW_VERDICTS, *BERKAS]}

TOLAK_BIT = {verdict.kode: 1 << place for place, verdict in enumerate(DITOLAK)}
CATATAN_BIT = {verdict.kode: 1 << place for place, verdict in enumerate([*CATATAN, *DIRAPIKAN])}
# Bits of `catatan` that make a row "diterapkan dengan catatan"; the others only tidied it.
CATATAN_MASK = sum(CATATAN_BIT[verdict.kode] for verdict in CATATAN)


def bits() -> dict[str, int]:
    """Every row verdict's bit by code, as parameters of the SQL steps."""
    return TOLAK_BIT | CATATAN_BIT | {"CATATAN_MASK": CATATAN_MASK}


def rejected_for(tolak: int) -> list[Verdict]:
    """The reasons in a row's `tolak`, in the order of this list."""
    return [verdict for verdict in DITOLAK if tolak & TOLAK_BIT[verdict.kode]]


def noted_with(catatan: int) -> list[Verdict]:
    """The remarks in a row's `catatan`, in the order of this list."""
    return [verdict for verdict in [*CATATAN, *DIRAPIKAN] if catatan & CATATAN_BIT[verdict.kode]]


class FileRefused(Exception):
    """A whole file is refused; str() is the sentence for its sender."""

    def __init__(self, kode: str, sentence: str):
        super().__init__(sentence)
        self.verdict = VERDICTS[kode]


DOC_HEAD = """# What an import says about rows and files

Written by `manage.py tulis_vonis` from kpm/verdicts.py; a test compares the two.
Each code has a row in tests/data/ that earns it, or a test of its own.

read = applied + rejected, always: the import stops rather than commit anything else. Blank rows,
title rows and a row of column numbers are not data; the report says how many were passed over.
"""

KIND_TITLES = {
    Kind.DITOLAK: "Ditolak: not applied, comes back in the reject workbook",
    Kind.CATATAN: "Catatan: applied, and somebody should know",
    Kind.DIRAPIKAN: "Dirapikan: applied, written differently without a change of meaning",
    Kind.BERKAS: "Berkas: the whole file is refused",
}

DOC_TAIL = """
## Decisions

- The same person: id_dtks equal; else No. KK and a valid NIK; else No. KK, nama_normal and birth date.
  Somebody already matched by id_dtks is not matched again by the later two. Two hits either way: AMBIGU.
- NIK is no key and never repaired. Blanks, invisible signs, a leading apostrophe, a trailing `.0` and
  separators between 16 digits are dropped, since no digit changes; each leaves its remark. Only zeros
  is empty.
- A NIK or No. KK that Excel turned into 1.9E+15, or that stands in a number cell and ends in 0 (Excel
  keeps 15 digits), is refused. A number cell ending in another digit was not written by Excel and lost
  nothing: applied with NIK_SEL_ANGKA.
- No. KK counts when it has 16 digits. Without one the person belongs to its household when that has an id,
  becomes a keluarga of its own when id_dtks stands, else the row is refused.
- The keluarga is the card. A household with an id and no card in the file is one keluarga (decision 0021); a
  person of it without a No. KK goes with its only card. An id of a household belongs to one keluarga.
- Of linked tables every person needs the row of his household, every household a person.
- A house is where lat and long say, when that is in the province. An empty cell leaves the point where it is.
- A mended workbook brings back refused rows, each once; others in it are refused.
- A keluarga takes alamat, dusun, RT and RW from its head's row, else from its first row.
- RT and RW made of digits are stored with two: 3 and 003 are 03. Others stay as written.
- Two rows alike in every known column: the first is applied, the others are BARIS_SAMA.
- A birth date is day-month-year (or year-month-day), with `-`, `/`, `.` or a month's name; five digits
  are an Excel serial. Month first only when the sender said so (decision 0022). Unreadable or impossible
  refuses the row, since storing nothing would lose what was written; empty stays empty.
- A column that the file lacks changes nothing; an empty cell in a column it has empties the field.
- Bansos YA adds a Kepesertaan of the file's sumber, TIDAK takes it away, anything else does neither.
- An answer of a questionnaire is stored as its code. "1", "01", "1.0", "1. Ya" and "Ya" are one answer where the
  list has one such code and label; a number and a label that disagree, or a label two codes share, are outside
  the list: the answer is not stored, an earlier one stays. Lists keep their own codes (3/4 for every second
  yes/no of BDT, zero-based school and illness, sums of bits): nothing is renumbered.
- A wilayah code counts when only one of the two codings knows it and the names, if given, agree. Codes in
  parts are BPS's when the village has up to three digits, Kemendagri's when it has four.
- Rows of an older periode do not overwrite a newer one. In a file with answers of a questionnaire (BDT 2015) the
  rows of people who are there already bring their answers all the same, under the file's own periode, and nothing else.
- The uploaded file is kept for 7 days after the import, like the reject workbook, then both are deleted.
"""


def document() -> str:
    """The text of docs/verdicts.md."""
    parts = [DOC_HEAD]
    for kind, title in KIND_TITLES.items():
        parts.append(
            f"\n## {title}\n\n| code | judul | yang terjadi | yang perlu dilakukan |\n|---|---|---|---|\n"
        )
        parts += [
            f"| {v.kode} | {v.judul} | {v.akibat} | {v.tindakan} |\n"
            for v in VERDICTS.values()
            if v.kind == kind
        ]
    return "".join(parts) + DOC_TAIL
