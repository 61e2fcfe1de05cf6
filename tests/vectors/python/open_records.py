#!/usr/bin/env python3
"""A second reader of Haven's formats, written from docs/PROTOCOL.md alone, run over the golden vectors.

    open_records.py                 checks every vector; prints "N passed, 0 failed"; exit code 1 if any failed
    open_records.py --self-test     alters the vectors one value at a time and expects every alteration to be noticed
"""

import copy
import hashlib
import string
import sys

import boxes
import contents
import documents
import drawn_checks
import feed
import feed_checks
import meeting
import people
import primitives
from primitives import need
from tally import DATA, Tally, load, rows

# SHA-256 of BIP-39's english.txt as published.
ENGLISH = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"

unhex = bytes.fromhex


def check_feed(tally, name, vector):
    """Secrets, public keys and ids of one feed or paper."""
    secrets, keys = unhex(vector["secrets"]), unhex(vector["keys"])
    made = lambda: b"\1" + primitives.sign_key(secrets[:32]) + primitives.kem_key(secrets[32:])
    tally.equal(f"{name} keys", made, keys)
    tally.equal(f"{name} length", lambda: len(secrets), 64)
    tally.check(f"{name} acceptable", lambda: feed.check_keys(keys))
    for kind in ("feed", "paper"):
        tally.equal(f"{name} {kind} id", lambda: boxes.feed_id(keys, kind).hex(), vector[f"{kind} id"])


def codes(tally, vectors):
    for at, kit in rows(tally, vectors, "kits"):
        secret = unhex(kit["secret"])
        tally.equal(f"kit {at} read", lambda: people.read_code(kit["code"]), (people.KIT, secret))
        tally.equal(f"kit {at} typed", lambda: people.read_code(kit["typed"]), (people.KIT, secret))
        tally.equal(f"kit {at} written", lambda: people.write_code(people.KIT, secret), kit["code"])
        tally.equal(f"kit {at} paper", lambda: people.paper_secrets(secret).hex(), kit["paper"]["secrets"])
        check_feed(tally, f"kit {at}", kit["paper"])
    for at, link in rows(tally, vectors, "linking"):
        secret = unhex(link["secret"])
        tally.equal(f"linking {at} read", lambda: people.read_code(link["code"]), (people.LINKING, secret))
        tally.equal(f"linking {at} written", lambda: people.write_code(people.LINKING, secret), link["code"])
        tally.equal(f"linking {at} mailbox", lambda: people.mailbox_id(secret).hex(), link["mailbox"])
    for _, case in rows(tally, vectors, "refused"):
        tally.refuses(case["name"], lambda: need(people.read_code(case["code"])[0] == people.KIT, "another kind"))


def words_list():
    return load("crypto-words.json")["list"].split(" ")


def words(tally, vectors):
    listed = vectors["list"].split(" ")
    tally.equal("word list", lambda: hashlib.sha256("".join(f"{w}\n" for w in listed).encode()).hexdigest(), ENGLISH)
    for at, case in rows(tally, vectors, "words"):
        digest = unhex(case["digest"])
        tally.equal(f"three {at}", lambda: people.words(digest, 3, listed), case["three"])
        tally.equal(f"six {at}", lambda: people.words(digest, 6, listed), case["six"])
        tally.equal(f"digest {at}", lambda: len(digest), 32)


def passphrase(tally, vectors):
    wrapped, local_key = unhex(vectors["wrapped"]), unhex(vectors["local key"])
    params = b"\1" + b"".join(vectors[field].to_bytes(4, "big") for field in ("memory KiB", "passes", "lanes"))
    params += unhex(vectors["kdf salt"])
    tally.equal("parameters", lambda: boxes.split_wrapped(wrapped)[0], params)

    def opened():
        stretched, plain = boxes.passphrase_open(vectors["passphrase"], wrapped)
        need(plain == local_key, "another local key")
        made = boxes.passphrase_wrap(stretched, params, local_key, unhex(vectors["random"]))
        need(made == wrapped, "wraps to something else")

    tally.check("wrapped key", opened)
    for at, row in rows(tally, vectors, "prepared"):
        typed = unhex(row["typed"]).decode()
        tally.equal(f"prepared {at}", lambda: boxes.prepared(typed), unhex(row["stretched"]))
    for _, case in rows(tally, vectors, "refused"):
        tally.refuses(case["name"], lambda: boxes.split_wrapped(unhex(case["wrapped"])))


