"""PROTOCOL.md from "Codes and the kit" to "Linking": what people type, read aloud and carry between devices."""

import re

from boxes import box_open, box_seal, name_block, read_name_block
from primitives import hkdf, need, number, sha256, verify

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

    def __init__(self, secret):
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
        need(len(sealed) <= 4096, "too large")
        return self.heard(box_open(self.key, self.info(), sealed))

    def seal(self, plain, random):
        """Makes the next message."""
        sealed = box_seal(self.key, self.info(), plain, random)
        self.heard(plain)
        return sealed


def read_linking(secret, messages, words_list):
    """Follows a linking from its messages; gives what was said and the words both sides must show."""
    channel = Channel(secret)
    commitment, offer, third, welcome = (channel.open(message) for message in messages)
    need(len(commitment) == 32 and len(offer) == 104 and len(third) == 288 and len(welcome) >= 90, "malformed")
    reveal, consent = third[:224], third[224:]
    need(sha256("haven/1/join commit", reveal) == commitment, "the keys are not those committed to")
    space, roster_seq, roster_hash = offer[32:64], int.from_bytes(offer[64:72], "big"), offer[72:]
    keys = reveal[:64]
    verify(keys[:32], sha256("haven/1/consent", space, roster_hash, keys), consent)
    need(welcome[:32] == space, "another space")
    return {
        "keys": keys, "blind": reveal[64:96], "name": read_name_block(reveal[96:]), "nonce": offer[:32],
        "space": space, "roster seq": roster_seq, "roster hash": roster_hash,
        "manifest generation": int.from_bytes(welcome[32:40], "big"), "server key": welcome[40:72],
        "store": welcome[72:88], "vector": welcome[88:],
        "words": words(sha256("haven/1/words", commitment, offer, reveal), 3, words_list),
        "plain": (commitment, offer, third, welcome),
    }


FAREWELL = b"haven/1/join farewell"


def read_farewell(secret, message):
    """The reason for which a linking was ended."""
    return box_open(hkdf(secret, b"", b"haven/1/join channel"), FAREWELL, message)


def make_farewell(secret, reason, random):
    """Makes a farewell."""
    return box_seal(hkdf(secret, b"", b"haven/1/join channel"), FAREWELL, bytes([reason]), random)


def make_linking(secret, said, random):
    """Makes the four sealed messages again from what was said."""
    channel = Channel(secret)
    reveal = said["keys"] + said["blind"] + name_block(said["name"])
    consent = said["plain"][2][224:]
    plains = (
        sha256("haven/1/join commit", reveal),
        said["nonce"] + said["space"] + number(said["roster seq"], 8) + said["roster hash"],
        reveal + consent,
        said["space"] + number(said["manifest generation"], 8) + said["server key"] + said["store"] + said["vector"],
    )
    return [channel.seal(plain, draw) for plain, draw in zip(plains, random, strict=True)]
