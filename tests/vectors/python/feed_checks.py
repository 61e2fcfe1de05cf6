"""Runs what feed.py reads over the vectors of keys, records, rosters, the exchange, log-ins and invites."""

import copy

import boxes
import feed
import primitives
from primitives import need, sha256
from tally import load, rows

unhex = bytes.fromhex


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
    for _, case in rows(tally, vectors, "malformed"):
        tally.refuses_for(case["name"], lambda: feed.parse_record(unhex(case["stored"])), case["fault"])
    tally.check("parsed", lambda: [feed.parse_record(unhex(case["stored"])) for case in vectors["run"]])
    roster = read_links(load("feed-rosters.json")["rosters"][0])
    chain = lambda: [boxes.Record(unhex(case["stored"]), keys) for case in vectors["run"]]
    for at in (1, 2):
        tally.check(f"continues {at}", lambda: feed.continues(unhex(vectors["run"][at]["stored"]), keys, chain()[at - 1], roster))
    for _, case in rows(tally, vectors, "refused"):
        # The fault of a run says which of its records it is; each of these is a run of one.
        fault = case["fault"].removeprefix("record 0 of the run: ")
        tally.refuses_for(case["name"], lambda: feed.continues(unhex(case["stored"]), keys, chain()[-1], roster), fault)


def check_header(tally, name, stored, header):
    """The fields of a header."""
    fields = (("kind", 3, 4), ("seq", 44, 52), ("epoch", 52, 56), ("roster seq", 56, 64))
    for field, start, end in fields:
        tally.equal(f"{name} {field}", lambda: int.from_bytes(stored[start:end], "big"), header[field])
    for field, start, end in (("space", 4, 36), ("feed", 36, 44), ("roster hash", 64, 96), ("prev", 96, 128)):
        tally.equal(f"{name} {field}", lambda: stored[start:end].hex(), header[field])


def feed_rosters(tally, vectors):
    read = {}
    for _, roster in rows(tally, vectors, "rosters"):
        name = roster["name"]
        tally.check(f"{name} holds", lambda: read.update({name: read_links(roster)}))
        tally.equal(f"{name} links", lambda: [h.hex() for h in read[name].hashes], [link["hash"] for link in roster["links"]])
        tally.equal(f"{name} space", lambda: read[name].hashes[0].hex(), roster["space"])
        tally.equal(f"{name} epochs", lambda: read[name].epochs, roster["epoch at link"])
        standing = lambda: sorted(id_.hex() for id_ in read[name].standing)
        tally.equal(f"{name} standing", standing, [roster["paper"]] if roster["paper"] else roster["parties"])
        owner = lambda: None if read[name].is_vault else read[name].owner.hex()
        tally.equal(f"{name} owner", owner, roster["owner"])
        tally.check(f"{name} feeds", lambda: check_members(read[name], roster["feeds"]))
    for _, case in rows(tally, vectors, "refused"):
        vault = lambda: copy.deepcopy(read["vault"])
        tally.refuses_for(case["name"], lambda: vault().append(unhex(case["bytes"])), case["fault"])


def read_links(roster):
    return feed.read_roster([unhex(link["bytes"]) for link in roster["links"]])


def check_members(roster, feeds):
    """The feeds there ever were: since when, and until which link."""
    need(sorted(member["id"] for member in feeds) == sorted({feed_.hex() for feeds_ in roster.feeds_at for feed_ in feeds_}), "others")
    for member in feeds:
        id_ = unhex(member["id"])
        at = [seq for seq, present in enumerate(roster.feeds_at) if id_ in present]
        removed = None if at[-1] == len(roster.hashes) - 1 else at[-1] + 1
        need(feed_id_of(member) == id_, "another id")
        need((at[0], removed) == (member["added"], member["removed"]), "another time")
        party = roster.whose[id_]
        need((None if party == feed.NOBODY else party.hex()) == member["party"], "another party")


def feed_id_of(member):
    return boxes.feed_id(unhex(member["keys"]))


def feed_exchange(tally, vectors):
    ids = [boxes.feed_id(feed.vector_keys(index)[1]) for index in (1, 2, 4)]
    run = load("feed-records.json")["run"]
    positions = {unhex(at["feed"]): (at["seq"], unhex(at["id"])) for at in vectors["positions"]}
    told = {id_: (seq, unhex(record["id"])) for seq, (id_, record) in enumerate(zip(ids, run, strict=True), 1)}
    tally.equal("positions", lambda: positions, told)
    tally.equal("vector", lambda: feed.read_vector(unhex(vectors["vector"])), told)
    tally.equal("vector written", lambda: feed.write_vector(told).hex(), vectors["vector"])
    tally.equal("empty vector", lambda: feed.read_vector(unhex(vectors["empty vector"])), {})
    for _, case in rows(tally, vectors, "refused"):
        tally.refuses(case["name"], lambda: feed.read_vector(unhex(case["bytes"])))
    links = load("feed-rosters.json")["rosters"][0]["links"]
    first = min(told)
    named = {id_: (*position, ids[0]) for id_, position in told.items()}
    pins = (b"\x57" * 16, (len(links) - 1, unhex(links[-1]["hash"])), {first: told[first]}, named)
    tally.equal("pins", lambda: feed.read_pins(unhex(vectors["pins"])), (*pins, None))
    tally.equal("pins with a link", lambda: feed.read_pins(unhex(vectors["pins with a link"])), (*pins, (len(links), ids[1])))
    tally.equal("empty pins", lambda: feed.read_pins(unhex(vectors["empty pins"])), (None, None, {}, {}, None))


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
        pin = sha256("haven/1/pin", server)[:16]
        for field in ("code", "typed"):
            tally.equal(f"{field} {at} read", lambda: feed.read_invite(case[field]), (secret, pin))
        key = primitives.sign_key(sha256("haven/1/key of an invite", secret))
        tally.equal(f"key {at}", lambda: key.hex(), case["key"])
        shown = sha256("haven/1/shown invite", unhex(vectors["space"]))
        tally.check(f"shown {at}", lambda: primitives.verify(key, shown, unhex(case["signature"])))
        tally.equal(f"ticket {at}", lambda: sha256("haven/1/ticket", key).hex(), case["ticket"])
    for _, case in rows(tally, vectors, "refused"):
        tally.refuses_for(case["name"], lambda: feed.read_invite(case["code"]), case["fault"])


FILES = {
    "feed-keys.json": feed_keys, "feed-records.json": feed_records, "feed-rosters.json": feed_rosters,
    "feed-exchange.json": feed_exchange, "feed-logins.json": feed_logins, "feed-invites.json": feed_invites,
}
