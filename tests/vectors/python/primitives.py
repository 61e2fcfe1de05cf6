"""The primitives PROTOCOL.md names, over the `cryptography` package; HPKE by hand from RFC 9180, over X-Wing."""

import hashlib
import hmac
from functools import cache

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

import xwing

ZERO_NONCE = bytes(12)


class Refused(Exception):
    """Bytes that this protocol does not accept."""


def need(condition, what):
    """Refuses unless the condition holds."""
    if not condition:
        raise Refused(what)


def number(value, width):
    """Writes an unsigned big-endian integer."""
    return value.to_bytes(width, "big")


def sha256(label, *parts):
    """SHA-256(label || parts)."""
    return hashlib.sha256(label.encode() + b"".join(parts)).digest()


def mac(key, *parts):
    """HMAC-SHA256."""
    return hmac.new(key, b"".join(parts), "sha256").digest()


def expand(key, info, length=32):
    """The second half of HKDF (RFC 5869 §2.3)."""
    info = info.encode() if isinstance(info, str) else info
    out, block = b"", b""
    for counter in range(1, -(-length // 32) + 1):
        block = mac(key, block, info, bytes([counter]))
        out += block
    return out[:length]


def extract(salt, ikm):
    """The first half of HKDF (RFC 5869 §2.2)."""
    return mac(salt or bytes(32), ikm)


def hkdf(ikm, salt, info, length=32):
    """HKDF-SHA256, both halves."""
    return expand(extract(salt, ikm), info, length)


def seal(key, aad, plain):
    """ChaCha20-Poly1305 with the zero nonce; the tag follows the ciphertext."""
    return ChaCha20Poly1305(key).encrypt(ZERO_NONCE, plain, aad)


def unseal(key, aad, sealed, nonce=ZERO_NONCE):
    """Opens what `seal` made."""
    try:
        return ChaCha20Poly1305(key).decrypt(nonce, sealed, aad)
    except InvalidTag:
        raise Refused("the tag does not fit") from None


def argon2id(passphrase, salt, memory_kib, passes, lanes):
    """Argon2id version 1.3 (RFC 9106), 32 bytes."""
    return Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=memory_kib).derive(passphrase)


def sign_key(seed):
    """The public Ed25519 key of a seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def verify(key, digest, signature, why="the signature does not verify"):
    """Verifies an Ed25519 signature over a digest."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, digest)
    except InvalidSignature:
        raise Refused(why) from None


def kem_key(secret):
    """The public X-Wing key of a secret."""
    need(len(secret) == 32, "an X-Wing secret has 32 bytes")
    return xwing.public_key(secret)


KEYS = 1 + 32 + xwing.KEY


def sign_of(keys):
    """The Ed25519 key of a pair of public keys."""
    need(len(keys) == KEYS and keys[0] == 1, "incompatible")
    return keys[1:33]


def kem_of(keys):
    """The X-Wing key of a pair of public keys."""
    need(len(keys) == KEYS and keys[0] == 1, "incompatible")
    return keys[33:]


P = 2**255 - 19
# u of the points of order 1, 2, 4 and 8 on curve25519 and its twist (RFC 7748 §6.1).
LOW_ORDER = (
    0, 1, P - 1,
    0x00B8495F16056286FDB1329CEB8D09DA6AC49FF1FAE35616AEB8413B7C7AEBE0,
    0x57119FD0DD4E22D8868E1C58C45C44045BEF839C55B1D0B1248C50A3BC959C5F,
)


def check_x25519(key):
    """Refuses X25519 keys with a second encoding or of low order."""
    u = int.from_bytes(key, "little")
    need(u < P, "the key is not canonical")
    need(u not in LOW_ORDER, "the key is of small order")


@cache
def check_kem(key):
    """Refuses X-Wing keys of which either half is one nobody may use."""
    need(len(key) == xwing.KEY, "malformed")
    coefficients = [one for at in range(xwing.K) for one in xwing.unpack(key[384 * at:384 * (at + 1)], 12)]
    need(all(one < xwing.Q for one in coefficients), "the key is not canonical")
    check_x25519(key[xwing.ML_KEM_KEY:])


@cache
def check_sign(key):
    """Refuses Ed25519 keys with a second encoding or of small order: those that eight times give the neutral point."""
    y = int.from_bytes(key, "little") & 2**255 - 1
    need(y < P, "the key is not canonical")
    d = -121665 * pow(121666, -1, P) % P
    # Doubling needs y² alone: on the curve x² = (y² - 1) / (d y² + 1), and y(2Q) = (y² + x²) / (2 - y² + x²).
    for _ in range(3):
        square = y * y % P
        x_square = (square - 1) * pow(d * square + 1, -1, P) % P
        y = (square + x_square) * pow(2 - square + x_square, -1, P) % P
    need(y != 1, "the key is of small order")


# HPKE, RFC 9180: X-Wing, HKDF-SHA256, ChaCha20-Poly1305, base mode. The KEM's secret is the shared secret as it is.
HPKE = b"HPKE" + number(0x647A, 2) + number(0x0001, 2) + number(0x0003, 2)


def labeled_extract(suite, salt, label, ikm):
    """RFC 9180 §4."""
    return extract(salt, b"HPKE-v1" + suite + label + ikm)


def labeled_expand(suite, prk, label, info, length):
    """RFC 9180 §4."""
    return expand(prk, number(length, 2) + b"HPKE-v1" + suite + label + info, length)


def key_schedule(shared, info):
    """RFC 9180 §5.1 in mode base without PSK; gives key and first nonce."""
    context = b"\0" + labeled_extract(HPKE, b"", b"psk_id_hash", b"") + labeled_extract(HPKE, b"", b"info_hash", info)
    secret = labeled_extract(HPKE, shared, b"secret", b"")
    return labeled_expand(HPKE, secret, b"key", context, 32), labeled_expand(HPKE, secret, b"base_nonce", context, 12)


def hpke_seal(recipient, info, plain, random, aad=b""):
    """RFC 9180 §6.1, SealBase, encapsulating with 64 random bytes."""
    need(len(random) == 64, "X-Wing draws 64 bytes")
    check_kem(recipient)
    enc, shared = xwing.encapsulate(recipient, random)
    key, nonce = key_schedule(shared, info)
    return enc, ChaCha20Poly1305(key).encrypt(nonce, plain, aad)


def hpke_open(secret, enc, info, sealed, aad=b""):
    """RFC 9180 §6.1, OpenBase."""
    need(len(enc) == xwing.ENC, "malformed")
    check_x25519(enc[xwing.ML_KEM_CIPHERTEXT:])
    key, nonce = key_schedule(xwing.decapsulate(secret, enc), info)
    return unseal(key, aad, sealed, nonce)
