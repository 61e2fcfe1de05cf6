"""PROTOCOL.md from "Keys and ids" to "Invites": what anybody may verify without a secret."""

from boxes import RECORD_PREFIX, Record, feed_id
from people import ALPHABET
from primitives import check_kem, check_sign, need, number, sha256, sign_key, verify


def vector_keys(index):
    """The keys that feed-keys.json calls number `index`: seed and public keys."""
    seed = bytes([index]) * 32
    kem = bytearray(sha256("haven/1/vector kem", number(index, 8)))
    kem[31] &= 0x3F
    return seed, sign_key(seed) + bytes(kem)


def check_keys(keys):
    """Refuses a pair with a key nobody may use."""
    check_sign(keys[:32])
    check_kem(keys[32:])


def read_run(stored, keys):
    """Verifies a run of one feed: ids, signatures and the chain."""
    run = []
    for bytes_ in stored:
        record = Record(bytes_, keys)
        before = run[-1] if run else None
        need(record.seq == (before.seq + 1 if before else 1), "gap")
        need(record.prev == (before.id if before else bytes(32)), "fork")
        run.append(record)
    return run


def husk(stored):
    """A record without its body."""
    return stored[:RECORD_PREFIX]


class Link:
    """A link of a roster, read without judging what it does."""

    def __init__(self, stored):
        need(stored[0] == 1, "incompatible")
        self.kind, self.space, self.prev, self.author = stored[1], stored[2:34], stored[42:74], stored[74:82]
        self.seq = int.from_bytes(stored[34:42], "big")
        length = int.from_bytes(stored[82:86], "big")
        need(len(stored) == 86 + length + 64, "malformed")
        self.body, self.signature = stored[86:-64], stored[-64:]
        self.hash = sha256("haven/1/link", stored[:-64])

    def added(self, space):
        """Every pair of keys the link adds, with its consent and the space it consents to."""
        if self.kind == 1:
            seed, first = self.body[1:33], self.body[33:97]
            name = int.from_bytes(self.body[97:99], "big")
            standing = self.body[99 + name:163 + name]
            return [(first, self.body[-128:-64], seed), (standing, self.body[-64:], seed)]
        if self.kind in (2, 4, 6):
            return [(self.body[:64], self.body[-64:], space)]
        return []


def read_roster(stored, authors):
    """Verifies a roster's chain: places, author's signatures, consents. Gives the hashes."""
    hashes = []
    for seq, bytes_ in enumerate(stored):
        link = Link(bytes_)
        space = hashes[0] if hashes else bytes(32)
        prev = hashes[-1] if hashes else bytes(32)
        need((link.seq, link.space, link.prev) == (seq, space, prev), "the link does not follow")
        need((link.kind == 1) == (seq == 0), "genesis comes first")
        need(link.author in authors, "the author is not known")
        verify(authors[link.author], sha256("haven/1/roster author", link.hash), link.signature)
        for keys, consent, place in link.added(space):
            check_keys(keys)
            verify(keys[:32], sha256("haven/1/consent", place, prev, keys), consent)
        hashes.append(link.hash)
    return hashes


def authors_by_id(indices):
    """Sign keys by every id their pair may go by."""
    pairs = [vector_keys(index)[1] for index in indices]
    return {feed_id(keys, kind): keys[:32] for keys in pairs for kind in ("feed", "party", "paper")}


def write_invite(secret, server_key):
    """Writes an invite."""
    pin = sha256("haven/1/pin", server_key)[:16]
    checksum = sha256("haven/1/invite", secret, pin)[:3]
    bits = int.from_bytes(secret + pin + checksum, "big")
    text = "".join(ALPHABET[bits >> 5 * (55 - at) & 31] for at in range(56))
    return "-".join(text[at:at + 4] for at in range(0, 56, 4))


def plain_text(typed):
    """What a typed invite stands for, without dashes and spaces."""
    kept = "".join(character for character in typed.upper() if character not in "- ")
    return kept.replace("O", "0").replace("I", "1").replace("L", "1")
