// The page that somebody is on who has left in a hurry: it asks for nothing, runs nothing and says nothing of the app.

import { expect, test } from "vitest";
import kitchen from "../public/kitchen.html?raw";

test("the neutral page loads nothing and runs nothing", () => {
  expect(kitchen).not.toMatch(/<script|<style|<img|<iframe|\ssrc=|\sstyle=|\son[a-z]+=|https?:/i);
  const links = [...kitchen.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
  expect(links).toEqual(["data:,"]);
});

test("and says nothing of where somebody comes from", () => {
  expect(kitchen).not.toMatch(/haven|journal|notes|diary|attachment|help|exit/i);
  expect(kitchen).toContain("<title>Weights and measures</title>");
});
