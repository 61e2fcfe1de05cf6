"""PROTOCOL.md from "Sealing" to "Wraps": boxes, the passphrase, rows, epochs, records, padding."""

import hashlib
import hmac
import unicodedata
import zlib

import xwing
from primitives import (
    Refused, argon2id, check_x25519, expand, hkdf, hpke_open, hpke_seal, mac, need, number, seal, sha256, sign_of,
    unseal, verify,
)

RECORD_PREFIX = 272
BUCKETS = (256, 512, 768, 1024, 1536, 2048, 3072, 4096)
# How many times its padded size a content may have.
INFLATED_TIMES = 32

CONTENT_MAX = 4 * 1024 * 1024
NAME_MAX = 64


def hedged(salt_key, random, context, plain):
    """A hedged salt."""
    return mac(salt_key, random, context, hashlib.sha256(plain).digest())[:16]


def box_seal(key, info, plain, random):
    """Makes a salted box."""
    salt = hedged(expand(key, "haven/1/box salt"), random, info, plain)
    return b"\1" + salt + seal(hkdf(key, salt, info), b"", plain)


def box_open(key, info, sealed):
    """Opens a salted box."""
    need(len(sealed) >= 33 and sealed[0] == 1, "not a salted box")
    return unseal(hkdf(key, sealed[1:17], info), b"", sealed[17:])


def same(one, other, what):
    """Compares in constant time."""
    need(hmac.compare_digest(one, other), what)


# The passphrase and rows.


def prepared(typed):
    """The bytes of a passphrase that are stretched."""
    blanks = "".join(" " if unicodedata.category(c) == "Zs" else c for c in typed.lstrip("\ufeff"))
    return unicodedata.normalize("NFC", blanks).encode()


def passphrase_open(passphrase, wrapped):
    """Unwraps the local key."""
    params, salt, commit, sealed = split_wrapped(wrapped)
    memory, passes, lanes = (int.from_bytes(params[at:at + 4], "big") for at in (1, 5, 9))
    stretched = argon2id(prepared(passphrase), params[13:], memory, passes, lanes)
    both = hkdf(stretched, salt, b"haven/1/passphrase" + params, 64)
    same(both[32:], commit, "wrong passphrase")
    return stretched, unseal(both[:32], params + salt + commit, sealed)


def split_wrapped(wrapped):
    """Reads a wrapped key; refuses parameters out of bounds before anything is computed."""
    need(wrapped[:1] == b"\1", "incompatible")
    need(len(wrapped) == 125, "malformed")
    memory, passes, lanes = (int.from_bytes(wrapped[at:at + 4], "big") for at in (1, 5, 9))
    need(memory >= 64 * 1024 and passes >= 3 and lanes >= 1, "below the floor")
    need(memory <= 1024 * 1024 and passes <= 32 and lanes <= 8, "above the ceiling")
    return wrapped[:29], wrapped[29:45], wrapped[45:77], wrapped[77:]


def passphrase_wrap(stretched, params, local_key, random):
    """Wraps the local key."""
    salt = hedged(expand(stretched, "haven/1/box salt"), random, params, local_key)
    both = hkdf(stretched, salt, b"haven/1/passphrase" + params, 64)
    head = params + salt + both[32:]
    return head + seal(both[:32], head, local_key)


def row_info(purpose, place):
    """The info of a row."""
    purpose = purpose.encode()
    return b"haven/1/local" + number(len(purpose), 1) + purpose + hashlib.sha256(place).digest()


# Epochs.


def epoch_key(root, name):
    """One of an epoch's five keys: key, salt, name, link, id."""
    return expand(root, "haven/1/epoch " + name)


def name_block(name):
    """Writes a name block."""
    name = name.encode()
    need(len(name) <= NAME_MAX, "the name is too long")
    return (number(len(name), 2) + name).ljust(128, b"\0")


def read_name_block(block):
    """Reads a name block strictly."""
    need(len(block) == 128, "not a name block")
    length = int.from_bytes(block[:2], "big")
    need(length <= NAME_MAX and not any(block[2 + length:]), "not a name block")
    try:
        return block[2:2 + length].decode()
    except UnicodeDecodeError:
        raise Refused("not a name block") from None


# Padding and records.


