"""PROTOCOL.md, "Documents", sentences and merging by sentences: what a text is taken apart into, and how two versions meet."""

PAIRS_MAX = 512 * 512


def points(listed):
    """Reads code points as the document lists them: hexadecimal, with ranges."""
    for item in listed.split():
        first, _, last = item.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def signs(listed):
    return frozenset(map(chr, points(listed)))


BREAKS = signs("A-D 85 2028 2029")
SPACES = BREAKS | signs("9 20 A0 1680 2000-200A 202F 205F 3000")
WIDE = signs("3002 FF01 FF0E FF1F FF61")
ENDING = WIDE | frozenset("!.?") | signs(
    "2026 203C 203D 2047-2049 589 5C3 61F 6D4 964 965 F0D F0E 104B 1362 1367 1368 166E 17D4 17D5 1803 1809"
)
CLOSING = frozenset("\"')]}*_") | signs(
    "BB 2019 201D 203A 3009 300B 300D 300F 3011 3015 FF02 FF07 FF09 FF3D FF5D FF63"
)


def run_end(text, at):
    """The end of the run of signs that begins here; the same place if none does."""
    if at < len(text) and text[at] in ENDING:
        while at < len(text) and text[at] in ENDING | CLOSING:
            at += 1
    return at


def sentence_end(text, start):
    """Where the sentence ends that begins here, white space at its end left to the gap behind it."""
    at = start
    while at < len(text) and text[at] not in BREAKS:
        end = run_end(text, at)
        if end > at:
            follows = end == len(text) or text[end] in SPACES
            if follows or any(sign in WIDE for sign in text[at:end]):
                return end
        at = max(end, at + 1)
    while text[at - 1] in SPACES:
        at -= 1
    return at


def apart(text):
    """The row of (gap, sentence), and the tail."""
    units, at = [], 0
    while True:
        start = at
        while at < len(text) and text[at] in SPACES:
            at += 1
        if at == len(text):
            return units, text[start:]
        end = sentence_end(text, at)
        units.append((text[start:at], text[at:end]))
        at = end


def said(units):
    return [sentence for _, sentence in units]


