"""Runs what drawn.py reads over the vectors of what is drawn for later."""

import hashlib
from itertools import count, takewhile

import boxes
import drawn
import feed
import people
import primitives
from primitives import need, number, sha256
from tally import load

unhex = bytes.fromhex
LAPTOP, TABLET = 2, 4


def keys_of(index):
    return feed.vector_keys(index)[1]


def content(length):
    """What the vectors' attachments hold."""
    blocks = takewhile(lambda at: 32 * at < length, count())
    return b"".join(hashlib.sha256(at.to_bytes(4, "big")).digest() for at in blocks)[:length]


def attachments(tally, vectors):
    root, cases = unhex(vectors["root"]), vectors["blobs"]
    tally.check("blobs", lambda: need(len(cases) == 7, "no vectors"))
    sealed = []
    for at, case in enumerate(cases):
        plain, key = drawn.plain_of(content(case["length"])), unhex(case["key"])
        tally.equal(f"blob {at} key", lambda: drawn.attachment_key(root, unhex(case["random"]), plain), key)
        chunks = drawn.seal_blob(key, plain)
        sealed.append((chunks, case))
        tally.equal(f"blob {at} length", lambda: sum(map(len, chunks)), case["sealed length"])
        tally.equal(f"blob {at} chunks", lambda: len(chunks), case["chunks"])
        tally.equal(f"blob {at} begins", lambda: chunks[0][:32].hex(), case["first chunk begins"])
        tally.equal(f"blob {at} ends", lambda: chunks[-1][-32:].hex(), case["last chunk ends"])
        tally.equal(f"blob {at} root", lambda: drawn.blob_root(chunks).hex(), case["root"])
        told = unhex(case["id"]), case["sealed length"], key
        tally.equal(f"blob {at} opened", lambda: drawn.open_blob(chunks, *told), content(case["length"]))
        item = {"document": bytes([0xD0]) * 16, "id": told[0], "sealed": told[1], "length": case["length"], "key": key,
                "media": "image/jpeg", "name": "a day at the sea.jpg"}
        tally.equal(f"blob {at} item", lambda: drawn.read_item(unhex(case["item"])), item)
    two = sealed[4:6]
    tally.check("refused", lambda: need(vectors["refused"], "no vectors"))
    for case in vectors["refused"]:
        chunks, told = [two[of][0][at] for of, at in case["chunks"]], two[0][1]
        key = unhex(told["key"])
        tally.refuses(case["name"], lambda: drawn.open_blob(chunks, unhex(told["id"]), told["sealed length"], key))
        length = sum(map(len, chunks))
        tally.refuses(f"{case['name']}, unnamed", lambda: drawn.open_blob(chunks, drawn.blob_id(chunks), length, key))


def manifests(tally, vectors):
    stored = [unhex(case["bytes"]) for case in vectors["manifests"]]
    signers = [keys_of(LAPTOP), keys_of(TABLET)]
    first, second = (drawn.Manifest(*pair) for pair in zip(stored, signers, strict=True))
    for at, (manifest, case) in enumerate(zip((first, second), vectors["manifests"])):
        tally.equal(f"manifest {at} id", lambda: manifest.id.hex(), case["id"])
    tally.check("the second follows", lambda: second.follows(first))
    tally.refuses("the first follows nothing", lambda: first.follows(second))
    tally.refuses("another author", lambda: drawn.Manifest(stored[0], signers[1]))
    named = {pack["id"]: pack for pack in second.packs}
    tally.equal("packs", lambda: [pack["id"] for pack in first.packs], [second.packs[1]["id"]])
    tally.equal("epochs", lambda: [case["epoch"] for case in vectors["packs"]], [0, 1])
    for at, case in enumerate(vectors["packs"]):
        chunks = drawn.split(unhex(case["sealed"]))
        tally.check(f"pack {at}", lambda: opens(first.space, named[drawn.blob_id(chunks)], chunks, case))
    for seq, husk in enumerate(vectors["superseded"], 1):
        record = lambda: boxes.Record(unhex(husk), signers[0])
        manifest = (first, second)[seq - 1]
        tally.equal(f"superseded {seq}", lambda: manifest.base[manifest_feed(signers[0])][:2], (seq, record().id))
    begins(tally, vectors["begins"], second, signers[0])


def manifest_feed(keys):
    return boxes.feed_id(keys)


def opens(space, pack, chunks, case):
    """A pack opens under its epoch, says what it says, and is sealed again to the same bytes."""
    root, said = unhex(case["root"]), unhex(case["content"])
    need(pack["epoch"] == case["epoch"], "another epoch")
    key, plain = drawn.pack_keys(root, space, pack), drawn.plain_of(said)
    need(drawn.open_blob(chunks, pack["id"], pack["sealed"], key) == said, "another content")
    need(drawn.pack_salt(root, space, pack["epoch"], unhex(case["random"]), plain) == pack["salt"], "another salt")
    need(drawn.seal_blob(key, plain) == chunks and pack["sealed"] <= drawn.PACK_CHUNKS_MAX * 65_552, "sealed otherwise")
    need([kind for kind, _ in drawn.read_sections(said)] == [1, 2, 3], "other sections")


