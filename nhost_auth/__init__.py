"""The whole Nhost Auth HTTP API as an installable Django app."""
