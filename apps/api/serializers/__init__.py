"""What the API reads and writes, by noun."""
