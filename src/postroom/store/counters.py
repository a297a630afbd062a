"""How many messages of each kind a mailbox holds, packed into one column.

One 32-bit number per type x direction x read status x availability, in the order of `codes`.  They
change in the transaction that changes the messages.
"""

from array import array

READ_STATES = 2
AVAILABILITIES = 3
DIRECTIONS = 2
PER_TYPE = DIRECTIONS * READ_STATES * AVAILABILITIES
TYPES = 4
SIZE = PER_TYPE * TYPES
EMPTY = bytes(SIZE * 4)


def place(type_: int, direction: int, read_status: int, availability: int) -> int:
    """Where the number of one kind stands; the arguments are codes."""
    return ((type_ * DIRECTIONS + direction) * READ_STATES + read_status) * AVAILABILITIES + (
        availability
    )


def unpack(packed: bytes) -> "array[int]":
    """The numbers, to be changed and packed again with `tobytes`."""
    numbers = array("I", packed)
    if len(numbers) < SIZE:
        numbers.extend([0] * (SIZE - len(numbers)))
    return numbers


def total(
    packed: bytes,
    *,
    types: frozenset[int] | None = None,
    directions: frozenset[int] | None = None,
    read_states: frozenset[int] | None = None,
    availabilities: frozenset[int] | None = None,
) -> int:
    """How many messages match; `None` takes any."""
    numbers = unpack(packed)
    return sum(
        numbers[place(type_, direction, read, availability)]
        for type_ in (types if types is not None else range(TYPES))
        for direction in (directions if directions is not None else range(DIRECTIONS))
        for read in (read_states if read_states is not None else range(READ_STATES))
        for availability in (
            availabilities if availabilities is not None else range(AVAILABILITIES)
        )
    )
