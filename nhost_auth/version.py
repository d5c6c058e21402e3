"""The version of the distribution, stated once; GET /version and the package metadata read it here."""

__version__ = "0.1.0"
