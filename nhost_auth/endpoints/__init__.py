"""One file for each family of URLs: what its requests hold and the stories they tell."""
