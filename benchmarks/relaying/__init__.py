"""What benchmarks/relay.py is made of: the servers, the load, and the reading of the machine."""
