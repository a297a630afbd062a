"""How things are spelled outside: pure, shared by the api and the events."""
