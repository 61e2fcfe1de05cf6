#!/usr/bin/env python3
"""PROTOCOL.md, "Drawn for later": blobs, manifests and packs, checkpoints, the second suite, several servers.

    drawn.py sign WHAT DIGEST       puts an ML-DSA signature of a digest into drawn-ml-dsa.json, for the vectors to be made of
"""

import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from boxes import Record, WRAP, epoch_key, feed_id, padded_length, read_name_block, read_wrap
from feed import FEED, NOBODY, NOWHERE, PAPER, Fields, Link, consents
from people import Channel, words
from primitives import Refused, check_kem, check_sign, hkdf, mac, need, number, sha256, sign_of, verify

HALVES = Path(__file__).resolve().parent.parent / "data" / "drawn-ml-dsa.json"
CHUNK, TAG = 65_536, 16
CHUNKS_MAX, PACK_CHUNKS_MAX = 1_024, 128
MANIFEST_MAX, BASE_MAX, PACKS_MAX = 96 * 1024, 1_024, 256
RANGES_MAX = 1_024
STATE_MAX, FORMER_MAX, EPOCHS_MAX, LINEAGE_MAX = 1024 * 1024, 8_192, 1_024, 128


# Blobs.


def plain_of(content):
    """Lays out a content that is stored, and pads it."""
    plain = b"\0" + number(len(content), 8) + content
    return plain.ljust(padded_length(len(plain)), b"\0")


def read_plain(plain):
    """Undoes it, strictly."""
    need(len(plain) >= 9, "malformed")
    need(plain[0] == 0, "incompatible")
    length = int.from_bytes(plain[1:9], "big")
    need(len(plain) == padded_length(9 + length) and not any(plain[9 + length:]), "malformed")
    return plain[9:9 + length]


def nonce(index, last):
    """Index and final flag."""
    return number(index, 11) + bytes([last])


def seal_blob(key, plain):
    """The chunks of a blob."""
    pieces = [plain[at:at + CHUNK] for at in range(0, len(plain), CHUNK)]
    last = len(pieces) - 1
    return [ChaCha20Poly1305(key).encrypt(nonce(at, at == last), piece, b"") for at, piece in enumerate(pieces)]


def tree(leaves):
    """The root over some leaves."""
    if len(leaves) == 1:
        return leaves[0]
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256("haven/1/blob node", tree(leaves[:left]), tree(leaves[left:]))


def blob_root(chunks):
    """The root over some chunks."""
    need(1 <= len(chunks) <= CHUNKS_MAX, "malformed")
    return tree([sha256("haven/1/blob chunk", number(at, 8), chunk) for at, chunk in enumerate(chunks)])


def blob_id(chunks):
    """The name of a blob."""
    return sha256("haven/1/blob id", number(sum(map(len, chunks)), 8), blob_root(chunks))


def split(sealed):
    """A sealed blob as its chunks."""
    return [sealed[at:at + CHUNK + TAG] for at in range(0, len(sealed), CHUNK + TAG)]


def open_blob(chunks, id_, length, key):
    """Opens a blob if it's the one that was told."""
    need(sum(map(len, chunks)) == length and blob_id(chunks) == id_, "another blob, or altered")
    plain, last = b"", len(chunks) - 1
    for at, chunk in enumerate(chunks):
        need(len(chunk) == CHUNK + TAG or at == last, "malformed")
        try:
            plain += ChaCha20Poly1305(key).decrypt(nonce(at, at == last), chunk, b"")
        except Exception:
            raise Refused("the tag does not fit") from None
    return read_plain(plain)


def attachment_key(root, random, plain):
    """The hedged key of an attachment."""
    return mac(epoch_key(root, "salt"), b"haven/1/attachment", random, sha256("", plain))


def read_item(body):
    """The body of an attachment's item."""
    fields = Fields(body)
    item = {"document": fields.take(16), "id": fields.take(32), "sealed": fields.count(8), "length": fields.count(8)}
    item["key"] = fields.take(32)
    for text, most in (("media", 127), ("name", 255)):
        length = fields.count(4)
        need(length <= most, "malformed")
        item[text] = fields.take(length).decode()
    fields.end()
    return item


# Manifests and packs.


