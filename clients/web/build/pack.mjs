// After the build: a `.br` beside each text file, and the budget of what a first visit loads.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

/** What a first visit may load, brotli: 1.6 Mbit/s carry it in 0.4 s. */
const FIRST_MAX = 80_000;

/** Fonts are packed already. */
const TEXT = new Set([".html", ".js", ".css", ".svg"]);

const dist = join(import.meta.dirname, "../dist");

function files(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function pack(bytes) {
  return brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
}

/** The scripts and styles that the page names itself: those that nothing has to be done for. */
function isFirst(path, page) {
  return [".js", ".css"].includes(extname(path)) && page.includes(relative(dist, path));
}

const page = readFileSync(join(dist, "index.html"), "utf8");
let first = 0;
for (const path of files(dist).filter((path) => TEXT.has(extname(path)))) {
  const packed = pack(readFileSync(path));
  writeFileSync(`${path}.br`, packed);
  first += isFirst(path, page) ? packed.length : 0;
  console.log(`${relative(dist, path)}: ${packed.length} bytes packed`);
}
console.log(`first load, scripts and styles: ${first} of ${FIRST_MAX} bytes`);
if (first === 0 || first > FIRST_MAX) {
  console.error(first === 0 ? "the page names no script" : "the first load is over its budget: load a screen when it's asked for");
  process.exit(1);
}
