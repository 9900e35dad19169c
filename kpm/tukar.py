"""Exchange files of the registers: the layouts the field passes on, with NIK and No. KK in full (decision 0026).

Layout A is the person list of SIKS-NG, its 23 columns in its order; layout D the family and the member table
of DTSEN; the third is a GeoPackage of the houses. What our importer reads of A and D is what the registers
hold, so a file that comes back changes nothing. Masked numbers would: the importer writes what it reads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from access.rules import may_exchange
from jobs.ekspor import Batch, EksporKind, Kolom, Size, Tabel, Wish, register
from jobs.ekspor.exchange import EXCHANGE
from jobs.ekspor.geopackage import GeoPackage
from kpm.ekspor import NOWHERE, Reader, count_anggota, count_keluarga, keluarga_of
from kpm.imports import PROGRAM
from kpm.models import Anggota, Keluarga, Kepesertaan, Peringkat

FULL = "lengkap, tanpa disamarkan"
NONE = "tidak ada; nama dan alamat juga tidak"
UNREAD = ("asal", "nama_normal")
LAYOUT_A = [
    Kolom("ID DTKS", 22),
    Kolom("PROVINSI", 26),
    Kolom("KABUPATEN/KOTA", 20),
    Kolom("KECAMATAN", 20),
    Kolom("DESA/KELUARAHAN", 22),  # so it is spelled in SIKS-NG, and so others look for it
    Kolom("ALAMAT", 32),
    Kolom("DUSUN", 14),
    Kolom("RT", 5),
    Kolom("RW", 5),
    Kolom("NOKK", 20),
    Kolom("NIK", 20),
    Kolom("NAMA", 30),
    Kolom("TANGGAL LAHIR", 14),
    Kolom("TEMPAT LAHIR", 18),
    Kolom("JENIS KELAMIN", 12),
    Kolom("PEKERJAAN", 20),
    Kolom("NAMA IBU KANDUNG", 26),
    Kolom("HUB KELUARGA", 18),
    Kolom("KETERANGAN PADAN", 18),
    Kolom("BANSOS BPNT", 12),
    Kolom("BANSOS PKH", 12),
    Kolom("BANSOS BPNT-PPKM", 12),
    Kolom("PBI JKN", 12),
]
FAMILY_D = [
    Kolom("id_keluarga", 22),
    Kolom("no_kk", 20),
    Kolom("nama_kepala_keluarga", 30),
    Kolom("jumlah_anggota", 10),
    Kolom("provinsi", 26),
    Kolom("kabupaten", 20),
    Kolom("kecamatan", 20),
    Kolom("kelurahan", 22),
    Kolom("alamat", 32),
    Kolom("dusun", 14),
    Kolom("no_rt", 6),
    Kolom("no_rw", 6),
    Kolom("desil_nasional", 10),
    Kolom("peringkat_nasional", 14),
]
MEMBER_D = [
    Kolom("id_dtks", 22),
    Kolom("nama", 30),
    Kolom("nik", 20),
    Kolom("tgl_lahir", 14),
    Kolom("jenis_kelamin", 12),
    Kolom("hub_kepala_keluarga", 18),
    Kolom("sts_kawin", 10),  # the registers do not hold it: empty
]
POINTS = [
    Kolom("BUJUR", angka=True),
    Kolom("LINTANG", angka=True),
    Kolom("KELUARGA", angka=True),
    Kolom("KODE_DESA"),
    Kolom("DESA"),
    Kolom("KECAMATAN"),
    Kolom("KABUPATEN_KOTA"),
    Kolom("JUMLAH_ANGGOTA", angka=True),
    Kolom("PROGRAM"),
    Kolom("AKURASI_M", angka=True),
    Kolom("ASAL_TITIK"),
]


class ExchangeReader(Reader):
    """Reads what only an exchange file holds."""

    def place(self, keluarga: Keluarga) -> tuple[str, str, str, str]:
        """Provinsi, kabupaten, kecamatan, desa in capitals, as SIKS-NG writes them."""
        desa, kecamatan, kabupaten, provinsi = self.places.get(keluarga.wilayah_id or "", NOWHERE)
        return provinsi.upper(), kabupaten.upper(), kecamatan.upper(), desa.upper()

    def nasional(self, ids: list[int]) -> dict[int, tuple[str, str]]:
        """Desil and rank by keluarga, of the newest list that has a desil. Of another list they mean something else."""
        sumber = dict(self.ranks).get("desil")
        rows = Peringkat.objects.visible_to(self.user).filter(keluarga_id__in=ids, sumber=sumber)
        found = rows.values_list("keluarga_id", "desil", "peringkat")
        return {pk: (_whole(desil), _whole(peringkat)) for pk, desil, peringkat in found}

    def taking(self, people: dict[int, list[Anggota]]) -> dict[int, set[str]]:
        """Per person the programmes in the list he comes from; those of a whole keluarga stand at its head."""
        own = {anggota.pk: anggota.sumber_id for members in people.values() for anggota in members}
        rows = Kepesertaan.objects.visible_to(self.user).filter(keluarga_id__in=people)
        found: dict[int, set[str]] = defaultdict(set)
        for keluarga, anggota, program, sumber in rows.values_list(
            "keluarga_id", "anggota_id", "program_id", "sumber_id"
        ):
            members = people.get(keluarga)
            person = members[0].pk if anggota is None and members else anggota
            if own.get(person) == sumber:
                found[person].add(program)
        return found


def batches_a(user, wish: Wish) -> Iterator[Batch]:
    """One row per person, the people of a keluarga together, the head in front."""
    reader = ExchangeReader(user, wish)
    for chunk in reader.chunks():
        ids = [keluarga.pk for keluarga in chunk]
        people = reader.anggota(ids, UNREAD)
        taking = reader.taking(people)
        rows, out = [], []
        for keluarga in chunk:
            place = reader.place(keluarga)
            address = (keluarga.alamat, keluarga.dusun, keluarga.rt, keluarga.rw, keluarga.no_kk or "")
            for anggota in people.get(keluarga.pk, []):
                out.append(anggota.pk)
                yes = ["YA" if kode in taking[anggota.pk] else "TIDAK" for kode in PROGRAM]
                rows.append((anggota.id_dtks or "", *place, *address, *_person(anggota), *yes))
        yield Batch(rows, {"keluarga": ids, "anggota": out})


def _person(anggota: Anggota) -> tuple[str, ...]:
    return (
        anggota.nik,
        anggota.nama,
        _date(anggota),
        anggota.tempat_lahir,
        anggota.jenis_kelamin,
        anggota.pekerjaan,
        anggota.nama_ibu,
        anggota.hubungan.upper(),
        anggota.keterangan_padan,
    )


def _date(anggota: Anggota) -> str:
    born = anggota.tanggal_lahir
    return f"{born:%d-%m-%Y}" if born else ""


def key_d(user, wish: Wish) -> str:
    """What joins the two tables: the id of the keluarga where all have one, else No. KK."""
    return "no_kk" if keluarga_of(user, wish).filter(id_keluarga=None).exists() else "id_keluarga"


def members_d(user, wish: Wish) -> list[Tabel]:
    """The table of members, the column that joins in front."""
    return [Tabel("anggota", [Kolom(key_d(user, wish), 22), *MEMBER_D])]


def batches_d(user, wish: Wish) -> Iterator[Batch]:
    """One row per keluarga, and beside it one per member."""
    reader, key = ExchangeReader(user, wish), key_d(user, wish)
    for chunk in reader.chunks("id_keluarga"):
        ids = [keluarga.pk for keluarga in chunk]
        people, ranks = reader.anggota(ids), reader.nasional(ids)
        rows, members, out = [], [], []
        for keluarga in chunk:
            own = people.get(keluarga.pk, [])
            out += [anggota.pk for anggota in own]
            number = str(getattr(keluarga, key) or "")
            members += [(number, *_member_d(anggota)) for anggota in own]
            rows.append(
                (
                    keluarga.id_keluarga or "",
                    keluarga.no_kk or "",
                    next((anggota.nama for anggota in own if anggota.kepala), ""),
                    str(len(own)),
                    *reader.place(keluarga),
                    keluarga.alamat,
                    keluarga.dusun,
                    keluarga.rt,
                    keluarga.rw,
                    *ranks.get(keluarga.pk, ("", "")),
                )
            )
        yield Batch(rows, {"keluarga": ids, "anggota": out}, [members])


def _member_d(anggota: Anggota) -> tuple[str, ...]:
    return (
        anggota.id_dtks or "",
        anggota.nama,
        anggota.nik,
        _date(anggota),
        anggota.jenis_kelamin,
        anggota.hubungan.upper(),
        "",
    )


def count_points(user, wish: Wish) -> Size:
    """One row per keluarga whose house has a place; its people count."""
    houses = keluarga_of(user, wish).filter(titik__isnull=False)
    orang = Anggota.objects.visible_to(user).aktif().filter(keluarga__in=houses.values("pk"))
    return Size(houses.count(), orang.count())


def batches_points(user, wish: Wish) -> Iterator[Batch]:
    """One point per house: where, how many people, which programmes; no name, no number, no address."""
    reader = ExchangeReader(user, wish)
    for chunk in reader.chunks("titik", "titik_akurasi_m", "titik_asal", titik__isnull=False):
        ids = [keluarga.pk for keluarga in chunk]
        people, programs = reader.anggota(ids), reader.program(chunk)
        ranks = reader.peringkat(ids)
        rows = [
            (
                *(repr(number) for number in (keluarga.titik.coords if keluarga.titik else ())),
                str(keluarga.pk),
                keluarga.wilayah_id or "",
                *reader.places.get(keluarga.wilayah_id or "", NOWHERE)[:3],
                str(len(people.get(keluarga.pk, []))),
                ", ".join(dict.fromkeys(name for _, name in programs.get(keluarga.pk, []))),
                _whole(keluarga.titik_akurasi_m),
                keluarga.titik_asal,
                *ranks[keluarga.pk],
            )
            for keluarga in chunk
        ]
        yield Batch(rows, {"keluarga": ids})


def _whole(number: int | None) -> str:
    return "" if number is None else str(number)


def kolom_points(user) -> list[Kolom]:
    """The columns of a point, with a rank for each scale."""
    ranks = Reader(user, Wish({}, ())).ranks
    return [*POINTS, *(Kolom(scale.upper(), angka=True) for scale, _ in ranks)]


TUKAR_A = register(
    EksporKind(
        jenis="kpm_tukar_a",
        label="Daftar orang, tata letak SIKS-NG",
        keterangan="23 kolom, satu baris per orang",
        awalan="tukar-dtks",
        kolom=lambda user: LAYOUT_A,
        count=count_anggota,
        batches=batches_a,
        aturan=may_exchange,
        selalu_setuju=True,
        nomor=FULL,
        bernama=True,
        files=EXCHANGE,
        tabel="DTKS",
    )
)
TUKAR_D = register(
    EksporKind(
        jenis="kpm_tukar_d",
        label="Keluarga dan anggota, tata letak DTSEN",
        keterangan="dua tabel yang terkait",
        awalan="tukar-dtsen",
        kolom=lambda user: FAMILY_D,
        count=count_keluarga,
        batches=batches_d,
        aturan=may_exchange,
        selalu_setuju=True,
        nomor=FULL,
        bernama=True,
        files=EXCHANGE,
        tabel="keluarga",
        lain=members_d,
    )
)
TITIK = register(
    EksporKind(
        jenis="kpm_titik",
        label="Titik rumah keluarga",
        keterangan="satu titik per keluarga yang rumahnya terpetakan",
        awalan="titik-keluarga",
        kolom=kolom_points,
        count=count_points,
        batches=batches_points,
        aturan=may_exchange,
        selalu_setuju=True,
        nomor=NONE,
        bernama=True,
        files={"gpkg": GeoPackage},
        tabel="keluarga",
    )
)
