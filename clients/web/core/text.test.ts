import { expect, test } from "vitest";
import { oneLine, wellFormed } from "./text";

test("half of a letter is read as the device keeps it, and whole ones stay", () => {
  const bytes = (text: string): string => new TextDecoder().decode(new TextEncoder().encode(text));
  for (const text of ["pasted \ud83d end", "\ude00", "a\ud83d", "whole 😀 ones", "\ud83d\ud83d\ude00", ""]) {
    expect(wellFormed(text)).toBe(bytes(text));
  }
});

test("one line holds nothing that a title must not hold", () => {
  for (const [typed, line] of [
    ["a\tb", "a b"],
    ["a \n b", "a b"],
    ["a\vb\r\nc", "a b c"],
    ["nul\0 and \u0007bell\u007f\u009f", "nul and bell"],
    ["e\u0301 \u200d 😀 stay ", "e\u0301 \u200d 😀 stay "],
  ] as const) {
    expect(oneLine(typed)).toBe(line);
    expect(oneLine(line)).toBe(line);
    expect(/\p{Cc}/u.test(oneLine(typed))).toBe(false);
  }
});
