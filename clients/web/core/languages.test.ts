import { expect, test } from "vitest";
import { languagesOf } from "./languages";

test("what isn't a language is left out, so that a date can be written in the others", () => {
  expect(languagesOf(["C", "en-GB", "de_AT", "", "zh-Hant-TW"])).toEqual(["en-GB", "zh-Hant-TW"]);
  expect(() => new Intl.DateTimeFormat([...languagesOf(["C"])])).not.toThrow();
});
