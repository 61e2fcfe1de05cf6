// After the build: a `.br` beside each text file, and the budgets of what a browser loads. Over a budget, the build fails.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { budgets, firstOf, judged, loads } from "./budget.mjs";

/** Fonts are packed already. */
const TEXT = new Set([".html", ".js", ".css", ".svg"]);

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

function files(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** What begins with a dot is for the build alone. */
function isServed(path) {
  return !path.endsWith(".br") && relative(dist, path).split("/").every((part) => !part.startsWith("."));
}

function pack(bytes) {
  return brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
}

/** How many bytes travel for each file. */
function packAll() {
  const sizes = new Map();
  for (const path of files(dist).filter(isServed)) {
    const bytes = readFileSync(path);
    const packed = TEXT.has(extname(path)) ? pack(bytes) : undefined;
    if (packed) {
      writeFileSync(`${path}.br`, packed);
    }
    sizes.set(relative(dist, path), (packed ?? bytes).length);
  }
  return sizes;
}

const sizes = packAll();
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const first = firstOf(manifest, readFileSync(join(dist, "index.html"), "utf8"));
const lines = judged(budgets({ sizes, first, routes: loads(manifest, first), dependencies: Object.keys(dependencies).length }));
lines.forEach(({ said }) => console.log(said));
const over = lines.filter(({ isOver }) => isOver);
if (over.length > 0) {
  console.error(`over budget: ${over.map(({ name }) => name).join(", ")}. Load less at once, or share what two rooms both have.`);
  process.exit(1);
}
