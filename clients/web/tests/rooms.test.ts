// The rooms: core knows no framework and no screen, ui stands on core; and no file is too long to be read in one go.

import { expect, test } from "vitest";

/** How long all but one file in twenty may be, and how long that one. */
const FILE_LINES_MOSTLY = 150;
const FILE_LINES_MAX = 400;

/** What each room may name in an import. Generated code is left out: nobody reads it. */
const rooms = {
  core: import.meta.glob<string>(["../core/**/*.ts", "!../core/gen/**"], { query: "?raw", import: "default", eager: true }),
  ui: import.meta.glob<string>("../ui/**/*.{ts,svelte}", { query: "?raw", import: "default", eager: true }),
};
const rest = import.meta.glob<string>(["../ui/**/*.css", "../build/*.mjs", "../tests/*.{ts,mjs}", "../*.{ts,js,html}"], {
  query: "?raw",
  import: "default",
  eager: true,
});

function imports(text: string): string[] {
  return [...text.matchAll(/^\s*(?:import|export)\b[^"']*?["']([^"']+)["']|import\(["']([^"']+)["']\)/gm)].map(
    ([, from, lazy]) => from ?? lazy ?? "",
  );
}

test("core imports neither svelte nor a screen", () => {
  expect(Object.keys(rooms.core).length).toBeGreaterThan(5);
  for (const [path, text] of Object.entries(rooms.core)) {
    const wrong = imports(text).filter((from) => /^svelte(\/|$)|\.svelte$|(^|\/)ui\//.test(from));
    expect(wrong, path).toEqual([]);
  }
});

test("ui reaches the device through core alone", () => {
  for (const [path, text] of Object.entries(rooms.ui)) {
    const wrong = imports(text).filter((from) => from.startsWith("@") || from.includes("/gen/"));
    const allowed = path.endsWith(".test.ts") ? [] : wrong;
    expect(allowed, path).toEqual([]);
  }
});

test("the check sees an import that crosses", () => {
  expect(imports('import { App } from "../ui/app.svelte";\nimport "svelte";')).toEqual(["../ui/app.svelte", "svelte"]);
});

test("no file is longer than can be read in one go", () => {
  const files = Object.entries({ ...rooms.core, ...rooms.ui, ...rest });
  for (const [path, text] of files) {
    expect(text, path).not.toBe("");
    expect(text.split("\n").length, path).toBeLessThanOrEqual(FILE_LINES_MAX);
  }
  const long = files.filter(([, text]) => text.split("\n").length > FILE_LINES_MOSTLY).map(([path]) => path);
  expect(long.length, long.join(" ")).toBeLessThanOrEqual(Math.floor(files.length / 20));
});

test("no style and no script stands in a page's markup: its policy refuses both", () => {
  for (const [path, text] of Object.entries({ ...rooms.ui, ...rest })) {
    if (/\.(svelte|html)$/.test(path)) {
      expect(text, path).not.toMatch(/\sstyle="|\son[a-z]+="|\{@html/);
    }
  }
});
