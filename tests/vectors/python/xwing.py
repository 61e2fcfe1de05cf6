"""X-Wing (draft-connolly-cfrg-xwing-kem) from its text, over ML-KEM-768 from FIPS 203. For reading vectors: slow, not constant-time."""

import hashlib
from functools import cache

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

Q, N, K, ETA, DU, DV = 3329, 256, 3, 2, 10, 4
ML_KEM_KEY, ML_KEM_CIPHERTEXT = 1184, 1088
KEY, ENC = ML_KEM_KEY + 32, ML_KEM_CIPHERTEXT + 32
LABEL = b"\\.//^\\"


def reversed_bits(value):
    """FIPS 203 §2.3, BitRev7."""
    return int(f"{value:07b}"[::-1], 2)


ZETAS = [pow(17, reversed_bits(at), Q) for at in range(128)]
GAMMAS = [pow(17, 2 * reversed_bits(at) + 1, Q) for at in range(128)]


def ntt(f):
    """Algorithm 9."""
    f, at, length = list(f), 1, 128
    while length >= 2:
        for start in range(0, N, 2 * length):
            zeta, at = ZETAS[at], at + 1
            for j in range(start, start + length):
                t = zeta * f[j + length] % Q
                f[j + length], f[j] = (f[j] - t) % Q, (f[j] + t) % Q
        length //= 2
    return f


def inverse_ntt(f):
    """Algorithm 10."""
    f, at, length = list(f), 127, 2
    while length <= 128:
        for start in range(0, N, 2 * length):
            zeta, at = ZETAS[at], at - 1
            for j in range(start, start + length):
                t = f[j]
                f[j], f[j + length] = (t + f[j + length]) % Q, zeta * (f[j + length] - t) % Q
        length *= 2
    return [value * 3303 % Q for value in f]


def multiply(f, g):
    """Algorithm 11."""
    h = []
    for at, gamma in enumerate(GAMMAS):
        a, b, c, d = f[2 * at], f[2 * at + 1], g[2 * at], g[2 * at + 1]
        h += [(a * c + b * d * gamma) % Q, (a * d + b * c) % Q]
    return h


def add(f, g):
    """Coefficient by coefficient."""
    return [(a + b) % Q for a, b in zip(f, g, strict=True)]


def dot(fs, gs):
    """The sum of products."""
    total = [0] * N
    for f, g in zip(fs, gs, strict=True):
        total = add(total, multiply(f, g))
    return total


def pack(values, bits):
    """Algorithm 5, ByteEncode."""
    whole = sum(value << bits * at for at, value in enumerate(values))
    return whole.to_bytes(32 * bits, "little")


def unpack(data, bits):
    """Algorithm 6, ByteDecode."""
    whole, mask = int.from_bytes(data, "little"), (1 << bits) - 1
    return [whole >> bits * at & mask for at in range(N)]


