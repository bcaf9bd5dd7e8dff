"""Identity images: cleaned of everything but the picture, and kept encrypted (TOM-24)."""
