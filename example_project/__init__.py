"""A complete host project around nhost_auth, configured by the same environment as Nhost's own server."""
