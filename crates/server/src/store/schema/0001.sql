-- Format 1. Frozen: a change is a new file with the next number.
CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What is kept of an invite is a hash of its secret; `space` is the id of the space it was used for.
CREATE TABLE invites (
  ticket BLOB PRIMARY KEY,
  space  BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE spaces (
  no INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE
) STRICT;

CREATE TABLE links (
  space INTEGER NOT NULL REFERENCES spaces (no),
  seq   INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (space, seq)
) STRICT, WITHOUT ROWID;

-- One row a feed: where it stands and what it weighs, so that a space opens without reading a record.
CREATE TABLE feeds (
  no     INTEGER PRIMARY KEY,
  space  INTEGER NOT NULL REFERENCES spaces (no),
  id     BLOB NOT NULL,
  seq    INTEGER NOT NULL,
  head   BLOB NOT NULL,
  roster INTEGER NOT NULL,
  bytes  INTEGER NOT NULL,
  UNIQUE (space, id)
) STRICT;

-- In the order of arrival, which is a causal order: who reads them so never meets a record before what it builds on.
CREATE TABLE records (
  arrival INTEGER PRIMARY KEY,
  feed    INTEGER NOT NULL REFERENCES feeds (no),
  seq     INTEGER NOT NULL,
  bytes   BLOB NOT NULL
) STRICT;

-- Holds the arrival too, hence merges the runs of several feeds without touching a record.
CREATE UNIQUE INDEX records_by_feed ON records (feed, seq);

-- The records without a body, in the order of arrival; reading none of them.
CREATE INDEX records_without_body ON records (feed, arrival, seq) WHERE length(bytes) = 272;

-- Every paper that a space has or had: whoever has only the kit finds the space by it.
CREATE TABLE papers (
  paper BLOB NOT NULL,
  space INTEGER NOT NULL REFERENCES spaces (no),
  PRIMARY KEY (paper, space)
) STRICT, WITHOUT ROWID;

-- Mailboxes for contacts, which outlive a restart. Those for linking are in memory.
CREATE TABLE mailboxes (
  id         BLOB PRIMARY KEY,
  space      BLOB NOT NULL,
  feed       BLOB NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
  mailbox BLOB NOT NULL,
  place   INTEGER NOT NULL,
  bytes   BLOB NOT NULL,
  PRIMARY KEY (mailbox, place)
) STRICT, WITHOUT ROWID;
