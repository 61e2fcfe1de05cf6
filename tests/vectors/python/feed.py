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
    verify(sign_of(keys), signed, consent, "an added key did not consent")


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
    """Who belongs to a space, link by link, and who may do what."""

    def __init__(self):
        self.hashes, self.epoch, self.is_vault = [], 0, True
        # Of each member its party, or nobody; the standing keys are their own.
        self.feeds, self.standing, self.owner = {}, set(), None
        # Sign keys by id, of everybody who ever was a member; the parts of keys that are taken.
        self.keys, self.used = {}, set()
        # After each link: the epoch in force, and the feeds; and whose each was in the end.
        self.epochs, self.feeds_at, self.whose = [], [], {}

    def append(self, stored):
        """Takes the next link, or refuses it."""
        link = Link(stored)
        place = (self.hashes[0], self.hashes[-1]) if self.hashes else (NOWHERE, NOWHERE)
        need((link.seq, link.space, link.prev) == (len(self.hashes), *place), "the link does not follow")
        need((link.kind == 1) == (link.seq == 0), "genesis comes first")
        need(link.kind in (1, 2, 3, 4), "incompatible")
        fields = Fields(link.body)
        if link.kind == 1:
            self.genesis(fields, link.body)
            need(link.author in self.feeds, "the author of the link is not known")
        need(link.author in self.keys, "the author of the link is not known")
        need(link.author in self.feeds.keys() | self.standing, "the author of the link was removed before it")
        signed = sha256("haven/1/roster author", link.hash)
        verify(self.keys[link.author], signed, link.signature, "the author's signature does not verify")
        if link.kind > 1:
            (self.add_feed, self.add_party, self.change)[link.kind - 2](fields, link.author)
        fields.end()
        self.hashes.append(link.hash)
        self.epochs.append(self.epoch)
        self.feeds_at.append(set(self.feeds))
        self.whose |= self.feeds

    def party_of(self, author):
        """Whose the author is: a feed's party, a party itself, nobody in a vault."""
        return NOBODY if self.is_vault else self.feeds.get(author, author)

    def let_in(self, keys, kind):
        """A new member under its id, none of whose keys was used before."""
        id_, kem = feed_id(keys, kind), kem_of(keys)
        parts = {sign_of(keys), kem[:-32], kem[-32:]}
        need(not parts & self.used and id_ not in self.keys, "a key was used before")
        self.used |= parts
        self.keys[id_] = sign_of(keys)
        return id_

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
        self.owner = self.let_in(standing, "paper" if self.is_vault else "party")
        self.feeds = {self.let_in(feed, "feed"): NOBODY if self.is_vault else self.owner}
        self.standing = {self.owner}
        self.needs_recipients(recipients)

    def add_feed(self, fields, author):
        """Kind 2."""
        keys, _name, party = fields.keys(), fields.sized(), fields.take(8)
        read_wrap(fields.take(WRAP))
        need(party == self.party_of(author), MAY_NOT)
        id_ = self.let_in(keys, "feed")
        consents(keys, fields.take(64), FEED, self.hashes[0], self.hashes[-1], party)
        self.feeds[id_] = party

    def add_party(self, fields, author):
        """Kind 3."""
        keys, _name, after = fields.keys(), fields.sized(), fields.take(32)
        read_wrap(fields.take(WRAP))
        need(after in self.hashes, "not an earlier link")
        need(self.feeds.get(author) == self.owner and len(self.standing) < 2, MAY_NOT)
        id_ = self.let_in(keys, "party")
        consents(keys, fields.take(64), PARTY, self.hashes[0], after)
        self.standing.add(id_)

    def change(self, fields, author):
        """Kind 4."""
        removed = [(fields.take(8), fields.count(8), fields.take(32)) for _ in range(fields.count())]
        feeds = [feed for feed, _, _ in removed]
        need(feeds == sorted(set(feeds)) and all((seq == 0) == (not any(id_)) for _, seq, id_ in removed), "malformed")
        party, replaced = fields.take(8), fields.count(1)
        own = self.party_of(author)
        if party != NOBODY:
            need(self.feeds.get(author) == self.owner != party and party in self.standing, MAY_NOT)
            need({feed for feed, of in self.feeds.items() if of == party} <= set(feeds), "a feed of the party is left")
        need(all(feed in self.feeds and feed != author and self.feeds[feed] in (own, party) for feed in feeds), MAY_NOT)
        self.feeds = {feed: of for feed, of in self.feeds.items() if feed not in feeds}
        self.standing.discard(party)
        need(replaced in (0, 1), "malformed")
        if replaced:
            self.replace(fields, own)
        need(self.feeds, "no feed is left")
        epoch, recipients = fields.epoch()
        need(epoch == self.epoch + 1, f"epoch {epoch} where {self.epoch + 1} comes next")
        self.epoch = epoch
        self.needs_recipients(recipients)

    def replace(self, fields, own):
        """The paper, or the author's party, has new keys."""
        keys, old = fields.keys(), self.owner if self.is_vault else own
        role = PAPER if self.is_vault else PARTY
        new = self.let_in(keys, "paper" if self.is_vault else "party")
        consents(keys, fields.take(64), role, self.hashes[0], self.hashes[-1], own)
        self.owner = new if self.owner == old else self.owner
        self.standing = self.standing - {old} | {new}
        self.feeds = {feed: new if of == old else of for feed, of in self.feeds.items()}

    def needs_recipients(self, recipients):
        """An epoch is wrapped to everybody who is left and to nobody else."""
        need(recipients == sorted(self.feeds.keys() | self.standing), "the epoch is not wrapped to exactly the members")