def common(one, other):
    """How many items two lists begin with in common, and, of the rest, how many they end with."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    return start, end


def kept(base, version):
    """The pairs of places of a longest common subsequence."""
    if len(base) * len(version) > PAIRS_MAX:
        return []
    longest = [[0] * (len(version) + 1) for _ in range(len(base) + 1)]
    for b in reversed(range(len(base))):
        for v in reversed(range(len(version))):
            same = base[b] == version[v]
            longest[b][v] = longest[b + 1][v + 1] + 1 if same else max(longest[b + 1][v], longest[b][v + 1])
    b = v = 0
    pairs = []
    while b < len(base) and v < len(version):
        if base[b] == version[v]:
            pairs.append((b, v))
            b, v = b + 1, v + 1
        elif longest[b + 1][v] >= longest[b][v + 1]:
            b += 1
        else:
            v += 1
    return pairs


def changes(base, version):
    """What became what: (start, end) of the base, (start, end) of the version."""
    start, end = common(base, version)
    middle = kept(base[start:len(base) - end], version[start:len(version) - end])
    ends = [(b + start, v + start) for b, v in middle] + [(len(base) - end, len(version) - end)]
    b, v, found = start, start, []
    for next_b, next_v in ends:
        if next_b - b == next_v - v:
            found += [((b + at, b + at + 1), (v + at, v + at + 1)) for at in range(next_b - b)]
        else:
            found.append(((b, next_b), (v, next_v)))
        b, v = next_b + 1, next_v + 1
    return found


class Version:
    """What somebody made of the base."""

    def __init__(self, base, text):
        self.units, self.tail = apart(text)
        self.head = self.units[0][0] if self.units else ""
        self.changes = changes(said(base), said(self.units))
        # The gaps before those sentences of the base that are there still, or that another one stands for.
        self.gaps, b, v = {}, 0, 0
        for (b_start, b_end), (v_start, v_end) in self.changes + [((len(base),) * 2, (len(self.units),) * 2)]:
            self.gaps.update((b + at, self.units[v + at][0]) for at in range(b_start - b))
            if b_end > b_start and v_end > v_start:
                self.gaps[b_start] = self.units[v_start][0]
            b, v = b_end, v_end

    def within(self, base, start, end, changes_here):
        """What it says in the place of a stretch of the base."""
        units, at = [], start
        for (b_start, b_end), (v_start, v_end) in [*changes_here, ((end, end), (0, 0))]:
            units += [(self.gaps.get(place, base[place][0]), base[place][1]) for place in range(at, b_start)]
            units += self.units[v_start:v_end]
            at = b_end
        return units


def together(one, other):
    """Whether two stretches of the base, each changed by another version, have to be looked at together."""
    (a, b), (c, d) = one, other
    if a == b or c == d:
        place, (start, end) = (a, other) if a == b else (c, one)
        return one == other or start < place < end
    return a < d and c < b


def regions(first, second):
    """The stretches of the base that were changed, with the changes of both in each."""
    groups = [([one], []) for one in first] + [([], [one]) for one in second]
    merged = True
    while merged:
        merged = False
        for at in range(len(groups)):
            for other in range(at + 1, len(groups)):
                one, two = groups[at], groups[other]
                if any(together(a[0], b[0]) for x, y in ((0, 1), (1, 0)) for a in one[x] for b in two[y]):
                    groups[at] = (sorted(one[0] + two[0]), sorted(one[1] + two[1]))
                    del groups[other]
                    merged = True
                    break
            if merged:
                break
    def stretch(group):
        places = [change[0] for side in group for change in side]
        return min(start for start, _ in places), max(end for _, end in places)
    # What is put before a sentence comes before what is done to it.
    return sorted(((*stretch(group), *group) for group in groups), key=lambda r: (r[0], r[0] != r[1]))


def changed(base, first, second):
    """Whose a gap is: who changed it, the first if both did."""
    return second if first == base else first


def in_a_row(first, second):
    """Both, one after the other; what they begin and end with in common once."""
    start, end = common(said(first), said(second))
    return first[:len(first) - end] + second[start:len(second) - end] + first[len(first) - end:]


class Meeting:
    """Two versions that came from one text."""

    def __init__(self, base, first, second):
        self.base, self.base_tail = apart(base)
        self.first, self.second = Version(self.base, first), Version(self.base, second)
        self.clashes, self.units = [], []
        at = 0
        for start, end, *both in regions(self.first.changes, self.second.changes):
            self.keep(range(at, start))
            self.region(start, end, *both)
            at = end
        self.keep(range(at, len(self.base)))

    def gap(self, place):
        base = self.base[place][0]
        return changed(base, self.first.gaps.get(place, base), self.second.gaps.get(place, base))

    def keep(self, places):
        self.units += [(self.gap(place), self.base[place][1]) for place in places]

    def put(self, units, start, end):
        if units and end > start:
            units = [(self.gap(start), units[0][1]), *units[1:]]
        self.units += units

    def region(self, start, end, first, second):
        mine = self.first.within(self.base, start, end, first)
        theirs = self.second.within(self.base, start, end, second)
        if not first or not second:
            return self.put(mine if first else theirs, start, end)
        if end > start and said(mine) == said(theirs):
            return self.put(mine, start, end)
        deleted = [all(v_start == v_end for _, (v_start, v_end) in side) for side in (first, second)]
        if all(deleted):
            gone = {place for (b_start, b_end), _ in first + second for place in range(b_start, b_end)}
            return self.keep(place for place in range(start, end) if place not in gone)
        if end > start:
            self.clashes.append(deleted)
        self.units += in_a_row(mine, theirs)
        return None

    def text(self):
        """The text of both, clash or not."""
        head = changed(self.base[0][0] if self.base else "", self.first.head, self.second.head)
        text, before = "", None
        for gap, sentence in self.units:
            if before is None:
                gap = head
            elif apart(before + gap + sentence) != ([("", before), (gap, sentence)], ""):
                gap = "\n"
            text += gap + sentence
            before = sentence
        return text + changed(self.base_tail, self.first.tail, self.second.tail)

    def merged(self):
        """The merged text, or who only took away wherever they clash."""
        if not self.clashes:
            return {"text": self.text()}
        first, second = (all(side) for side in zip(*self.clashes))
        return {"first_deleted": first, "second_deleted": second}
