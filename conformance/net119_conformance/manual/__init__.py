"""A person operates the system under test: steps, the desk where they are asked, page, terminal."""
