"""The bad partners, one module for each kind of purpose."""
