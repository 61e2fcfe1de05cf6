-- The first format. Frozen: a change of it is a new file beside this one.

-- Feeds by number, so that a record's row does not repeat 40 bytes of names.
CREATE TABLE feeds (
    number INTEGER PRIMARY KEY,
    space  BLOB NOT NULL CHECK (length(space) = 32),
    feed   BLOB NOT NULL CHECK (length(feed) = 8),
    UNIQUE (space, feed)
) STRICT;

-- Records in the order of their arrival: an append always lands on the last page, whichever feed it belongs to.
CREATE TABLE records (
    arrival INTEGER PRIMARY KEY,
    feed    INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    bytes   BLOB NOT NULL,
    UNIQUE (feed, seq)
) STRICT;

CREATE TABLE links (
    space BLOB NOT NULL CHECK (length(space) = 32),
    seq   INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (space, seq)
) STRICT, WITHOUT ROWID;

-- Everything else, by the number of its table and its key. Values are sealed.
CREATE TABLE rows (
    arrival INTEGER PRIMARY KEY,
    tbl     INTEGER NOT NULL,
    key     BLOB NOT NULL,
    value   BLOB NOT NULL,
    UNIQUE (tbl, key)
) STRICT;
