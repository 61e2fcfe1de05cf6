#!/usr/bin/env python3
"""A second reader of Haven's formats, written from docs/PROTOCOL.md alone, run over the golden vectors.

    open_records.py                 checks every vector; prints "N passed, 0 failed"; exit code 1 if any failed
    open_records.py --self-test     alters the vectors one value at a time and expects every alteration to be noticed
"""

import copy
import hashlib
import json
import string
import sys
from pathlib import Path

import boxes
import contents
import drawn_checks
import feed
import meeting
import people
import primitives
from primitives import Refused, need, sha256

DATA = Path(__file__).resolve().parent.parent / "data"
# SHA-256 of BIP-39's english.txt as published.
ENGLISH = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"

unhex = bytes.fromhex


class Tally:
    """Counts checks; a refusal or any other error is a failure."""

    def __init__(self, loud):
        self.loud, self.passed, self.failures = loud, 0, []

    def check(self, name, run):
        """Runs one check; it passes if it returns."""
        try:
            run()
            self.passed += 1
        except Exception as fault:  # Whatever goes wrong with a vector is that vector's failure.
            self.failures.append(f"{name}: {fault or type(fault).__name__}")
            if self.loud:
                print(f"FAILED {self.failures[-1]}", file=sys.stderr)

    def equal(self, name, compute, expected):
        """Checks that something computed is what the vector says."""
        self.check(name, lambda: need(compute() == expected, "differs"))

    def refuses(self, name, run):
        """Checks that something is refused, and not by accident."""

        def refused():
            try:
                run()
            except Refused:
                return
            raise AssertionError("was accepted")

        self.check(name, refused)


def load(name):
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def rows(tally, vectors, field):
    """A list of vectors, which must not be empty: an empty list would pass everything."""
    tally.check(field, lambda: need(vectors[field], "no vectors"))
    return enumerate(vectors[field])


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


def feed_keys(tally, vectors):
    for at, case in rows(tally, vectors, "keys"):
        seed, keys = feed.vector_keys(at + 1)
        tally.equal(f"seed {at}", lambda: seed.hex(), case["seed"])
        tally.equal(f"keys {at}", lambda: keys.hex(), "01" + case["sign"] + case["kem"])
        tally.check(f"keys {at} acceptable", lambda: feed.check_keys(keys))
        for kind in ("feed", "party", "paper"):
            tally.equal(f"{kind} id {at}", lambda: boxes.feed_id(keys, kind).hex(), case[f"{kind} id"])
    for at, case in rows(tally, vectors, "refused kem"):
        tally.refuses(f"refused kem {at}", lambda: primitives.check_kem(unhex(case["key"])))
    for at, case in rows(tally, vectors, "refused sign"):
        tally.refuses(f"refused sign {at}", lambda: primitives.check_sign(unhex(case["key"])))


def feed_records(tally, vectors):
    keys = feed.vector_keys(1)[1]
    tally.check("run", lambda: feed.read_run([unhex(case["stored"]) for case in vectors["run"]], keys))
    for at, case in rows(tally, vectors, "run"):
        stored = unhex(case["stored"])
        tally.equal(f"record {at} id", lambda: boxes.Record(stored, keys).id.hex(), case["id"])
        tally.equal(f"record {at} husk", lambda: feed.husk(stored).hex(), case["husk"])
        tally.equal(f"husk {at} id", lambda: boxes.Record(unhex(case["husk"]), keys).id.hex(), case["id"])
        for field, start, end in (("header bytes", 0, 128), ("salt", 128, 144), ("commit", 144, 176)):
            tally.equal(f"record {at} {field}", lambda: stored[start:end].hex(), case[field])
        tally.equal(f"record {at} body", lambda: stored[272:].hex(), case["body"])
        check_header(tally, f"record {at}", stored, case["header"])
    for case in vectors["malformed"] + vectors["refused"]:
        if case["name"] in ("another body", "a bad signature", "kind zero", "half a prefix"):
            tally.refuses(case["name"], lambda: refused_record(unhex(case["stored"]), keys))


