"""PROTOCOL.md from "Keys and ids" to "Invites": what anybody may verify without a secret."""

from boxes import RECORD_PREFIX, WRAP, Record, feed_id, read_wrap
from people import ALPHABET
from primitives import KEYS, check_kem, check_sign, kem_of, need, number, sha256, sign_key, sign_of, verify


def vector_keys(index):
    """The keys that feed-keys.json calls number `index`: seed and public keys."""
    seed = bytes([index]) * 32
    rho = sha256("haven/1/vector rho", number(index, 8))
    x25519 = bytearray(sha256("haven/1/vector kem", number(index, 8)))
    x25519[31] &= 0x3F
    return seed, b"\1" + sign_key(seed) + bytes(1152) + rho + bytes(x25519)


def check_keys(keys):
    """Refuses a pair with a key nobody may use."""
    check_sign(sign_of(keys))
    check_kem(kem_of(keys))


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


class Fields:
    """Reads fields off the front of some bytes."""

    def __init__(self, data):
        self.data = data

    def take(self, length):
        """So many bytes."""
        need(length <= len(self.data), "malformed")
        taken, self.data = self.data[:length], self.data[length:]
        return taken

    def count(self, width=2):
        """A number."""
        return int.from_bytes(self.take(width), "big")

    def sized(self):
        """At most 256 bytes, and their length before them."""
        length = self.count()
        need(1 <= length <= 256, "malformed")
        return self.take(length)

    def keys(self):
        """A pair of keys that may be used."""
        keys = self.take(KEYS)
        check_keys(keys)
        return keys

    def wraps(self):
        """Recipients, in order, each with a wrap."""
        recipients = []
        for _ in range(self.count()):
            recipients.append(self.take(8))
            read_wrap(self.take(WRAP))
        need(recipients == sorted(set(recipients)), "malformed")
        return recipients

    def epoch(self):
        """An epoch block: the epoch and its recipients."""
        epoch = self.count(4)
        self.take(32)
        self.sized()
        return epoch, self.wraps()

    def end(self):
        """Nothing is left."""
        need(not self.data, "malformed")


FEED, PAPER, PARTY = 1, 2, 3
NOBODY, NOWHERE = bytes(8), bytes(32)


def consents(keys, consent, role, space, after, party=NOBODY):
    """A key has signed what it's to be, and where."""
    signed = sha256("haven/1/consent", bytes([role]), space, after, party, keys)
    verify(sign_of(keys), signed, consent)


class Link:
    """A link of a roster: its place, its author, its body."""

    def __init__(self, stored):
        need(stored[0] == 1, "incompatible")
        self.kind, self.space, self.prev, self.author = stored[1], stored[2:34], stored[42:74], stored[74:82]
        self.seq = int.from_bytes(stored[34:42], "big")
        length = int.from_bytes(stored[82:86], "big")
        need(len(stored) == 86 + length + 64, "malformed")
        self.body, self.signature = stored[86:-64], stored[-64:]
        self.hash = sha256("haven/1/link", stored[:-64])


class Roster:
    """Who belongs to a space, as far as consents, epochs and recipients need it. Who may do what is not judged here."""

    def __init__(self):
        self.hashes, self.epoch, self.is_vault = [], 0, True
        # Of each member its party, or nobody; the standing keys are their own.
        self.feeds, self.standing = {}, set()

    def genesis(self, fields, body):
        """Kind 1."""
        kind, _seed = fields.count(1), fields.take(32)
        need(kind in (1, 2), "incompatible")
        feed, _name, standing = fields.keys(), fields.sized(), fields.keys()
        fields.take(32)
        recipients = fields.wraps()
        founding = sha256("haven/1/genesis", body[:len(body) - len(fields.data)])
        self.is_vault = kind == 1
        consents(feed, fields.take(64), FEED, NOWHERE, founding)
        consents(standing, fields.take(64), PAPER if self.is_vault else PARTY, NOWHERE, founding)
        owner = feed_id(standing, "paper" if self.is_vault else "party")
        self.feeds = {feed_id(feed): NOBODY if self.is_vault else owner}
        self.standing = {owner}
        self.needs_recipients(recipients)

    def add_feed(self, fields):
        """Kind 2."""
        keys, _name, party = fields.keys(), fields.sized(), fields.take(8)
        read_wrap(fields.take(WRAP))
        consents(keys, fields.take(64), FEED, self.hashes[0], self.hashes[-1], party)
        self.feeds[feed_id(keys)] = party

    def add_party(self, fields):
        """Kind 3."""
        keys, _name, after = fields.keys(), fields.sized(), fields.take(32)
        read_wrap(fields.take(WRAP))
        need(after in self.hashes, "not an earlier link")
        consents(keys, fields.take(64), PARTY, self.hashes[0], after)
        self.standing.add(feed_id(keys, "party"))

    def change(self, fields, author):
        """Kind 4."""
        removed = [(fields.take(8), fields.count(8), fields.take(32)) for _ in range(fields.count())]
        feeds = [feed for feed, _, _ in removed]
        need(feeds == sorted(set(feeds)) and all((seq == 0) == (not any(id_)) for _, seq, id_ in removed), "malformed")
        party, replaced = fields.take(8), fields.count(1)
        own = self.feeds.get(author, author)
        if replaced:
            need(replaced == 1, "malformed")
            keys = fields.keys()
            role, of = (PAPER, NOBODY) if self.is_vault else (PARTY, own)
            consents(keys, fields.take(64), role, self.hashes[0], self.hashes[-1], of)
        for feed in feeds:
            need(feed in self.feeds and feed != author, "the member is not known, or the author")
            del self.feeds[feed]
        self.standing.discard(party)
        if replaced:
            new = feed_id(keys, "paper" if self.is_vault else "party")
            old = next(iter(self.standing)) if self.is_vault else own
            self.standing = self.standing - {old} | {new}
            self.feeds = {feed: new if of == old else of for feed, of in self.feeds.items()}
        epoch, recipients = fields.epoch()
        need(epoch == self.epoch + 1, "not the next epoch")
        self.epoch = epoch
        self.needs_recipients(recipients)

    def needs_recipients(self, recipients):
        """An epoch is wrapped to everybody who is left and to nobody else."""
        need(recipients == sorted(self.feeds.keys() | self.standing), "not wrapped to exactly the members")


def read_roster(stored, authors):
    """Verifies a roster's chain: places, authors' signatures, consents, epochs. Gives the hashes."""
    roster = Roster()
    for seq, bytes_ in enumerate(stored):
        link, hashes = Link(bytes_), roster.hashes
        place = (hashes[0], hashes[-1]) if hashes else (NOWHERE, NOWHERE)
        need((link.seq, link.space, link.prev) == (seq, *place), "the link does not follow")
        need((link.kind == 1) == (seq == 0), "genesis comes first")
        need(link.author in authors, "the author is not known")
        verify(authors[link.author], sha256("haven/1/roster author", link.hash), link.signature)
        fields = Fields(link.body)
        need(link.kind in (1, 2, 3, 4), "incompatible")
        if link.kind == 1:
            roster.genesis(fields, link.body)
        elif link.kind == 4:
            roster.change(fields, link.author)
        else:
            (roster.add_feed if link.kind == 2 else roster.add_party)(fields)
        fields.end()
        hashes.append(link.hash)
    return roster.hashes


def authors_by_id(indices):
    """Sign keys by every id their pair may go by."""
    pairs = [vector_keys(index)[1] for index in indices]
    return {feed_id(keys, kind): sign_of(keys) for keys in pairs for kind in ("feed", "party", "paper")}


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
