"""Pages: read the query, ask selectors or services, show a template."""
