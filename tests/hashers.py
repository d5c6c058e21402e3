from nhost_auth.hashers import Argon2idHasher


class CheapArgon2idHasher(Argon2idHasher):
    time_cost = 1
    memory_cost = 8
