import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { fold, Side, sideOf, together } from "./compare";
import { ComparedLineSchema } from "./gen/haven/v1/journal_pb";

const line = (side: Side, ...spans: [string, Side][]) => create(ComparedLineSchema, { side, spans: spans.map(([text, its]) => ({ text, side: its })) });
const lines = [
  line(Side.BOTH, ["She rang ", Side.BOTH], ["at", Side.BASE], ["just after", Side.VERSION], [" nine.", Side.BOTH]),
  line(Side.BASE, ["Gone.", Side.BASE]),
  line(Side.VERSION, ["Come.", Side.VERSION]),
];
const shown = (pieces: readonly { text: string; differs: boolean }[]) => pieces.map(({ text, differs }) => (differs ? `[${text}]` : text)).join("");

test("each side is read whole, with its own words marked", () => {
  expect(sideOf(lines, Side.BASE).map(shown)).toEqual(["She rang [at] nine.", "[Gone.]"]);
  expect(sideOf(lines, Side.VERSION).map(shown)).toEqual(["She rang [just after] nine.", "[Come.]"]);
});

test("what differs from any of several differs", () => {
  const one = [{ text: "a b ", differs: false }, { text: "c", differs: true }];
  const other = [{ text: "a", differs: true }, { text: " b c", differs: false }];
  expect(shown(together([one, other]))).toBe("[a] b [c]");
  expect(shown(together([one]))).toBe("a b [c]");
  expect(together([])).toEqual([]);
});

test("paragraphs far from any difference are folded, and none is lost", () => {
  const told = (text: string) => fold([...text], (letter) => letter === "x").map((it) => ("line" in it ? it.line : `(${it.folded.join("")})`));
  expect(told("abcxdef")).toEqual(["(ab)", "c", "x", "d", "(ef)"]);
  expect(told("axb")).toEqual(["a", "x", "b"]);
  expect(told("abc")).toEqual(["(abc)"]);
  expect(told("")).toEqual([]);
});