class Manifest:
    """A manifest, its id computed and its signature verified by the key of its author."""

    def __init__(self, stored, keys):
        need(len(stored) <= MANIFEST_MAX, "too large")
        fields = Fields(stored[:-64])
        need(fields.take(3) == b"\1\1\0", "incompatible")
        self.space, self.generation, self.prev = fields.take(32), fields.count(8), fields.take(32)
        self.author, self.roster_seq, self.roster_hash = fields.take(8), fields.count(8), fields.take(32)
        need((self.generation == 1) == (not any(self.prev)) and self.generation > 0, "malformed")
        self.base = {}
        for _ in range(fields.count()):
            id_, seq = fields.take(8), fields.count(8)
            need(seq > 0 and all(id_ > other for other in self.base), "malformed")
            self.base[id_] = (seq, fields.take(32), fields.count(8))
        need(len(self.base) <= BASE_MAX, "malformed")
        self.packs = [self.pack(fields) for _ in range(fields.count())]
        need(len({pack["id"] for pack in self.packs}) == len(self.packs) <= PACKS_MAX, "malformed")
        fields.end()
        self.id = sha256("haven/1/manifest", stored[:-64])
        need(self.author == feed_id(keys), "another author")
        verify(sign_of(keys), self.id, stored[-64:])

    @staticmethod
    def pack(fields):
        """One pack as it's named."""
        return {"id": fields.take(32), "sealed": fields.count(8), "epoch": fields.count(4), "salt": fields.take(16),
                "commit": fields.take(32)}

    def follows(self, before):
        """It's the next one, and takes nothing back."""
        need((self.generation, self.prev) == (before.generation + 1, before.id), "not the next manifest")
        need(self.space == before.space and self.roster_seq >= before.roster_seq, "not the next manifest")
        for feed_, (seq, id_, roster_seq) in before.base.items():
            need(feed_ in self.base and self.base[feed_] >= (seq, id_, roster_seq), "the base goes back")


def pack_keys(root, space, pack):
    """The key of a pack, once its commitment was compared."""
    info = b"haven/1/pack" + space + number(pack["epoch"], 4)
    both = hkdf(epoch_key(root, "key"), pack["salt"], info, 64)
    need(both[32:] == pack["commit"], "another epoch, or altered")
    return both[:32]


def pack_salt(root, space, epoch, random, plain):
    """The hedged salt of a pack."""
    return mac(epoch_key(root, "salt"), random, space, number(epoch, 4), sha256("", plain))[:16]


def read_sections(content):
    """What is in a pack: kinds and bodies, in order, nothing twice."""
    fields, sections = Fields(content), []
    need(fields.count(1) == 1, "incompatible")
    while fields.data:
        kind, length = fields.count(1), fields.count(4)
        need(0 < kind < 128, "incompatible")
        sections.append((kind, fields.take(length)))
    need(sections == sorted(set(sections)), "malformed")
    for kind, body in sections:
        {1: read_save, 2: read_kept, 3: read_actors}.get(kind, lambda _: None)(Fields(body))
    return sections


def read_save(fields):
    """Kind 1: one document."""
    fields.take(16)
    heads = [fields.take(32) for _ in range(fields.count())]
    need(heads and heads == sorted(set(heads)), "malformed")
    need(fields.take(fields.count(4)), "malformed")
    fields.take(fields.count(4))
    fields.end()


def read_kept(fields):
    """Kind 2: an item of a record that lost its body."""
    fields.take(8)
    need(fields.count(8) > 0, "malformed")
    fields.take(33)
    fields.take(fields.count(4))
    fields.end()


def read_actors(fields):
    """Kind 3: what the names of a feed are made of."""
    fields.take(8)
    nonces = [fields.take(8) for _ in range(fields.count(4))]
    need(nonces and nonces == sorted(set(nonces)), "malformed")
    fields.end()


def begins(manifest, stored, keys, knows_base):
    """A record that begins a feed for somebody who has the manifest, or nothing."""
    record = Record(stored, keys)
    seq, id_, roster_seq = manifest.base.get(feed_id(keys), (0, NOWHERE, 0)) if knows_base else (0, NOWHERE, 0)
    need(record.seq == seq + 1, "gap")
    need(record.prev == id_, "fork")
    need(int.from_bytes(record.header[56:64], "big") >= roster_seq, "the roster goes back")