def local(tally, vectors):
    key = unhex(vectors["local key"])
    for at, row in rows(tally, vectors, "rows"):
        info, sealed = boxes.row_info(row["purpose"], unhex(row["place"])), unhex(row["sealed"])
        plain = row["plain"].encode()
        tally.equal(f"row {at} opened", lambda: boxes.box_open(key, info, sealed), plain)
        tally.equal(f"row {at} sealed", lambda: boxes.box_seal(key, info, plain, unhex(row["random"])), sealed)


def drops(tally, vectors):
    secret, key_row = unhex(vectors["secret"]), unhex(vectors["key row"])
    tally.equal("key row", lambda: b"\1" + primitives.kem_key(secret), key_row)
    for at, case in rows(tally, vectors, "drops"):
        content, sealed = case["content"].encode(), unhex(case["sealed"])
        tally.equal(f"drop {at} opened", lambda: boxes.drop_open(secret, sealed), content)
        tally.equal(f"drop {at} sealed", lambda: boxes.drop(key_row, content, unhex(case["random"])), sealed)
        tally.equal(f"drop {at} id", lambda: boxes.drop_id(sealed).hex(), case["id"])
    for _, case in rows(tally, vectors, "refused"):
        tally.refuses(case["name"], lambda: boxes.drop_open(secret, unhex(case["sealed"])))


def epochs(tally, vectors):
    listed = vectors["epochs"]
    for at, epoch in rows(tally, vectors, "epochs"):
        root = unhex(epoch["root"])
        tally.equal(f"epoch {at} id", lambda: boxes.epoch_key(root, "id").hex(), epoch["id"])
        if at > 0:
            previous, key = unhex(listed[at - 1]["root"]), boxes.epoch_key(root, "link")
            info = b"haven/1/previous root" + unhex(listed[at - 1]["id"])
            sealed = unhex(epoch["sealed previous root"])
            tally.equal(f"epoch {at} previous", lambda: boxes.box_open(key, info, sealed), previous)
            made = lambda: boxes.box_seal(key, info, previous, unhex(epoch["random"]))
            tally.equal(f"epoch {at} sealed", made, sealed)
    for at, name in rows(tally, vectors, "names"):
        key = boxes.epoch_key(unhex(listed[name["epoch"]]["root"]), "name")
        info, sealed = b"haven/1/name" + unhex(name["member"]), unhex(name["sealed"])
        opened = lambda: boxes.read_name_block(boxes.box_open(key, info, sealed))
        tally.equal(f"name {at} opened", opened, name["name"])
        made = lambda: boxes.box_seal(key, info, boxes.name_block(name["name"]), unhex(name["random"]))
        tally.equal(f"name {at} sealed", made, sealed)
    check_feed(tally, "recipient", vectors["recipient"])
    wraps(tally, vectors)


def wraps(tally, vectors):
    kem, keys = unhex(vectors["recipient"]["secrets"])[32:], unhex(vectors["recipient"]["keys"])
    for at, case in rows(tally, vectors, "wraps"):
        root = unhex(vectors["epochs"][case["epoch"]]["root"])
        parts = unhex(case["space"]), case["epoch"], unhex(case["recipient"]), unhex(case["previous link"])
        info, wrapped = boxes.wrap_info(*parts), unhex(case["wrap"])
        tally.equal(f"wrap {at} recipient", lambda: boxes.feed_id(keys), parts[2])
        tally.equal(f"wrap {at} opened", lambda: boxes.unwrap(kem, info, wrapped), root)
        tally.equal(f"wrap {at} made", lambda: boxes.wrap(primitives.kem_of(keys), info, root, unhex(case["random"])), wrapped)


