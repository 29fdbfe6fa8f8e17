import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { defineConfig } from "vite";

// sources are the files that the page is made of; a test in Go computes the same sum, so that it needs no Node to see
// that dist was made of them.
function sources() {
  const inside = ["src", "public"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`),
  );
  return [...inside, "index.html", "package-lock.json", "package.json", "tsconfig.json", "vite.config.js"].sort();
}

function note() {
  return {
    name: "note-sources",
    closeBundle() {
      if (process.env.HOTLINE_NOTE_NOTHING) return; // a test builds it elsewhere
      const sum = createHash("sha256");
      for (const file of sources()) sum.update(file + "\n").update(readFileSync(file)).update("\n");
      writeFileSync("built-from.sha256", sum.digest("hex") + "\n");
    },
  };
}

export default defineConfig({
  plugins: [note()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // no data: addresses, the policy forbids them
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    license: { fileName: "licences.md" },
    reportCompressedSize: false,
  },
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
});