def read_bodies(stored):
    """A word that bodies may go: its author, its time, its place in the roster, its ranges."""
    fields = Fields(stored[:-64])
    need(fields.count(1) == 1, "incompatible")
    said = {"space": fields.take(32), "not before": fields.count(8), "author": fields.take(8)}
    said["roster"], ranges = (fields.count(8), fields.take(32)), fields.count()
    need(1 <= ranges <= RANGES_MAX, "no ranges, or too many")
    said["ranges"] = [(fields.take(8), fields.count(8), fields.count(8), fields.take(32)) for _ in range(ranges)]
    fields.end()
    need(all(1 <= first <= last for _, first, last, _ in said["ranges"]), "a range of nothing")
    for one, other in zip(said["ranges"], said["ranges"][1:]):
        need(one[0] <= other[0], "out of order")
        need(one[0] < other[0] or one[2] + 1 < other[1], "out of order, or ranges that meet")
    return said


def may_go(stored, hashes, members, ever, held):
    """Verifies a word in a vault. Members are keys and the link they came with, by feed; held are ids by place. Gives what it says."""
    said = read_bodies(stored)
    keys, added = members.get(said["author"], (None, 0))
    seq, hash_ = said["roster"]
    need(keys is not None, "the author is no member")
    need(said["space"] == hashes[0] and added <= seq < len(hashes) and hashes[seq] == hash_, "another roster, or before its time")
    verify(sign_of(keys), sha256("haven/1/bodies", stored[:-64]), stored[-64:])
    for feed_, _first, last, id_ in said["ranges"]:
        need(feed_ in ever, "a feed that never was a member")
        need(held.get((feed_, last)) == id_, "another record, or none")
    return said


# Checkpoints.


class State:
    """What a chain amounts to, as a checkpoint states it."""

    def __init__(self, stored):
        need(len(stored) <= STATE_MAX, "too large")
        fields = Fields(stored)
        need(fields.take(2) == b"\1\0", "incompatible")
        self.space, self.seq, self.hash = fields.take(32), fields.count(8), fields.take(32)
        self.manifest = fields.count(8), fields.take(32)
        self.paper = self.consented(fields)
        self.feeds = {}
        for _ in range(fields.count()):
            keys, _added, _name = fields.keys(), fields.count(8), fields.sized()
            id_ = feed_id(keys)
            need(all(id_ > other for other in self.feeds), "malformed")
            self.feeds[id_] = keys, fields.take(32), fields.take(64)
        self.former = [fields.take(8) for _ in range(fields.count())]
        need(self.former == sorted(set(self.former)) and len(self.former) <= FORMER_MAX, "malformed")
        self.epoch, self.epochs = fields.count(4), [(fields.take(32), fields.sized()) for _ in range(fields.count())]
        need(1 <= len(self.epochs) <= min(self.epoch, EPOCHS_MAX) or self.epoch == 0, "malformed")
        self.lineage = [fields.take(fields.count(4)) for _ in range(fields.count())]
        need(len(self.lineage) <= LINEAGE_MAX, "malformed")
        fields.end()

    @staticmethod
    def consented(fields):
        return fields.keys(), fields.take(32), fields.take(64)


class Genesis:
    """The one link of a cut chain that everybody keeps: its hash is the space."""

    def __init__(self, stored):
        self.link = Link(stored)
        fields = Fields(self.link.body)
        need(self.link.kind == 1 and self.link.seq == 0, "genesis comes first")
        need(fields.count(1) == 1, "no vault")
        fields.take(32)
        self.feed, _name, self.paper = fields.keys(), fields.sized(), fields.keys()
        fields.take(32)
        fields.wraps()
        founding = sha256("haven/1/genesis", self.link.body[:-128])
        consents(self.feed, fields.take(64), FEED, NOWHERE, founding)
        consents(self.paper, fields.take(64), PAPER, NOWHERE, founding)
        fields.end()
        verify(sign_of(self.feed), sha256("haven/1/roster author", self.link.hash), self.link.signature)


