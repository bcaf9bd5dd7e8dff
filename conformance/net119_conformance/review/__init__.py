"""What people decide about verdicts that only a person can give, kept beside the report."""
