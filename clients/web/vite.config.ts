import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

/** For work on the app: `HAVEN_DOOR=http://127.0.0.1:PORT npx vite preview` shows what was built, with that journal behind it. */
const door = process.env.HAVEN_DOOR;

export default defineConfig({
  plugins: [svelte()],
  // Without the browser's conditions effects are compiled away in tests, and the tests pass all the same.
  resolve: { conditions: ["browser"] },
  build: {
    target: "es2022",
    // Everything is a file of its own: the policy of the page allows no inline script or font.
    assetsInlineLimit: 0,
    // What loads what, for the budgets.
    manifest: true,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What the first visit loads is one script with all it stands on: rooms share parts of it, and each shared part would be a
    // request of its own.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "first", test: /\/ui\/main\.ts$/ }] } } },
  },
  preview: door ? { proxy: { "/haven.v1.": { target: door, changeOrigin: true, headers: { origin: door } } } } : {},
  // Tests hold the built-in numbers and words to those of the core.
  server: { fs: { allow: ["../.."] } },
  // `css`: or the texts of style sheets come empty to the test that measures files.
  test: { environment: "happy-dom", testTimeout: 60_000, css: true, include: ["core/**/*.test.ts", "ui/**/*.svelte.test.ts", "tests/*.test.ts", "build/*.test.ts"] },
});
