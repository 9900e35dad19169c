"""Keluarga and anggota of the DTKS/DTSEN lists, their programmes, and the import that fills them."""
