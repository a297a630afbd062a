"""What happens to any message, whatever its type: the only room that writes messages."""
