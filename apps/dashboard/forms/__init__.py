"""What people fill in; which form a command has stands in ``dashboard.commands``."""
