"""People who come from elsewhere: out of Nhost's database, or out of a file (docs/coming-from-nhost.md)."""
