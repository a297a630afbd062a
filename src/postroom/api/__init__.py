"""The counter: RingCentral's REST API, one module per resource, short handlers."""
