"""What benchmarks/offer_to_ringing.py is made of."""
