"""What several test modules share, one concept a file."""
