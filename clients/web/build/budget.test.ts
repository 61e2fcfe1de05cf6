import { expect, test } from "vitest";
// @ts-expect-error -- plain script, checked here
import { budgets, firstOf, judged, loads } from "./budget.mjs";

const manifest = {
  "index.html": { file: "a/index.js", css: ["a/index.css"], imports: ["_shared.js"] },
  "_shared.js": { file: "a/shared.js" },
  "ui/write/Room.svelte": { file: "a/write.js", css: ["a/write.css"], imports: ["_shared.js", "_prose.js"], isDynamicEntry: true },
  "_prose.js": { file: "a/prose.js", css: ["a/prose.css"], imports: ["_deep.js"] },
  "_deep.js": { file: "a/deep.js", imports: ["_prose.js"] },
};
const script = '<script type="module" src="/a/index.js">';
const page = `${script} a/index.css a/shared.js`;

test("a room weighs all that it loads beyond the first visit, styles of what it imports too, each once", () => {
  const first = firstOf(manifest, page);
  expect([...first].sort()).toEqual(["a/index.css", "a/index.js", "a/shared.js"]);
  expect([...loads(manifest, first).get("ui/write/Room.svelte")].sort()).toEqual(["a/deep.js", "a/prose.css", "a/prose.js", "a/write.css", "a/write.js"]);
});

test("a script that the page loads without naming it is said: it would come late", () => {
  expect(() => firstOf(manifest, `${script} a/index.css`)).toThrow("a/shared.js");
  expect(() => firstOf({}, page)).toThrow("doesn't know");
});

test("a figure over its limit is over, and so is one that nobody knows", () => {
  const first = firstOf(manifest, page);
  const of = (size: number, unknown = "") => {
    const paths = ["a/index.js", "a/index.css", "a/shared.js", "a/write.js", "a/write.css", "a/prose.js", "a/prose.css", "a/deep.js", "f.woff2"];
    const sizes = new Map(paths.filter((path) => path !== unknown).map((path) => [path, size]));
    const figures = judged(budgets({ sizes, first, routes: loads(manifest, first), dependencies: 5 })) as { name: string; isOver: boolean }[];
    return figures.filter(({ isOver }) => isOver).map(({ name }) => name);
  };
  expect(of(8_000)).toEqual([]);
  expect(of(8_001)).toEqual(["room write"]);
  expect(of(27_000)).toEqual(["first load, scripts and styles", "room write"]);
  expect(of(60_001)).toContain("fonts");
  expect(of(10, "a/deep.js")).toEqual(["room write"]);
});