def begins(tally, vectors, manifest, keys):
    tally.check("begins", lambda: drawn.begins(manifest, unhex(vectors["first"]), keys, True))
    tally.check("refused", lambda: need(vectors["refused"], "no vectors"))
    for case in vectors["refused"]:
        tally.refuses(case["name"], lambda: drawn.begins(manifest, unhex(case["stored"]), keys, case["base"]))


def checkpoints(tally, vectors):
    links = [unhex(link["bytes"]) for link in vectors["links"]]
    hashes = feed.read_roster(links).hashes
    tally.equal("links", lambda: [hash_.hex() for hash_ in hashes], [link["hash"] for link in vectors["links"]])
    tally.equal("space", lambda: hashes[0].hex(), vectors["space"])
    state, link = unhex(vectors["state"]), unhex(vectors["link"])
    tally.equal("joined", lambda: drawn.join_at(links[0], link, state).hex(), vectors["hash"])
    tally.equal("place", lambda: (drawn.State(state).seq, drawn.State(state).hash), (len(links) - 1, hashes[-1]))
    tally.equal("version 1", lambda: vectors["version 1 says"], "update needed: link kind 5 is not understood")
    tally.check("refused", lambda: need(vectors["refused"], "no vectors"))
    for case in vectors["refused"]:
        other = unhex(case["state"]) if case["state"] else state
        tally.refuses(case["name"], lambda: drawn.join_at(links[0], unhex(case["link"]), other))


def bodies(tally, vectors):
    hashes = [unhex(link["hash"]) for link in load("drawn-checkpoints.json")["links"]]
    came = {2: 1, 4: 2, 6: 4}
    members = {boxes.feed_id(keys_of(at)): (keys_of(at), seq) for at, seq in came.items()}
    ever = members.keys() | {boxes.feed_id(keys_of(1))}
    tally.equal("husks", lambda: len(vectors["husks"]), 5)
    held = {}
    for at, husk in enumerate(vectors["husks"]):
        keys = keys_of(2 if at < 4 else 6)
        tally.check(f"husk {at}", lambda: held.update(place_of(boxes.Record(unhex(husk), keys))))
    tally.equal("words", lambda: len(vectors["words"]), 3)
    for case in vectors["words"]:
        said = lambda: drawn.may_go(unhex(case["bytes"]), hashes, members, ever, held)
        told = lambda: [[feed_.hex(), first, last, id_.hex()] for feed_, first, last, id_ in said()["ranges"]]
        tally.equal(f"{case['name']} ranges", told, case["ranges"])
        tally.equal(f"{case['name']} when", lambda: said()["not before"], case["not before"])
        tally.equal(f"{case['name']} author", lambda: said()["author"], boxes.feed_id(keys_of(case["author"])))
    tally.check("refused", lambda: need(vectors["refused"], "no vectors"))
    for case in vectors["refused"]:
        tally.refuses_for(case["name"], lambda: drawn.may_go(unhex(case["bytes"]), hashes, members, ever, held), case["fault"])
    tally.equal("the most ranges", lambda: len(drawn.read_bodies(so_many(drawn.RANGES_MAX))["ranges"]), 1_024)
    tally.refuses("too many ranges", lambda: drawn.read_bodies(so_many(drawn.RANGES_MAX + 1)))


def so_many(ranges):
    """A word that is signed by nobody, with so many ranges of one record."""
    each = (bytes(8) + number(2 * at + 1, 8) * 2 + bytes(32) for at in range(ranges))
    return b"\1" + bytes(88) + number(ranges, 2) + b"".join(each) + bytes(64)


def place_of(record):
    return {(record.header[36:44], record.seq): record.id}


def author_of(link):
    """The tablet made this link."""
    signed = sha256("haven/1/roster author", link.hash)
    primitives.verify(primitives.sign_of(keys_of(TABLET)), signed, link.signature)


