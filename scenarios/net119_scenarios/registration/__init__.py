"""One person's registration, from the empty mail or the paper form to the personal call page."""
