"""A module of a host project that cannot be imported."""

raise RuntimeError("not today")