def compress(values, bits):
    """§4.2.1, Compress."""
    return [((value << bits) + Q // 2) // Q % (1 << bits) for value in values]


def decompress(values, bits):
    """§4.2.1, Decompress."""
    return [(value * Q + (1 << bits - 1)) >> bits for value in values]


def sample_ntt(seed):
    """Algorithm 7."""
    out, stream = [], hashlib.shake_128(seed).digest(168 * 8)
    for at in range(0, len(stream), 3):
        one = stream[at] + 256 * (stream[at + 1] % 16)
        two = stream[at + 1] // 16 + 16 * stream[at + 2]
        out += [value for value in (one, two) if value < Q]
    assert len(out) >= N
    return out[:N]


def noise(seed, number):
    """Algorithm 8 over PRF."""
    bits = int.from_bytes(hashlib.shake_256(seed + bytes([number])).digest(64 * ETA), "little")
    bit = lambda at: bits >> at & 1
    ones = lambda at: sum(bit(at + i) for i in range(ETA))
    return [(ones(2 * at * ETA) - ones((2 * at + 1) * ETA)) % Q for at in range(N)]


@cache
def matrix(rho):
    """Â of the key."""
    return [[sample_ntt(rho + bytes([j, i])) for j in range(K)] for i in range(K)]


@cache
def ml_kem_keys(d):
    """Algorithm 13, K-PKE.KeyGen: the encapsulation key and ŝ."""
    seeds = hashlib.sha3_512(d + bytes([K])).digest()
    rho, sigma = seeds[:32], seeds[32:]
    s = [ntt(noise(sigma, at)) for at in range(K)]
    e = [ntt(noise(sigma, K + at)) for at in range(K)]
    t = [add(dot(row, s), error) for row, error in zip(matrix(rho), e, strict=True)]
    return b"".join(pack(part, 12) for part in t) + rho, s


def encrypt(key, message, coins):
    """Algorithm 14, K-PKE.Encrypt."""
    t = [unpack(key[384 * at:384 * (at + 1)], 12) for at in range(K)]
    rows = matrix(key[1152:])
    y = [ntt(noise(coins, at)) for at in range(K)]
    e1 = [noise(coins, K + at) for at in range(K)]
    u = [add(inverse_ntt(dot([rows[i][j] for i in range(K)], y)), e1[j]) for j in range(K)]
    mu = decompress(unpack(message, 1), 1)
    v = add(add(inverse_ntt(dot(t, y)), noise(coins, 2 * K)), mu)
    return b"".join(pack(compress(part, DU), DU) for part in u) + pack(compress(v, DV), DV)


def decrypt(s, ciphertext):
    """Algorithm 15, K-PKE.Decrypt."""
    u = [decompress(unpack(ciphertext[320 * at:320 * (at + 1)], DU), DU) for at in range(K)]
    v = decompress(unpack(ciphertext[320 * K:], DV), DV)
    inner = inverse_ntt(dot(s, [ntt(part) for part in u]))
    return pack(compress([(a - b) % Q for a, b in zip(v, inner, strict=True)], 1), 1)


def ml_kem_encapsulate(key, message):
    """Algorithm 17: the ciphertext and the shared secret."""
    both = hashlib.sha3_512(message + hashlib.sha3_256(key).digest()).digest()
    return encrypt(key, message, both[32:]), both[:32]


def ml_kem_decapsulate(d, z, ciphertext):
    """Algorithm 18."""
    key, s = ml_kem_keys(d)
    message = decrypt(s, ciphertext)
    again, shared = ml_kem_encapsulate(key, message)
    return shared if again == ciphertext else hashlib.shake_256(z + ciphertext).digest(32)


def x25519(secret, public):
    """RFC 7748."""
    return X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(public))


def x25519_key(secret):
    """RFC 7748, over the base point."""
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def expanded(secret):
    """§5.2, expandDecapsulationKey: the seeds of ML-KEM and the X25519 secret."""
    seeds = hashlib.shake_256(secret).digest(96)
    return seeds[:32], seeds[32:64], seeds[64:]


def combine(ml_kem, agreed, enc_x, key_x):
    """§5.3, the combiner."""
    return hashlib.sha3_256(ml_kem + agreed + enc_x + key_x + LABEL).digest()


def public_key(secret):
    """The public key of a secret."""
    d, _, x = expanded(secret)
    return ml_kem_keys(d)[0] + x25519_key(x)


@cache
def encapsulate(key, random):
    """§5.4.1, EncapsulateDerand: the encapsulation and the shared secret."""
    ml_kem, key_x = key[:ML_KEM_KEY], key[ML_KEM_KEY:]
    enc_x = x25519_key(random[32:])
    enc, shared = ml_kem_encapsulate(ml_kem, random[:32])
    return enc + enc_x, combine(shared, x25519(random[32:], key_x), enc_x, key_x)


@cache
def decapsulate(secret, enc):
    """§5.5."""
    d, z, x = expanded(secret)
    ml_kem, enc_x = enc[:ML_KEM_CIPHERTEXT], enc[ML_KEM_CIPHERTEXT:]
    return combine(ml_kem_decapsulate(d, z, ml_kem), x25519(x, enc_x), enc_x, x25519_key(x))
