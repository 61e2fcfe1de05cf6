"""PROTOCOL.md, "Documents": creation, upgrade and import, from the bytes of the changes; the chunks by automerge's own specification."""

import hashlib

from primitives import need, number, sha256

MAGIC = bytes.fromhex("856f4a83")
ROOT = None
MAP, PUT, TEXT = 0, 1, 4
# Columns of operations: what they hold, and how they are coded.
OBJECT_ACTOR, OBJECT, KEY_ACTOR, KEY, NAME = 0x01, 0x02, 0x11, 0x13, 0x15
INSERT, ACTION, META, VALUE, PREDS, PRED_ACTOR, PRED = 0x34, 0x42, 0x56, 0x57, 0x70, 0x71, 0x73


class Bytes:
    """Reads bytes off the front."""

    def __init__(self, data):
        self.data = data

    def take(self, length):
        need(length <= len(self.data), "ends early")
        taken, self.data = self.data[:length], self.data[length:]
        return taken

    def uleb(self):
        """A number, seven bits a byte, the least significant first."""
        value, shift = 0, 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def sleb(self):
        """The same with a sign: the highest bit of the last byte's seven."""
        before = len(self.data), self.data
        value = self.uleb()
        bits = 7 * (before[0] - len(self.data))
        return value - (1 << bits) if value >> (bits - 1) & 1 else value

    def sized(self):
        return self.take(self.uleb())


def runs(data, read):
    """A run-length coded column: so many of one value, so many different ones, or so many of nothing."""
    fields, values = Bytes(data), []
    while fields.data:
        count = fields.sleb()
        if count > 0:
            values += [read(fields)] * count
        elif count < 0:
            values += [read(fields) for _ in range(-count)]
        else:
            values += [None] * fields.uleb()
    return values


def deltas(data):
    """Each is what the one before was, and so much more."""
    last, values = 0, []
    for step in runs(data, Bytes.sleb):
        last += step or 0
        values.append(None if step is None else last)
    return values


def switches(data):
    """How often no, how often yes, and so on."""
    fields, values, now = Bytes(data), [], False
    while fields.data:
        values += [now] * fields.uleb()
        now = not now
    return values


def scalar(meta, fields):
    """A value by its length and kind."""
    kind, held = meta & 15, Bytes(fields.take(meta >> 4))
    read = {1: lambda: False, 2: lambda: True, 3: held.uleb, 4: held.sleb, 6: lambda: held.data.decode(), 7: lambda: held.data}
    return kind, read[kind]() if kind in read else None


class Change:
    """One change: what it follows, who made it, what it does."""

    def __init__(self, chunk):
        fields = Bytes(chunk)
        need(fields.take(4) == MAGIC, "no chunk")
        checksum, hashed = fields.take(4), fields.data
        need(fields.take(1) == b"\1", "no plain change")
        body = Bytes(fields.sized())
        need(not fields.data, "goes on too long")
        self.hash = hashlib.sha256(hashed).digest()
        need(self.hash[:4] == checksum, "the checksum does not fit")
        self.deps = [body.take(32) for _ in range(body.uleb())]
        self.actor, self.seq, self.start = body.sized(), body.uleb(), body.uleb()
        self.time, self.message = body.sleb(), body.sized()
        self.actors = [self.actor] + [body.sized() for _ in range(body.uleb())]
        columns = [(body.uleb(), body.uleb()) for _ in range(body.uleb())]
        self.columns = {spec: body.take(length) for spec, length in columns}
        need(not body.data, "more than this version writes")
        self.operations = self.read()

    def column(self, spec, read):
        """Its values, and then nothing for ever."""
        values = read(self.columns.get(spec, b""))
        return lambda at: values[at] if at < len(values) else None

    def read(self):
        """The operations: object, key, insert, action, value, what they put something in the place of."""
        known = {OBJECT_ACTOR, OBJECT, KEY_ACTOR, KEY, NAME, INSERT, ACTION, META, VALUE, PREDS, PRED_ACTOR, PRED, 0x94, 0xA5}
        need(self.columns.keys() <= known, "another column")
        uleb = lambda data: runs(data, Bytes.uleb)
        object_actor, object_, key_actor = (self.column(spec, uleb) for spec in (OBJECT_ACTOR, OBJECT, KEY_ACTOR))
        key, name = self.column(KEY, deltas), self.column(NAME, lambda data: runs(data, lambda f: f.sized().decode()))
        insert, action, meta = self.column(INSERT, switches), self.column(ACTION, uleb), self.column(META, uleb)
        preds, held = self.column(PREDS, uleb), Bytes(self.columns.get(VALUE, b""))
        pred_actors, pred = iter(uleb(self.columns.get(PRED_ACTOR, b""))), iter(deltas(self.columns.get(PRED, b"")))
        operations, at = [], 0
        while action(at) is not None:
            object_id = ROOT if object_(at) is None else (object_(at), self.actors[object_actor(at)])
            place = name(at)
            if place is None:
                place = (key(at), None if key_actor(at) is None else self.actors[key_actor(at)])
            replaces = [(next(pred), self.actors[next(pred_actors)]) for _ in range(preds(at) or 0)]
            operations.append((object_id, place, bool(insert(at)), action(at), scalar(meta(at) or 0, held), replaces))
            at += 1
        need(not held.data, "values of nothing")
        return operations


