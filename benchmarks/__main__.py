"""`python -m benchmarks NAME [--baris N]`: print a table, and one JSON object as the last line."""

import argparse

import django


def main() -> None:
    django.setup()
    from benchmarks import impor

    parser = argparse.ArgumentParser(prog="script/bench", description="Pengukuran SENTRAL.")
    benches = parser.add_subparsers(dest="bench", required=True)
    one = benches.add_parser("impor", help="impor DTKS dibanding cara lain")
    one.add_argument("--baris", type=int, default=100_000)
    one.add_argument("--ulang", type=int, default=3, help="berapa kali tiap pengukuran diulang")
    options = parser.parse_args()
    impor.bench(options.baris, options.ulang)


if __name__ == "__main__":
    main()