def records(tally, vectors):
    root, other, keys = unhex(vectors["root"]), unhex(vectors["other root"]), unhex(vectors["author"]["keys"])
    need(root != other, "the other root is the root")
    check_feed(tally, "author", vectors["author"])
    known = load("crypto-epochs.json")["epochs"]
    tally.equal("other root", lambda: other.hex(), known[1]["root"])
    tally.check("run", lambda: feed.read_run([unhex(case["stored"]) for case in vectors["run"]], keys))
    for at, case in rows(tally, vectors, "run"):
        record = lambda: boxes.Record(unhex(case["stored"]), keys)
        tally.equal(f"record {at} id", lambda: record().id.hex(), case["id"])
        tally.equal(f"record {at} salt", lambda: record().salt.hex(), case["salt"])
        tally.equal(f"record {at} commit", lambda: record().commit.hex(), case["commit"])
        tally.equal(f"record {at} content", lambda: record().open(root)[1].hex(), case["content"])
        tally.check(f"record {at} sealed", lambda: sealed_again(record(), root, case))
        tally.refuses(f"record {at} under the other root", lambda: record().open(other))


def sealed_again(record, root, case):
    """Seals the content of a record again; every byte must come out the same."""
    plain = boxes.pad_stored(unhex(case["content"]))
    need(plain == record.open(root)[0], "pads to something else")
    salt = boxes.hedged(boxes.epoch_key(root, "salt"), unhex(case["random"]), record.header, plain)
    need(salt == record.salt, "another salt")
    key, commit = record.keys_under(root)
    body = primitives.seal(key, record.header + salt + commit, plain)
    need(body == record.body, "another body")


def deflated(tally, vectors):
    known = load("crypto-records.json")
    root, keys = unhex(known["root"]), unhex(known["author"]["keys"])
    opened = lambda: boxes.Record(unhex(vectors["stored"]), keys).open(root)
    tally.equal("content", lambda: opened()[1].decode(), vectors["content"])
    tally.equal("codec", lambda: opened()[0][0], 1)


