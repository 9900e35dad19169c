"""Reads an uploaded spreadsheet in a process of its own and writes its rows to PostgreSQL.

Started by jobs.staging as `python -m jobs.reader`, without Django and without secrets in its
environment: the order comes as JSON on standard input, news as JSON lines on standard output. A
hostile file costs this process its life at worst (memory, CPU, descriptors are limited), not the worker.

What arrives in the table, per row of data that is not wholly blank:

    baris     the row's own number in the sheet or file, from 1, title rows and blank rows counted; of several
              sheets read as one list with the place of its sheet in front (several.py)
    n_kolom   how many cells the row had (CSV); in a sheet the width of the table
    lebih     cells beyond the table's width, joined by the delimiter (CSV)
    numerik   bits, when a cell was a number of 15 digits or more (not CSV), else 0: 1 << k for cell k, or
              for the columns that the order watches the bits it gives them
    c0 ... cN the cells exactly as read, empty ones as NULL

Nothing is rounded on the way. DuckDB's excel extension hands over the text of <v> as the file has it:
dates as serial numbers ("29222"), 0.25 for 25 %, "1" for TRUE, the last value of a formula. A NIK that
Excel kept as a number therefore arrives with its damage ("1901010101010000" or "1.90101010101E+15"),
looking like text; `numerik` tells it from a cell that was text all along. Older formats (old.py) come as
values and are written the same way. A ZIP with one of these in it is read as that one; of a ZIP with
several, the order names the one to stage.
"""