def servers(tally, vectors):
    server, space, link = unhex(vectors["server"]), unhex(vectors["space"]), feed.Link(unhex(vectors["link"]))
    tally.equal("server", lambda: primitives.sign_of(keys_of(7)), server)
    tally.equal("link", lambda: (link.kind, link.space, link.body), (6, space, server))
    tally.equal("hash", lambda: link.hash.hex(), vectors["hash"])
    tally.check("author", lambda: author_of(link))
    tally.equal("version 1", lambda: vectors["version 1 says"], "update needed: link kind 6 is not understood")
    after = lambda: drawn.carried(unhex(vectors["carried"]))[0]
    tally.equal("carried", lambda: (after().kind, after().seq, after().prev, after().body), (6, link.seq + 1, link.hash, bytes(32)))
    tally.equal("carried hash", lambda: after().hash.hex(), vectors["carried hash"])
    tally.check("carried author", lambda: author_of(after()))
    ends = lambda: drawn.carried(unhex(vectors["carried"]))
    tally.check("carried receipt", lambda: drawn.receipt_of(server, space, 1, ends()[0].seq, ends()[0].hash, ends()[1]))
    ordered = [(1, link.seq, link.hash), (2, 2, bytes([0x2D]) * 32)]
    for at, (case, told) in enumerate(zip(vectors["receipts"], ordered, strict=True)):
        tally.equal(f"receipt {at} for", lambda: (case["what"], case["number"], unhex(case["id"])), told)
        tally.check(f"receipt {at}", lambda: drawn.receipt_of(server, space, *told, unhex(case["receipt"])))


def codes(tally, vectors):
    tally.equal("kinds", lambda: [case["kind"] for case in vectors["codes"]], [0, 3, 0, 3])
    for at, case in enumerate(vectors["codes"]):
        secret = unhex(case["secret"])
        tally.equal(f"code {at} read", lambda: people.read_code(case["code"]), (case["kind"], secret))
        tally.equal(f"code {at} written", lambda: people.write_code(case["kind"], secret), case["code"])
        tally.equal(f"code {at}, version 1", lambda: case["version 1 says"], "this code needs a newer version")
    linking, suite, vault = vectors["linking"], load("drawn-suites.json"), load("drawn-checkpoints.json")
    listed = load("crypto-words.json")["list"].split(" ")
    messages = [unhex(message) for message in linking["messages"]]
    tally.equal("begun by", lambda: linking["secret"], vectors["codes"][1]["secret"])
    tally.equal("sizes", lambda: [len(message) for message in messages], linking["sizes"])
    tally.equal("message 3", lambda: linking["sizes"][2], 6_767)
    said = lambda: drawn.read_linking(unhex(linking["secret"]), messages, listed)
    told = lambda: (said()["keys"].hex(), said()["space"].hex(), said()["after"].hex())
    tally.equal("joins", told, (suite["keys"], vault["space"], vault["links"][-1]["hash"]))
    tally.equal("name", lambda: said()["name"], linking["name"])
    tally.equal("words", lambda: said()["words"], linking["words"])
    tally.check("made again", lambda: sealed_again(unhex(linking["secret"]), messages))


def sealed_again(secret, messages):
    """Seals what was opened again, to the same bytes."""
    opened, sealing = people.Channel(secret, most=8192), people.Channel(secret)
    for turn, message in enumerate(messages, 1):
        need(sealing.seal(opened.open(message), bytes([turn]) * 32) == message, "sealed otherwise")


def suites(tally, vectors):
    seed, member = unhex(vectors["sign seed"]), drawn.Double(unhex(vectors["keys"]))
    tally.equal("ml-dsa seed", lambda: drawn.ml_dsa_seed(seed).hex(), vectors["ml-dsa seed"])
    made = lambda: (primitives.sign_key(seed), drawn.ml_dsa_key(seed), primitives.kem_of(keys_of(8)))
    tally.equal("keys", made, (member.ed, member.ml, member.kem))
    for kind in ("feed", "party", "paper"):
        tally.equal(f"{kind} id", lambda: boxes.feed_id(member.bytes, kind).hex(), vectors[f"{kind} id"])
    link = lambda: drawn.added(unhex(vectors["added"]["link"]), keys_of(TABLET), member)
    tally.equal("added", lambda: link().hash.hex(), vectors["added"]["hash"])
    change = lambda: drawn.LongLink(unhex(vectors["change"]["link"]), member)
    tally.equal("change", lambda: change().hash.hex(), vectors["change"]["hash"])
    follows = lambda: (change().kind, change().space, change().prev, change().author)
    tally.equal("change follows", follows, (4, link().space, link().hash, boxes.feed_id(member.bytes)))
    record = unhex(vectors["record"]["stored"])
    tally.equal("record", lambda: drawn.long_record(record, member).hex(), vectors["record"]["id"])
    suite = "update needed: suite 2 is not understood"
    tally.equal("version 1", lambda: [vectors[of]["version 1 says"] for of in ("added", "record")], [suite, suite])


FILES = {
    "drawn-attachments.json": attachments, "drawn-manifests.json": manifests, "drawn-checkpoints.json": checkpoints,
    "drawn-servers.json": servers, "drawn-suites.json": suites, "drawn-bodies.json": bodies,
    "drawn-codes.json": codes,
}
