"""`python -m benchmarks NAME [OPTIONS]`: print a table, and one JSON object as the last line."""

import argparse

import django


def main() -> None:
    django.setup()
    from benchmarks import ekspor, febrl, halaman, impor, padan

    parser = argparse.ArgumentParser(prog="script/bench", description="Pengukuran SENTRAL.")
    benches = parser.add_subparsers(dest="bench", required=True)
    one = benches.add_parser("impor", help="impor DTKS dibanding cara lain")
    one.add_argument("--baris", type=int, default=100_000)
    one.add_argument("--ulang", type=int, help="berapa kali tiap pengukuran diulang (3; sejuta baris: 1)")
    one.set_defaults(run=lambda o: impor.bench(o.baris, o.ulang))
    one = benches.add_parser("ekspor", help="ekspor anggota dibanding django-import-export")
    one.add_argument("--baris", type=int, default=500_000)
    one.set_defaults(run=lambda o: ekspor.bench(o.baris))
    one = benches.add_parser("halaman", help="halaman di provinsi yang penuh, tiap peran")
    one.add_argument("--keluarga", type=int, default=150_000, help="besarnya provinsi (150000)")
    one.add_argument("--ulang", type=int, default=30, help="berapa putaran tiap halaman diminta")
    one.set_defaults(run=lambda o: halaman.bench(o.keluarga, o.ulang))
    one = benches.add_parser("padan", help="pencocokan dengan ekstrak dibanding Splink saja")
    one.add_argument("--baris", type=int, default=50_000)
    one.add_argument("--ekstrak", type=int, default=75_000)
    one.set_defaults(run=lambda o: padan.bench(o.baris, o.ekstrak))
    one = benches.add_parser("padan-febrl", help="pencocokan atas data FEBRL 4a dan 4b, dilatih tanpa label")
    one.set_defaults(run=lambda o: febrl.bench())
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