UINT, INT, STRING, BYTES, YES, NOTHING = 3, 4, 6, 7, 2, 0
MAPS = ("texts", "tags", "people", "answers")


def creation(fields, actor):
    """What a creation does, in its order."""
    operations = []
    put = lambda object_, key, kind, value: operations.append((object_, key, False, PUT, (kind, value), []))

    def made(key):
        operations.append((ROOT, key, False, MAP, (NOTHING, None), []))
        return len(operations), actor

    put(ROOT, "v", UINT, 1)
    put(ROOT, "kind", STRING, fields["kind"])
    put(ROOT, "at", STRING, fields["at"])
    put(ROOT, "created", INT, fields["created"])
    for name in MAPS:
        inside = made(name)
        for key, value in sorted(fields[name].items(), key=lambda item: item[0].encode()):
            put(inside, key, *((YES, True) if value is True else (STRING, value)))
    if fields["exercise"]:
        inside = made("exercise")
        put(inside, "id", STRING, fields["exercise"][0])
        put(inside, "version", UINT, fields["exercise"][1])
    if fields["import"] is not None:
        put(ROOT, "import", BYTES, fields["import"])
    if fields["trashed"] is not None:
        put(ROOT, "trashed", INT, fields["trashed"])
    return operations


def created(change):
    """The fields of a creation, which must be the one change that they give."""
    need((change.seq, change.start, change.deps, change.message) == (1, 1, [], b""), "no creation")
    at = {place: index for index, (_, place, _, action, _, _) in enumerate(change.operations, 1) if action == MAP}
    said = lambda object_: {
        place: value[1] for inside, place, _, action, value, _ in change.operations if inside == object_ and action == PUT
    }
    of = lambda name: said((at.get(name), change.actor))
    root, exercise = said(ROOT), of("exercise")
    fields = {name: of(name) for name in MAPS}
    fields |= {name: root.get(name) for name in ("kind", "at", "created", "import", "trashed")}
    fields["exercise"] = (exercise["id"], exercise["version"]) if exercise else None
    need(change.operations == creation(fields, change.actor), "not in the order of a creation")
    return fields


def text(value):
    return number(len(value.encode()), 4) + value.encode()


def many(items):
    return number(len(items), 4) + b"".join(items)


def signed(value):
    return value.to_bytes(8, "big", signed=True)


def maybe(value, write):
    return b"\0" if value is None else b"\1" + write(value)


def import_actor(document, time, fields):
    """Under what name an import makes a document."""
    keys = lambda name: sorted(fields[name], key=str.encode)
    written = text(fields["kind"]) + text(fields["at"]) + signed(fields["created"])
    written += many([text(key) + text(fields["texts"][key]) for key in keys("texts")])
    written += many([text(key) for key in keys("tags")]) + many([text(key) for key in keys("people")])
    written += many([text(key) + text(fields["answers"][key]) for key in keys("answers")])
    written += maybe(fields["exercise"], lambda exercise: text(exercise[0]) + number(exercise[1], 8))
    written += maybe(fields["import"], bytes) + maybe(fields["trashed"], signed)
    when = number(time + (1 << 63), 8)
    return bytes(8) + when + sha256("haven/1/import", document, when, written)[:16]


def read_import(chunk, document):
    """A document as an import makes it."""
    change = Change(chunk)
    fields = created(change)
    need(change.actor == import_actor(document, change.time, fields), "another actor than an import's")
    return fields


def definition_id(fields):
    """The id of a document that defines an exercise or a measure."""
    need(fields["kind"] == "definition", "no definition")
    answers, (name, version) = fields["answers"], fields["exercise"]
    said = signed(fields["created"]) + number(version, 8)
    said += text(answers.get("defines", "exercise")) + text(name) + text(answers["toml"])
    return sha256("haven/1/definition", said)[:16]


def read_definition(chunk, document):
    """What the creation of a definition's document says."""
    fields = created(Change(chunk))
    need(definition_id(fields) == document, "the id of another definition")
    return fields


def read_upgrade(first, second):
    """A creation, and the change that makes a Text of one of its texts. Gives the text's name."""
    made, upgrade = Change(first), Change(second)
    fields = created(made)
    texts = next(at for at, (_, place, *_) in enumerate(made.operations, 1) if place == "texts"), made.actor
    named = {sha256("haven/1/upgrade", made.hash, name.encode())[:16]: name for name in fields["texts"]}
    need(upgrade.actor in named, "another actor than an upgrade's")
    name, start = named[upgrade.actor], len(made.operations) + 1
    place = (upgrade.deps, upgrade.seq, upgrade.start, upgrade.time, upgrade.message)
    need(place == ([made.hash], 1, start, 0, b""), "not right after the creation")
    string = next(at for at, op in enumerate(made.operations, 1) if op[:2] == (texts, name)), made.actor
    expected, last = [(texts, name, False, TEXT, (NOTHING, None), [string])], (0, None)
    for at, letter in enumerate(fields["texts"][name], start + 1):
        expected.append(((start, upgrade.actor), last, True, PUT, (STRING, letter), []))
        last = (at, upgrade.actor)
    need(upgrade.operations == expected, "more or less than an upgrade")
    return name
