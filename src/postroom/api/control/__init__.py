"""Postroom's own API beside RingCentral's, under `/postroom/v1`."""
