import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  // Without the browser's conditions effects are compiled away in tests, and the tests pass all the same.
  resolve: { conditions: ["browser"] },
  build: {
    target: "es2022",
    // Everything is a file of its own: the policy of the page allows no inline script or font.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // Tests hold the built-in numbers and words to those of the core.
  server: { fs: { allow: ["../.."] } },
  // `css`: or the texts of style sheets come empty to the test that measures files.
  test: { environment: "happy-dom", css: true, include: ["core/**/*.test.ts", "ui/**/*.svelte.test.ts", "tests/*.test.ts"] },
});
