"""Pager messages: between the extensions of one account, they never leave it."""
