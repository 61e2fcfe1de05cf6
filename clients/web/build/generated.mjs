// Whether core/gen is what the .proto files make today. Makes it anew in a folder of its own and compares.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "..");
const GEN = "core/gen";

/** Every file below a folder, by its path there. */
function texts(folder) {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [relative(folder, path), readFileSync(path, "utf8")]));
}

const made = mkdtempSync(join(tmpdir(), "generated-"));
try {
  execFileSync(join(root, "node_modules/.bin/buf"), ["generate", "--output", made], { cwd: root, stdio: "inherit" });
  const [fresh, kept] = [texts(join(made, GEN)), texts(join(root, GEN))];
  const differ = [...new Set([...fresh.keys(), ...kept.keys()])].filter((path) => fresh.get(path) !== kept.get(path));
  if (differ.length > 0) {
    console.error(`core/gen is not what the .proto files make: ${differ.join(", ")}\nRun \`npm run generate\`.`);
    process.exitCode = 1;
  }
} finally {
  rmSync(made, { recursive: true, force: true });
}
