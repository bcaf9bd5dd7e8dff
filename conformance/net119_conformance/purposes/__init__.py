"""The test purposes; every module of this package is searched for them."""
