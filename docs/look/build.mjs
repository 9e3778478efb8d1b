// Builds the two files that pages load. Run as docs/look.md says.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import cssnano from "cssnano";
import { build } from "esbuild";
import postcss from "postcss";
import customProperties from "postcss-custom-properties";
import * as sass from "sass";

const out = new URL("../../web/static/", import.meta.url);
const notice =
  "/*! Gatemate. Made from govuk-frontend 6.3.0 and @ministryofjustice/frontend 11.1.0 (both MIT): see licences.txt */";

// Parts of the Ministry's components that we have no use for and that ask for pictures.
const unused = /moj-(timeline__document|filter__(legend|close|tag|selected|heading)|filter-tags)/;
const withoutUnused = {
  postcssPlugin: "without-unused",
  Rule(rule) {
    if (unused.test(rule.selector)) rule.remove();
  },
};

const css = sass.compile(fileURLToPath(new URL("gatemate.scss", import.meta.url)), {
  loadPaths: [process.cwd(), "node_modules"],
  quietDeps: true,
});
const small = await postcss([
  withoutUnused,
  customProperties({ preserve: true }),
  cssnano({ preset: ["default", { discardComments: { removeAll: true } }] }),
]).process(css.css, { from: undefined });
writeFileSync(new URL("gatemate.css", out), `${notice}\n${small.css}\n`);

await build({
  entryPoints: [fileURLToPath(new URL("gatemate.mjs", import.meta.url))],
  nodePaths: ["node_modules"],
  bundle: true,
  format: "esm",
  minify: true,
  legalComments: "none",
  target: "es2017",
  banner: { js: notice },
  outfile: fileURLToPath(new URL("gatemate.js", out)),
});

for (const name of ["gatemate.css", "gatemate.js"]) {
  const bytes = readFileSync(new URL(name, out));
  console.log(`${name}: ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} compressed`);
}
