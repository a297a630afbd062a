"""What is special about each type of message; each channel has the same small shape."""