def lineage_keys(genesis, state):
    """Everybody whom the lineage shows to have been let in, from genesis on: sign keys by id."""
    known = {feed_id(genesis.feed): sign_of(genesis.feed), feed_id(genesis.paper, "paper"): sign_of(genesis.paper)}
    last = 0
    for stored in state.lineage:
        link = Link(stored)
        need(link.space == genesis.link.hash and last < link.seq <= state.seq, "the lineage does not follow")
        need(link.author in known, "the lineage does not begin at genesis")
        verify(known[link.author], sha256("haven/1/roster author", link.hash), link.signature)
        last, fields = link.seq, Fields(link.body)
        if link.kind == 2:
            keys, _name, party = fields.keys(), fields.sized(), fields.take(8)
            read_wrap(fields.take(WRAP))
            consents(keys, fields.take(64), FEED, link.space, link.prev, party)
            known[feed_id(keys)] = sign_of(keys)
        else:
            need(link.kind == 4, "a link that lets nobody in")
            fields.take(48 * fields.count())
            fields.take(8)
            need(fields.count(1) == 1, "a link that lets nobody in")
            keys = fields.keys()
            consents(keys, fields.take(64), PAPER, link.space, link.prev)
            known[feed_id(keys, "paper")] = sign_of(keys)
    return known


def came(genesis, state, member, role, in_genesis):
    """A member has consented to be one of this space."""
    keys, after, consent = member
    if after == NOWHERE:
        need(keys == in_genesis, "no consent")
    else:
        consents(keys, consent, role, state.space, after)


def join_at(genesis_bytes, link_bytes, state_bytes):
    """What a joiner does that has genesis, the checkpoint and nothing between. Gives the link's hash."""
    genesis, link, state = Genesis(genesis_bytes), Link(link_bytes), State(state_bytes)
    space, fields = genesis.link.hash, Fields(link.body)
    need(link.kind == 5 and link.space == space == state.space, "another space")
    need((link.seq, link.prev) == (state.seq + 1, state.hash), "the state is of another place")
    need(fields.take(32) == sha256("haven/1/checkpoint", state_bytes), "another state")
    need(fields.count(4) == len(state_bytes), "another state")
    cosignature = fields.take(64)
    epoch, recipients = fields.epoch()
    fields.end()
    known, paper = lineage_keys(genesis, state), feed_id(state.paper[0], "paper")
    need(link.author in known, "nobody has shown who let this one in")
    need(link.author in state.feeds or link.author == paper, "the author was removed")
    signed = sha256("haven/1/cosigner", space, number(link.seq, 8), link.prev, sha256("haven/1/checkpoint", state_bytes))
    verify(sign_of(state.paper[0]), signed, cosignature)
    verify(known[link.author], sha256("haven/1/roster author", link.hash), link.signature)
    came(genesis, state, state.paper, PAPER, genesis.paper)
    for member in state.feeds.values():
        came(genesis, state, member, FEED, genesis.feed)
    need(not {paper, *state.feeds} & set(state.former), "a former member")
    need(epoch == state.epoch + 1 and recipients == sorted({paper, *state.feeds}), "not wrapped to exactly the members")
    return link.hash


# The second suite.

ED, ML_KEY, ML_SIGNATURE = 64, 1_952, 3_309


class Double:
    """Keys of suite 2."""

    def __init__(self, keys):
        need(keys[:1] == b"\2" and len(keys) == 1 + 32 + ML_KEY + 1_216, "incompatible")
        self.bytes, self.ed, self.ml, self.kem = keys, keys[1:33], keys[33:33 + ML_KEY], keys[33 + ML_KEY:]
        check_sign(self.ed)
        check_kem(self.kem)

    def verify(self, digest, signature):
        """Both halves hold, or nothing does."""
        need(len(signature) == ED + ML_SIGNATURE, "malformed")
        verify(self.ed, digest, signature[:ED])
        try:
            MLDSA65PublicKey.from_public_bytes(self.ml).verify(signature[ED:], digest)
        except InvalidSignature:
            raise Refused("the signature does not verify") from None


def ml_dsa_seed(sign_seed):
    """The seed of the ML-DSA half."""
    return hkdf(sign_seed, b"", b"haven/1/ml-dsa seed")


