"""Pages for feature phones, below ``/m``: the carrier's charset, no script, no cookie needed."""
