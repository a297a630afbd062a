"""Pages for people: rendered here, without scripts of others, on the same use cases as the API."""
