"""`python -m benchmarks NAME [--baris N]`: print a table, and one JSON object as the last line."""

import argparse

import django


def main() -> None:
    django.setup()
    from benchmarks import ekspor, impor

    parser = argparse.ArgumentParser(prog="script/bench", description="Pengukuran SENTRAL.")
    benches = parser.add_subparsers(dest="bench", required=True)
    one = benches.add_parser("impor", help="impor DTKS dibanding cara lain")
    one.add_argument("--baris", type=int, default=100_000)
    one.add_argument("--ulang", type=int, default=3, help="berapa kali tiap pengukuran diulang")
    two = benches.add_parser("ekspor", help="ekspor anggota dibanding django-import-export")
    two.add_argument("--baris", type=int, default=500_000)
    options = parser.parse_args()
    if options.bench == "ekspor":
        ekspor.bench(options.baris)
    else:
        impor.bench(options.baris, options.ulang)


if __name__ == "__main__":
    main()
