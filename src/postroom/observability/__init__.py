"""What operators see: `logs` of events, `metrics` in numbers, the `journal` of messages.

One rule: no text of a message, no token and no secret ever gets out here.
"""
