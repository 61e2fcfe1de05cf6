"""PROTOCOL.md, "What is inside a record": reads a content, strictly, into plain values."""

from primitives import need, sha256

CRITICAL = 128
# What one content may hold, and what one item of a kind.
FEEDS, NONCES, ITEMS, DOCUMENTS = 1024, 64, 8192, 4096
CHANGES, HEADS, BODIES, FIELDS = 256, 256, 1024, 256
WORDS, TIME, COMMENT = 512 * 1024, 128, 16 * 1024


def actor(feed, nonce):
    """A name inside documents."""
    return sha256("haven/1/actor", feed, nonce)[:16]


class Reader:
    """Reads bytes from the front; all of them have to be read."""

    def __init__(self, data):
        self.data = data

    def take(self, length):
        need(len(self.data) >= length, "ends early")
        head, self.data = self.data[:length], self.data[length:]
        return head

    def number(self, length=4, signed=False):
        return int.from_bytes(self.take(length), "big", signed=signed)

    def bytes(self, most=1 << 32):
        length = self.number()
        need(length <= most, "too long")
        return self.take(length)

    def text(self, most):
        return self.bytes(most).decode("utf-8", "strict")

    def place(self):
        feed, seq, id_ = self.take(8), self.number(8), self.take(32)
        need(seq > 0, "the first place is 1")
        return [feed.hex(), seq, id_.hex()]

    def many(self, count, most, read):
        need(count <= most, "too many")
        return [read() for _ in range(count)]

    def end(self, value):
        need(not self.data, "goes on too long")
        return value


def ascending(items, key=lambda item: item):
    """Each greater than the one before."""
    keys = [key(item) for item in items]
    need(all(one < other for one, other in zip(keys, keys[1:])), "out of order, or twice")
    return items


def purge(r):
    document, heads = r.take(16).hex(), r.many(r.number(), HEADS, lambda: r.take(32).hex())
    need(heads, "no heads")
    bodies = r.many(r.number(), BODIES, r.place)
    return {"document": document, "heads": ascending(heads), "bodies": ascending(bodies, lambda at: at[:2])}


def share(r):
    copy, at, title = r.take(16).hex(), r.text(TIME), r.text(WORDS)
    fields = r.many(r.number(), FIELDS, lambda: [r.text(WORDS), r.text(WORDS)])
    need(len("".join([title, *sum(fields, [])]).encode()) <= WORDS, "too many words")
    return {"copy": copy, "at": at, "title": title, "fields": fields}


def comment(r):
    said = {"share": r.place(), "text": r.text(COMMENT)}
    need(said["text"], "says nothing")
    return said


def loaded(r):
    generation = r.number(8)
    need(generation > 0, "the first generation is 1")
    return [generation, r.take(32).hex()]


def changes(r):
    document, each = r.take(16).hex(), r.many(r.number(), CHANGES, lambda: r.bytes().hex())
    need(each and len(set(each)) == len(each), "no changes, or one twice")
    return {"document": document, "changes": each}


KINDS = {
    1: ("purges", purge), 2: ("withdrawn", Reader.place), 3: ("share", share), 4: ("comment", comment),
    5: ("loaded", loaded), 128: ("accepts", Reader.place), 192: ("changes", changes),
}


def item(r):
    """One item: its kind, body, and what it says."""
    kind, body = r.number(1), r.bytes()
    if kind not in KINDS:
        need(kind < CRITICAL, "a kind that must not be passed over")
        return kind, body, None
    inside = Reader(body)
    return kind, body, inside.end(KINDS[kind][1](inside))


def read(data):
    """Reads a content."""
    r = Reader(data)
    need(r.number(1) == 1, "another version")
    said = {"time": r.number(8, signed=True)}
    said["nonces"] = ascending(r.many(r.number(1), NONCES, lambda: r.take(8).hex()))
    full = r.number(1)
    need(full < 2, "neither yes nor no")
    said["full"] = full == 1
    said["seen"] = ascending(r.many(r.number(2), FEEDS, r.place), lambda at: at[0])
    items = ascending(r.many(r.number(), ITEMS, lambda: item(r)), lambda one: one[:2])
    r.end(None)
    for kind, (name, _) in KINDS.items():
        said[name] = [inside for known, _, inside in items if known == kind]
    said["passed over"] = [[kind, body.hex()] for kind, body, _ in items if kind not in KINDS]
    ascending(said["purges"], lambda one: one["document"])
    ascending(said["accepts"], lambda at: at[0])
    ascending(said["changes"], lambda one: one["document"])
    need(len(said["changes"]) <= DOCUMENTS, "too many documents")
    gone = sum(len(one["bodies"]) for one in said["purges"]) + len(said["withdrawn"])
    need(gone <= BODIES, "too many bodies that are gone")
    need(len(said["accepts"]) <= FEEDS, "too many feeds accepted")
    alone = said["share"] or said["comment"]
    need(not alone or len(items) == 1 + len(said["passed over"]), "a share or a comment beside something else")
    need(said["full"] or not (said["purges"] or said["withdrawn"]), "calls bodies gone, and not all that was seen")
    for name in ("share", "comment", "loaded"):
        need(len(said[name]) < 2, "one at most")
        said[name] = said[name][0] if said[name] else None
    return said
