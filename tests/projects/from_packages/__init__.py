PASSWORD = "a long password"
