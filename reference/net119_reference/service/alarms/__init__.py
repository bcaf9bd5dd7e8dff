"""The home alarm service on the kernel: its tables, its clock, its desk and its register."""