def ml_dsa_key(sign_seed):
    """The public key of the ML-DSA half."""
    return MLDSA65PrivateKey.from_seed_bytes(ml_dsa_seed(sign_seed)).public_key().public_bytes_raw()


class LongLink:
    """A link whose author is of suite 2."""

    def __init__(self, stored, author):
        length = int.from_bytes(stored[82:86], "big")
        need(len(stored) == 86 + length + ED + ML_SIGNATURE, "malformed")
        self.hash = sha256("haven/1/link", stored[:86 + length])
        self.kind, self.space, self.prev, self.author = stored[1], stored[2:34], stored[42:74], stored[74:82]
        self.body = stored[86:86 + length]
        author.verify(sha256("haven/1/roster author", self.hash), stored[86 + length:])


def added(stored, author_keys, member):
    """The link by which a key of suite 1 adds one of suite 2."""
    link = Link(stored)
    verify(sign_of(author_keys), sha256("haven/1/roster author", link.hash), link.signature)
    fields = Fields(link.body)
    need(link.kind == 2 and fields.take(len(member.bytes)) == member.bytes, "other keys")
    fields.sized()
    party = fields.take(8)
    read_wrap(fields.take(WRAP))
    terms = bytes([FEED]), link.space, link.prev, party, member.bytes
    member.verify(sha256("haven/1/consent", *terms), fields.take(ED + ML_SIGNATURE))
    fields.end()
    return link


def read_linking(secret, messages, words_list):
    """Follows a linking by a code of kind 3, up to message 3: keys, name, place and words."""
    channel = Channel(secret, most=8192)
    first, offer, third = (channel.open(message) for message in messages)
    reveal_bytes = 3_201 + 32 + 128
    need((len(first), len(offer), len(third)) == (37, 109, reveal_bytes + ED + ML_SIGNATURE), "malformed")
    need(first[:5] == offer[:5] == b"\2\0\0\0\0", "incompatible")
    reveal, member = third[:reveal_bytes], Double(third[:3_201])
    need(sha256("haven/1/join commit", reveal) == first[5:], "the keys are not those committed to")
    space, after = offer[37:69], offer[77:]
    member.verify(sha256("haven/1/consent", bytes([FEED]), space, after, NOBODY, member.bytes), third[reveal_bytes:])
    six = words(sha256("haven/1/words", first, offer, reveal), 6, words_list)
    return {"keys": member.bytes, "name": read_name_block(reveal[-128:]), "space": space, "after": after, "words": six}


def long_record(stored, author):
    """A record of suite 2. Gives its id."""
    need(stored[:3] == b"\1\2\0", "incompatible")
    need(stored[36:44] == feed_id(author.bytes), "another feed")
    prefix = 208 + ED + ML_SIGNATURE
    need(len(stored) == prefix + 272 and stored[176:208] == sha256("", stored[prefix:]), "the body was altered")
    id_ = sha256("haven/1/record", stored[:208])
    author.verify(id_, stored[208:prefix])
    return id_


def sign(what, digest):
    """Puts a signature into the file that the vectors are made of."""
    halves = json.loads(HALVES.read_text(encoding="utf-8"))
    secret = MLDSA65PrivateKey.from_seed_bytes(ml_dsa_seed(bytes([8]) * 32))
    halves["key"] = secret.public_key().public_bytes_raw().hex()
    if what:
        signature = secret.sign(bytes.fromhex(digest)).hex()
        halves["signatures"][what] = {"digest": digest, "signature": signature}
    HALVES.write_text(json.dumps(halves, indent=2, sort_keys=True) + "\n", encoding="utf-8")


# Several servers.


def carried(data):
    """What is sent or kept of a link once a home is in force: the link, and its receipt."""
    length = 86 + int.from_bytes(data[82:86], "big") + 64
    need(len(data) in (length, length + 64), "malformed")
    return Link(data[:length]), data[length:]


def receipt_of(server, space, what, at, id_, receipt):
    """A server has ordered this."""
    verify(server, sha256("haven/1/receipt", space, bytes([what]), number(at, 8), id_), receipt)


if __name__ == "__main__":
    need(len(sys.argv) == 4 and sys.argv[1] == "sign", "usage: drawn.py sign WHAT DIGEST")
    sign(*sys.argv[2:])
