"""What happens unasked: links held, submissions pumped, parts joined, old rows forgotten.

Each worker runs until it is cancelled, and an error in one step never stops the next.
"""