def refused_record(stored, keys):
    need(len(stored) < 4 or stored[3] != 0, "kind zero")
    return boxes.Record(stored, keys)


def check_header(tally, name, stored, header):
    """The fields of a header."""
    fields = (("kind", 3, 4), ("seq", 44, 52), ("epoch", 52, 56), ("roster seq", 56, 64))
    for field, start, end in fields:
        tally.equal(f"{name} {field}", lambda: int.from_bytes(stored[start:end], "big"), header[field])
    for field, start, end in (("space", 4, 36), ("feed", 36, 44), ("roster hash", 64, 96), ("prev", 96, 128)):
        tally.equal(f"{name} {field}", lambda: stored[start:end].hex(), header[field])


def feed_rosters(tally, vectors):
    authors = feed.authors_by_id((1, 2, 3, 4, 5, 6, 9))
    for _, roster in rows(tally, vectors, "rosters"):
        hashes = lambda: feed.read_roster([unhex(link["bytes"]) for link in roster["links"]], authors)
        tally.equal(f"{roster['name']} links", lambda: [h.hex() for h in hashes()], [link["hash"] for link in roster["links"]])
        tally.equal(f"{roster['name']} space", lambda: hashes()[0].hex(), roster["space"])


def feed_logins(tally, vectors):
    server, nonce, store = (unhex(vectors[f]) for f in ("server", "nonce", "store"))
    ids = {1: boxes.feed_id, 2: lambda keys: sha256("haven/1/paper", keys)[:8], 3: lambda keys: sha256("haven/1/party", keys)[:8]}
    for _, case in rows(tally, vectors, "logins"):
        name, space, member = case["name"], unhex(case["space"]), unhex(case["member"])
        role, keys = bytes([case["role"]]), feed.vector_keys(case["key"])[1]
        login = sha256("haven/1/auth", server, nonce, space, role, member)
        proof = sha256("haven/1/server", server, nonce, space, role, member, store)
        tally.equal(f"{name} login digest", lambda: login.hex(), case["login digest"])
        tally.equal(f"{name} server digest", lambda: proof.hex(), case["server digest"])
        tally.equal(f"{name} member", lambda: ids[case["role"]](keys), member)
        tally.check(f"{name} login", lambda: primitives.verify(primitives.sign_of(keys), login, unhex(case["login signature"])))
        tally.check(f"{name} server", lambda: primitives.verify(server, proof, unhex(case["server signature"])))


def feed_invites(tally, vectors):
    server = unhex(vectors["server"])
    for at, case in rows(tally, vectors, "invites"):
        secret = unhex(case["secret"])
        tally.equal(f"invite {at}", lambda: feed.write_invite(secret, server), case["code"])
        tally.equal(f"typed {at}", lambda: feed.plain_text(case["typed"]), feed.plain_text(case["code"]))
        tally.equal(f"ticket {at}", lambda: sha256("haven/1/ticket", secret).hex(), case["ticket"])


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


FILES = {
    "core-meeting.json": core_meeting,
    "crypto-codes.json": codes, "crypto-words.json": words, "crypto-passphrase.json": passphrase,
    "crypto-local.json": local, "crypto-drops.json": drops, "crypto-epochs.json": epochs, "crypto-records.json": records,
    "crypto-deflated.json": deflated, "crypto-padding.json": padding, "crypto-linking.json": linking,
    "feed-keys.json": feed_keys, "feed-records.json": feed_records, "feed-rosters.json": feed_rosters,
    "feed-logins.json": feed_logins, "feed-invites.json": feed_invites,
    "engine-contents.json": engine_contents,
    **drawn_checks.FILES,
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
    "feed-logins.json": {"name", "gives"},
    "feed-rosters.json": {"name", "owner", "paper", "parties", "feeds", "epoch at link"},
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


def main(arguments):
    need(set(arguments) <= {"--self-test"}, "usage: open_records.py [--self-test]")
    if arguments:
        passed, failed = self_test()
    else:
        tallies = [run(name, load(name), loud=True) for name in FILES]
        passed, failed = (sum(counts) for counts in zip(*((t.passed, len(t.failures)) for t in tallies)))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
