"""Registration at a feature phone: mailed URLs below ``/m/r/`` (CTS-02, CTS-15, TOM-08..16)."""
