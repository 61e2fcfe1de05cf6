"""Counts what was checked over the golden vectors, and reads their files."""

import json
import sys
from pathlib import Path

from primitives import Refused, need

DATA = Path(__file__).resolve().parent.parent / "data"


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

    def refuses_for(self, name, run, fault):
        """Checks that something is refused for what the vector says."""

        def refused():
            try:
                run()
            except Refused as refusal:
                need(str(refusal) == fault, f"was refused for something else: {refusal}")
                return
            raise AssertionError("was accepted")

        self.check(name, refused)


def load(name):
    """A file of vectors. In one that isn't JSON each line is one, and those that begin with # are about them."""
    text = (DATA / name).read_text(encoding="utf-8")
    if name.endswith(".json"):
        return json.loads(text)
    lines = text.splitlines()
    return {"about": [line for line in lines if line[:1] == "#"], "lines": [line for line in lines if line[:1] != "#"]}


def rows(tally, vectors, field):
    """A list of vectors, which must not be empty: an empty list would pass everything."""
    tally.check(field, lambda: need(vectors[field], "no vectors"))
    return enumerate(vectors[field])