def stretched(tally, vectors):
    known = load("crypto-records.json")
    root, keys = unhex(known["root"]), unhex(known["author"]["keys"])
    record = lambda: boxes.Record(unhex(vectors["stored"]), keys)
    tally.equal("content", lambda: record().open(root)[1].decode(), vectors["letter"] * vectors["times"])
    tally.equal("codec", lambda: record().open(root)[0][0], 1)
    tally.equal("size", lambda: len(record().body), boxes.padded_length(-(-vectors["times"] // 32)) + 16)


def padding(tally, vectors):
    for _, size in rows(tally, vectors, "sizes"):
        tally.equal(f"{size['length']} bytes", lambda: boxes.padded_length(size["length"]), size["padded"])


def linking(tally, vectors):
    secret, messages = unhex(vectors["secret"]), [unhex(message) for message in vectors["messages"]]
    said = people.read_linking(secret, messages, words_list())
    tally.equal("mailbox", lambda: people.mailbox_id(secret).hex(), vectors["mailbox"])
    check_feed(tally, "joiner", vectors["joiner"])
    tally.equal("keys", lambda: said["keys"].hex(), vectors["joiner"]["keys"])
    for field in ("blind", "nonce", "space", "roster hash", "manifest id", "server key", "store", "vector"):
        tally.equal(field, lambda: said[field].hex(), vectors[field])
    for field in ("name", "roster seq", "manifest generation", "words"):
        tally.equal(field, lambda: said[field], vectors[field])
    random = [unhex(draw) for draw in vectors["random"]]
    tally.equal("messages made again", lambda: people.make_linking(secret, said, random), messages)
    for whose, info in (("farewells", people.FAREWELL), ("farewells of the joiner", people.JOINER_FAREWELL)):
        for at, end in rows(tally, vectors, whose):
            message, draw, reason = unhex(end["message"]), unhex(end["random"]), end["reason"]
            tally.equal(f"{whose} {at} read", lambda: people.read_farewell(secret, message, info), bytes([reason]))
            tally.equal(f"{whose} {at} made", lambda: people.make_farewell(secret, reason, draw, info), message)


def core_meeting(tally, vectors):
    for at, case in rows(tally, vectors, "texts"):
        units = lambda: [list(unit) for unit in meeting.apart(case["text"])[0]]
        tally.equal(f"text {at}", units, case["units"])
        tally.equal(f"tail {at}", lambda: meeting.apart(case["text"])[1], case["tail"])
    for at, case in rows(tally, vectors, "merges"):
        met = lambda: meeting.Meeting(case["base"], case["first"], case["second"])
        tally.equal(f"merge {at}", lambda: met().merged(), case["merge"])
        tally.equal(f"both {at}", lambda: met().text(), case["both"])


def engine_contents(tally, vectors):
    named = vectors["actor"]
    tally.equal("actor", lambda: contents.actor(unhex(named["feed"]), unhex(named["nonce"])).hex(), named["actor"])
    for _, case in rows(tally, vectors, "contents"):
        said = {field: value for field, value in case.items() if field not in ("name", "content")}
        tally.equal(case["name"], lambda: contents.read(unhex(case["content"])), said)
    for _, case in rows(tally, vectors, "refused"):
        tally.refuses(case["name"], lambda: contents.read(unhex(case["content"])))


def engine_import(tally, vectors):
    # The document's id and what they say stand in the comment; the rest is bound by their actors.
    tally.equal("two changes", lambda: len(vectors["lines"]), 2)
    said = lambda: documents.read_import(unhex(vectors["lines"][0]), bytes([7]) * 16)
    tally.equal("text", lambda: said()["texts"], {"title": "", "text": "Dear diary,\nGrüße 😀"})
    tally.equal("times", lambda: (said()["created"], said()["trashed"]), (1_500, 2_500))
    later = lambda: documents.read_import(unhex(vectors["lines"][1]), bytes([7]) * 16)
    tally.equal("text of a later kind", lambda: later()["texts"], {"title": "", "text": "Was war heute gut?"})
    tally.equal("a later kind", lambda: later()["kind"], "prompt")
    tally.equal("a later answer", lambda: sorted(later()["answers"]), ["why", "why:language"])
    for at, line in enumerate(vectors["lines"]):
        tally.refuses(f"another document {at}", lambda: documents.read_import(unhex(line), bytes([8]) * 16))


def engine_definition(tally, vectors):
    tally.equal("two definitions", lambda: len(vectors["lines"]), 4)
    line = lambda at: unhex(vectors["lines"][at])
    said = lambda at: documents.read_definition(line(2 * at + 1), line(2 * at))
    tally.equal("text", lambda: said(0)["answers"], {"toml": 'id = "my-own"\n# Grüße 😀\n'})
    tally.equal("version", lambda: (said(0)["exercise"], said(0)["created"]), (("my-own", 3), 1_500))
    tally.equal("a measure", lambda: (said(1)["answers"]["defines"], said(1)["trashed"]), ("measure", 2_500))
    imported = lambda: documents.read_import(line(3), line(2))
    tally.equal("an import", lambda: imported()["answers"]["gives-way"], "yes")
    tally.refuses("under another id", lambda: documents.read_definition(line(1), line(2)))


def engine_upgrade(tally, vectors):
    tally.equal("two changes", lambda: len(vectors["lines"]), 2)
    upgraded = lambda: documents.read_upgrade(*(unhex(line) for line in vectors["lines"]))
    tally.equal("text", upgraded, "text")


FILES = {
    "core-meeting.json": core_meeting,
    "crypto-codes.json": codes, "crypto-words.json": words, "crypto-passphrase.json": passphrase,
    "crypto-local.json": local, "crypto-drops.json": drops, "crypto-epochs.json": epochs, "crypto-records.json": records,
    "crypto-deflated.json": deflated, "crypto-stretched.json": stretched,
    "crypto-padding.json": padding, "crypto-linking.json": linking,
    "engine-contents.json": engine_contents, "engine-definition.txt": engine_definition,
    "engine-import.txt": engine_import, "engine-upgrade.txt": engine_upgrade,
    **feed_checks.FILES, **drawn_checks.FILES,
}

# Files that are not vectors, and why.
NO_VECTORS = {
    "drawn-ml-dsa.json": "halves of signatures that drawn.py makes; the vectors of suite 2 hold them, and are read",
}

# What the self-test leaves alone: explanations, and what is refused however it is altered.
UNTOUCHED = {"about", "refused", "malformed", "refused kem", "refused sign", "under the other root"}
# Inputs of which many have one output, and what only the rules of rosters decide.
UNTOUCHED_IN = {
    "core-meeting.json": {"base", "first", "second"},
    "crypto-words.json": {"digest"},
    "crypto-padding.json": {"length"},
    "crypto-passphrase.json": {"typed"},
    "engine-contents.json": {"name"},
    "drawn-bodies.json": {"name"},
    "feed-logins.json": {"name", "gives"},
    "feed-rosters.json": {"name"},
}


def run(name, vectors, loud):
    """Checks one file; an error outside a check is one failure."""
    tally = Tally(loud)
    tally.check(name, lambda: FILES[name](tally, vectors))
    return tally


def leaves(value, untouched, path=()):
    """Every value of a vector file that an alteration must be noticed in."""
    if isinstance(value, dict):
        for key in value.keys() - untouched:
            yield from leaves(value[key], untouched, (*path, key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from leaves(item, untouched, (*path, at))
    elif value is not None:
        yield path


def alterations(value):
    """Copies of a value with something else in it: for bytes, one bit at several places."""
    if isinstance(value, int):
        return [value + 1]
    if value and len(value) % 2 == 0 and set(value) <= set(string.hexdigits.lower()):
        places = {len(value) * part // 6 for part in range(6)} | {len(value) - 1}
        return [value[:at] + f"{int(value[at], 16) ^ 1:x}" + value[at + 1:] for at in sorted(places)]
    return [("z" if value[:1] != "z" else "y") + value[1:], value + "x"]


def altered(vectors, path, value):
    """A copy of the vectors with one value replaced."""
    vectors = copy.deepcopy(vectors)
    place = vectors
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return vectors


def self_test():
    """Alters one value after another; every alteration must fail its file."""
    noticed, missed = 0, []
    for name in FILES:
        vectors = load(name)
        for path in leaves(vectors, UNTOUCHED | UNTOUCHED_IN.get(name, set())):
            value = vectors
            for step in path:
                value = value[step]
            for other in alterations(value):
                if run(name, altered(vectors, path, other), loud=False).failures:
                    noticed += 1
                else:
                    missed.append(f"{name} {'/'.join(map(str, path))}")
    for place in missed:
        print(f"FAILED nobody noticed an alteration of {place}", file=sys.stderr)
    return noticed, len(missed)


def unread():
    """Files that nobody reads: none may be, or a format would be frozen that was read once, by whoever wrote it."""
    return sorted({path.name for path in DATA.iterdir()} - FILES.keys() - NO_VECTORS.keys())


def main(arguments):
    need(set(arguments) <= {"--self-test"}, "usage: open_records.py [--self-test]")
    forgotten = unread()
    for name in forgotten:
        print(f"FAILED nobody reads {name}", file=sys.stderr)
    if arguments:
        passed, failed = self_test()
    else:
        tallies = [run(name, load(name), loud=True) for name in FILES]
        passed, failed = (sum(counts) for counts in zip(*((t.passed, len(t.failures)) for t in tallies)))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or forgotten or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
