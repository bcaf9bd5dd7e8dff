"""Systems under test that come as container images (docs/containers.md)."""