MAY_NOT = "the author of the link may not do this"


def read_roster(stored):
    """Verifies a roster from its beginning."""
    roster = Roster()
    for link in stored:
        roster.append(link)
    return roster


def parse_record(stored):
    """What can be said of a record without its author, in the order of PROTOCOL.md."""
    length = len(stored)
    need(RECORD_PREFIX <= length <= RECORD_MAX, "malformed record: length")
    for at, (part, known) in enumerate((("version", 1), ("suite", 1), ("flags", 0))):
        need(stored[at] == known, f"update needed: {part} {stored[at]} is not understood")
    need(stored[3] != 0, "malformed record: kind")
    need(any(stored[44:52]), "malformed record: seq")
    need(length == RECORD_PREFIX or length >= 2 * RECORD_PREFIX, "malformed record: body length")
    body = stored[RECORD_PREFIX:]
    need(not body or sha256("", body) == stored[176:208], "the body of the record was altered")


def continues(stored, keys, before, roster):
    """A record that follows another one of its feed, as "Runs" has it."""
    parse_record(stored)
    record = Record(stored, keys)
    of = lambda header: (int.from_bytes(header[56:64], "big"), int.from_bytes(header[52:56], "big"))
    (seq, epoch), newest = of(record.header), len(roster.hashes) - 1
    need(record.header[4:36] == roster.hashes[0] and record.header[36:44] in roster.keys, "another space, or feed")
    need(record.seq == before.seq + 1, f"record {record.seq} where {before.seq + 1} comes next")
    need(record.prev == before.id, "the record follows another history of its feed")
    need(seq <= newest, f"the record knows link {seq} of the roster, {newest} is the newest here")
    need(roster.hashes[seq] == record.header[64:96], "the record knows another roster")
    need(seq >= of(before.header)[0], "the record knows less of the roster than the one before it")
    need(record.header[36:44] in roster.feeds_at[seq], "no member")
    need(epoch == roster.epochs[seq], f"the record is of epoch {epoch}, its place in the roster is in epoch {roster.epochs[seq]}")


RECORD_MAX, FEEDS_MAX = 768 * 1024, 1_024


def read_positions(fields):
    """A version vector: by feed, its number and id."""
    positions = {}
    for _ in range(fields.count()):
        feed, seq, id_ = fields.take(8), fields.count(8), fields.take(32)
        need(seq > 0 and all(feed > other for other in positions), "out of order, or nothing")
        positions[feed] = (seq, id_)
    need(len(positions) <= FEEDS_MAX, "too many")
    return positions


def read_vector(data):
    """A version vector and nothing behind it."""
    fields = Fields(data)
    positions = read_positions(fields)
    fields.end()
    return positions


def write_vector(positions):
    """Writes a version vector."""
    return number(len(positions), 2) + b"".join(
        feed + number(seq, 8) + id_ for feed, (seq, id_) in sorted(positions.items()))


def read_pins(data):
    """Pins: the store and the newest link, if any; what the server was seen to have; what somebody named, and who; a link named so."""
    fields = Fields(data)
    need(fields.count(1) == 1, "incompatible")
    present, store, roster = fields.count(1), fields.take(16), (fields.count(8), fields.take(32))
    need(present < 8 and (present & 1 or not any(store)) and (present & 2 or roster == (0, NOWHERE)), "absent parts")
    seen, named = read_positions(fields), {}
    for _ in range(fields.count()):
        feed, seq, id_, by = fields.take(8), fields.count(8), fields.take(32), fields.take(8)
        need(seq > 0 and all(feed > other for other in named), "out of order, or nothing")
        named[feed] = (seq, id_, by)
    link = (fields.count(8), fields.take(8)) if present & 4 else None
    fields.end()
    return store if present & 1 else None, roster if present & 2 else None, seen, named, link


def write_invite(secret, server_key):
    """Writes an invite."""
    pin = sha256("haven/1/pin", server_key)[:16]
    checksum = sha256("haven/1/invite", secret, pin)[:3]
    bits = int.from_bytes(secret + pin + checksum, "big")
    text = "".join(ALPHABET[bits >> 5 * (55 - at) & 31] for at in range(56))
    return "-".join(text[at:at + 4] for at in range(0, 56, 4))


INVITE = 56


def plain_text(typed):
    """What a typed invite stands for, without dashes and spaces."""
    kept = "".join(character for character in typed.upper() if character != "-" and not character.isspace())
    return kept.replace("O", "0").replace("I", "1").replace("L", "1")


def read_invite(typed):
    """Reads an invite: its secret, and the pin of its server."""
    text = plain_text(typed)
    need(set(text) <= set(ALPHABET), "a character that is in no invite")
    newer = "it's for a newer one, or was copied twice"
    need(len(text) <= INVITE or len(text) % 8, f"it has {len(text)} characters, {INVITE} is what this version reads: {newer}")
    need(len(text) == INVITE, f"an invite has {INVITE} characters, this has {len(text)}")
    bits = 0
    for character in text:
        bits = bits << 5 | ALPHABET.index(character)
    data = bits.to_bytes(35, "big")
    need(sha256("haven/1/invite", data[:32])[:3] == data[32:], "the invite has a typing mistake")
    return data[:16], data[16:32]