def padded_length(length):
    """Buckets, then Padmé."""
    for bucket in BUCKETS:
        if length <= bucket:
            return bucket
    exponent = length.bit_length() - 1
    step = 1 << (exponent - exponent.bit_length())
    return -(-length // step) * step


def unpad(plain):
    """Undoes padding and coding, strictly."""
    need(len(plain) >= 5, "malformed")
    codec, length = plain[0], int.from_bytes(plain[1:5], "big")
    need(5 + length <= len(plain), "malformed")
    coded = plain[5:5 + length]
    need(not any(plain[5 + length:]), "malformed")
    need(codec in (0, 1), "incompatible")
    content = coded if codec == 0 else inflate(coded)
    need(len(content) <= CONTENT_MAX, "too large")
    need(len(plain) == padded_length(max(5 + length, -(-len(content) // INFLATED_TIMES))), "malformed")
    return content


def inflate(coded):
    """Raw DEFLATE that ends where it says."""
    inflater = zlib.decompressobj(-15)
    try:
        content = inflater.decompress(coded, CONTENT_MAX + 1)
    except zlib.error:
        raise Refused("malformed") from None
    need(len(content) <= CONTENT_MAX, "too large")
    need(inflater.eof and not inflater.unused_data, "malformed")
    return content


def pad_stored(content):
    """Pads a content that is not compressed."""
    plain = b"\0" + number(len(content), 4) + content
    return plain.ljust(padded_length(len(plain)), b"\0")


def feed_id(keys, kind="feed"):
    """The id of a feed, party or paper."""
    return sha256("haven/1/" + kind, keys)[:8]


class Record:
    """A stored record, its id computed and its signature verified."""

    def __init__(self, stored, keys):
        need(len(stored) >= RECORD_PREFIX, "malformed")
        need(stored[:3] == b"\1\1\0", "incompatible")
        self.header, self.salt, self.commit = stored[:128], stored[128:144], stored[144:176]
        self.body, self.signature = stored[RECORD_PREFIX:], stored[208:RECORD_PREFIX]
        body_hash = stored[176:208]
        need(not self.body or hashlib.sha256(self.body).digest() == body_hash, "the body was altered")
        need(self.header[36:44] == feed_id(keys), "another feed")
        self.seq = int.from_bytes(self.header[44:52], "big")
        self.prev = self.header[96:]
        need(self.seq > 0 and (self.seq == 1) == (self.prev == bytes(32)), "malformed")
        self.id = sha256("haven/1/record", stored[:208])
        verify(sign_of(keys), self.id, self.signature)

    def keys_under(self, root):
        """The record's key and commitment under an epoch root."""
        both = hkdf(epoch_key(root, "key"), self.salt, b"haven/1/record" + self.header, 64)
        return both[:32], both[32:]

    def open(self, root):
        """Opens the body under an epoch root; gives the padded plaintext and the content."""
        key, commit = self.keys_under(root)
        same(commit, self.commit, "wrong epoch or altered")
        plain = unseal(key, self.header + self.salt + self.commit, self.body)
        return plain, unpad(plain)


# Wraps.


def drop_id(sealed):
    """The id of a drop, and of what it becomes."""
    return sha256("haven/1/id of a drop", sealed)[:16]


def drop(key_row, content, random):
    """Seals words while nobody can open them."""
    need(key_row[:1] == b"\1", "incompatible")
    enc, sealed = hpke_seal(key_row[1:], b"haven/1/drop", content, random, b"\1")
    return b"\1" + enc + sealed


def drop_open(secret, sealed):
    """Opens a drop."""
    need(sealed[:1] == b"\1", "incompatible")
    return hpke_open(secret, sealed[1:1 + xwing.ENC], b"haven/1/drop", sealed[1 + xwing.ENC:], b"\1")


def wrap_info(space, epoch, recipient, previous):
    """The info of a wrap."""
    return b"haven/1/wrap" + space + number(epoch, 4) + recipient + previous


WRAPPED = xwing.ENC + 48
WRAP = 3 + WRAPPED


def wrap(recipient_kem, info, root, random):
    """Wraps a root."""
    enc, sealed = hpke_seal(recipient_kem, info, root, random)
    return b"\1" + number(len(enc + sealed), 2) + enc + sealed


def read_wrap(wrapped):
    """What is inside a wrap: the encapsulation, and the sealed root."""
    need(wrapped[:1] == b"\1", "incompatible")
    need(len(wrapped) == WRAP and wrapped[1:3] == number(WRAPPED, 2), "malformed")
    enc = wrapped[3:3 + xwing.ENC]
    check_x25519(enc[xwing.ML_KEM_CIPHERTEXT:])
    return enc, wrapped[3 + xwing.ENC:]


def unwrap(kem_secret, info, wrapped):
    """Unwraps a root."""
    enc, sealed = read_wrap(wrapped)
    return hpke_open(kem_secret, enc, info, sealed)
