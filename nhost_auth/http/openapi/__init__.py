"""The OpenAPI description of the stories: for drf-spectacular, where a host has it, and as a document of its own."""
