"""The one command, net119: a thin face of the other packages."""
