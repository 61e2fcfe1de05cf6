import { expect, test } from "vitest";
import helplines from "../../../crates/core/content/helplines.toml?raw";
import support from "../../../crates/core/content/support.toml?raw";
import shell from "../index.html?raw";
import { countryOf, dialled, WIDE } from "./help";
import { en } from "./messages/en";

test("the built-in numbers are the device's own, here and in the page without script", () => {
  const rows = [...helplines.matchAll(/^\[\[wide\]\]\nphone = "([^"]+)"\nplaces = "([^"]+)"$/gm)];
  expect(WIDE).toEqual(rows.map(([, phone, places]) => ({ phone, places })));
  for (const { phone, places } of WIDE) {
    expect(shell).toContain(`<a href="tel:${phone}">${phone}</a> ${places}`);
  }
});

test("the built-in words are the device's own", () => {
  expect(support).toContain(`"welcome" = "${en.help.opening}"`);
  expect(support).toContain(`"not-watched" = "${en.help.notWatched}"`);
});

test("a country is taken from the language only if it names one", () => {
  for (const [languages, country] of [
    [["en-GB", "en"], "GB"],
    [["de", "de-AT"], "AT"],
    [["zh-Hant-TW"], "TW"],
    [["en", "es-419"], ""],
    [[], ""],
  ] as const) {
    expect(countryOf(languages), languages.join()).toBe(country);
  }
});

test("a number is dialled without what makes it readable", () => {
  expect([dialled("116 123"), dialled("1-800-799-7233"), dialled("+44 20 7946")]).toEqual(["116123", "18007997233", "+44207946"]);
});
