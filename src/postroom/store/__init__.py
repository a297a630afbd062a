"""Where everything is kept: the only room that speaks SQL.

Two engines, SQLite and PostgreSQL, one schema and one text per statement.  All writes go through
one queue and share durable commits; reads never wait for writes.
"""
