"""The roof's few tables, gathered for Django from the rooms that own them."""

from sentral.akun.models import DaftarAkun, Slip

__all__ = ["DaftarAkun", "Slip"]
