"""What a message is, and its rules: pure values and functions, no I/O, no clock, no chance."""
