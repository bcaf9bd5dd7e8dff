"""The mutants, one module for each module of purposes."""
