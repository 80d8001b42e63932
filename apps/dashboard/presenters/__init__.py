"""What a partial shows, gathered once for the page and for the socket alike."""
