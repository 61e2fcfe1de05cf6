"""PROTOCOL.md from "Codes and the kit" to "Linking": what people type, read aloud and carry between devices."""

import re

from boxes import box_open, box_seal, name_block, read_name_block
from primitives import KEYS, hkdf, need, number, sha256, sign_of, verify

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DASHES = "-‐‑‒–—―−"
KIT, LINKING = 1, 2


def times(a, b):
    """Multiplies in GF(32), modulo x^5 + x^2 + 1."""
    product = 0
    for bit in range(5):
        if b >> bit & 1:
            product ^= a << bit
    for bit in range(8, 4, -1):
        if product >> bit & 1:
            product ^= 0b100101 << (bit - 5)
    return product


def value_at(symbols, point):
    """Evaluates the code polynomial (Horner)."""
    value = 0
    for symbol in symbols:
        value = times(value, point) ^ symbol
    return value


def read_code(typed):
    """Reads a code: its kind and secret."""
    symbols = []
    for character in typed:
        if character.isspace() or character in DASHES:
            continue
        character = character.upper().replace("O", "0").replace("I", "1").replace("L", "1")
        need(character in ALPHABET, "a character no code has")
        symbols.append(ALPHABET.index(character))
    need(len(symbols) == 28, "a code has 28 characters")
    need(value_at(symbols, 2) == 0 and value_at(symbols, 4) == 0, "the code does not check out")
    bits = 0
    for symbol in symbols[:26]:
        bits = bits << 5 | symbol
    return bits >> 128, (bits & (1 << 128) - 1).to_bytes(16, "big")


def write_code(kind, secret):
    """Writes a code: for each c0 one c1 makes the first root fit; of these pairs one fits the second root too."""
    bits = kind << 128 | int.from_bytes(secret, "big")
    symbols = [bits >> 5 * (25 - at) & 31 for at in range(26)]
    pairs = [[c0, value_at([*symbols, c0, 0], 2)] for c0 in range(32)]
    fitting = [pair for pair in pairs if value_at(symbols + pair, 4) == 0]
    need(len(fitting) == 1, "one pair fits")
    text = "".join(ALPHABET[symbol] for symbol in symbols + fitting[0])
    return "-".join(re.findall("....", text))


def paper_secrets(secret):
    """The paper's sign seed and KEM secret."""
    return hkdf(secret, b"", b"haven/1/kit sign") + hkdf(secret, b"", b"haven/1/kit kem")


def words(digest, count, words_list):
    """Words of a digest, eleven bits each."""
    bits = int.from_bytes(digest, "big")
    return " ".join(words_list[bits >> (256 - 11 * (at + 1)) & 2047] for at in range(count))


# Linking.


def mailbox_id(secret):
    """What the server knows of a linking."""
    return hkdf(secret, b"", b"haven/1/join mailbox", 16)


class Channel:
    """Opens, or makes, the messages of one linking in order."""

    def __init__(self, secret, most=4096):
        self.most = most
        self.key = hkdf(secret, b"", b"haven/1/join channel")
        self.transcript = bytes(32)
        self.turn = 0

    def info(self):
        """The info of the next message."""
        self.turn += 1
        direction = 1 if self.turn in (1, 3) else 2
        return b"haven/1/join message" + bytes([self.turn, direction]) + self.transcript

    def heard(self, plain):
        """Moves the transcript on."""
        self.transcript = sha256("haven/1/join transcript", self.transcript, plain)
        return plain

    def open(self, sealed):
        """Opens the next message."""
        need(len(sealed) <= self.most, "too large")
        return self.heard(box_open(self.key, self.info(), sealed))

    def seal(self, plain, random):
        """Makes the next message."""
        sealed = box_seal(self.key, self.info(), plain, random)
        self.heard(plain)
        return sealed


# Version 1, no capabilities.
SPEAKS = b"\1" + bytes(4)
REVEAL = KEYS + 32 + 128


def joins(keys, consent, space, after):
    """The new device consents to be a feed of a vault, after that link."""
    verify(sign_of(keys), sha256("haven/1/consent", b"\1", space, after, bytes(8), keys), consent)


def read_linking(secret, messages, words_list):
    """Follows a linking from its messages; gives what was said, and the words that the joiner shows and the other side's."""
    channel = Channel(secret)
    first, offer, third, welcome = (channel.open(message) for message in messages)
    need((len(first), len(offer), len(third)) == (37, 109, REVEAL + 64) and len(welcome) >= 122, "malformed")
    need(first[:5] == SPEAKS and offer[:1] == SPEAKS[:1], "incompatible")
    reveal, consent = third[:REVEAL], third[REVEAL:]
    need(sha256("haven/1/join commit", reveal) == first[5:], "the keys are not those committed to")
    keys, blind, name = reveal[:KEYS], reveal[KEYS:KEYS + 32], reveal[KEYS + 32:]
    nonce, space, roster_seq, roster_hash = offer[5:37], offer[37:69], offer[69:77], offer[77:]
    joins(keys, consent, space, roster_hash)
    need(welcome[:32] == space, "another space")
    six = words(sha256("haven/1/words", first, offer, reveal), 6, words_list).split(" ")
    return {
        "keys": keys, "blind": blind, "name": read_name_block(name), "nonce": nonce, "space": space,
        "roster seq": int.from_bytes(roster_seq, "big"), "roster hash": roster_hash,
        "manifest generation": int.from_bytes(welcome[32:40], "big"), "manifest id": welcome[40:72],
        "server key": welcome[72:104], "store": welcome[104:120], "vector": welcome[120:],
        "words": [" ".join(six[:3]), " ".join(six[3:])],
        "plain": (first, offer, third, welcome),
    }


FAREWELL = b"haven/1/join farewell"
JOINER_FAREWELL = b"haven/1/joiner farewell"


def read_farewell(secret, message, info=FAREWELL):
    """The reason for which a linking was ended."""
    return box_open(hkdf(secret, b"", b"haven/1/join channel"), info, message)


def make_farewell(secret, reason, random, info=FAREWELL):
    """Makes a farewell."""
    return box_seal(hkdf(secret, b"", b"haven/1/join channel"), info, bytes([reason]), random)


def make_linking(secret, said, random):
    """Makes the four sealed messages again from what was said."""
    channel = Channel(secret)
    reveal = said["keys"] + said["blind"] + name_block(said["name"])
    consent = said["plain"][2][REVEAL:]
    manifest = number(said["manifest generation"], 8) + said["manifest id"]
    plains = (
        SPEAKS + sha256("haven/1/join commit", reveal),
        SPEAKS + said["nonce"] + said["space"] + number(said["roster seq"], 8) + said["roster hash"],
        reveal + consent,
        said["space"] + manifest + said["server key"] + said["store"] + said["vector"],
    )
    return [channel.seal(plain, draw) for plain, draw in zip(plains, random, strict=True)]
