"""Many people register at once, through mail and pages, while the mail server fails."""
