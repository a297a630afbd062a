"""Benchmarks: ratios measured in one run, on this machine, for SQLite and PostgreSQL.

`python -m bench` runs all of it and prints a table; `python -m bench sending` one part.  Nothing
here is a test: machines differ, ratios in one run differ less.  See docs/performance.md.
"""
