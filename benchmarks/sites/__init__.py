"""Small projects that serve the same calls: ours, its peers, and bare views as the floor."""
