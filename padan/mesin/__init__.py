"""The matcher: two tables in DuckDB go in, a result for every person and candidates for people to decide come out.

It knows no model, no user and no setting: `jalan.match` works on any DuckDB connection that holds the tables
`orang` (people on the lists) and `penduduk` (rows of an extract), with thresholds and a trained model. In
production it runs in a process of its own (__main__.py), within limits, fed by padan.actions.

A run is a list of small numbered steps in langkah/, each a SQL file that can be read and printed by itself.
"""
