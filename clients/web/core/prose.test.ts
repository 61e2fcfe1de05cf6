import { expect, test } from "vitest";
import { openable } from "./prose";

test("only addresses that lead somewhere else and run nothing can be opened", () => {
  const open = ["https://example.org/a?b#c", "http://example.org/", "mailto:a@example.org", "tel:116123"];
  for (const address of open) {
    expect(openable(address)).toBe(address);
  }
  const shut = ["javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "blob:https://a/b", "vbscript:x", "#today", "/x", "", "example.org"];
  for (const address of shut) {
    expect(openable(address), address).toBeUndefined();
  }
});

test("a host is shown in the letters that are sent, so that one can't pass for another", () => {
  expect(openable("https://еxample.org/")).toBe("https://xn--xample-2of.org/");
});
