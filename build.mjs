// Bundles src/main.ts and everything it imports into dist/: one file to start from, one for each thread of the audit store (what
// fills it, what reads it), and chunks that commands load when they run, so that nothing but Node is needed beside it, and a
// server that reads no namespaces never loads the cluster client.
import { rmSync } from 'node:fs';
import { env } from 'node:process';
import { build } from 'esbuild';

// An ES import of node:http reads every one of its exports, WebSocket among them, and so loads Node's whole fetch: a tenth of
// the start-up. Through require, what is not used is not loaded.
const httpByRequire = {
  name: 'http-by-require',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?https?$/ }, ({ path, namespace }) =>
      namespace === 'http' ? { path, external: true } : { path: path.replace('node:', ''), namespace: 'http' },
    );
    onLoad({ filter: /.*/, namespace: 'http' }, ({ path }) => ({
      contents: `module.exports = require('node:${path}');`,
    }));
  },
};

// express loads its body parsers, its file server, a query parser and the table of all media types, used or not: a sixth of
// the start-up. Reviews are read by our own bounded reader, and every answer names its type.
const leftOut = {
  name: 'left-out',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(body-parser|serve-static|send|mime-types|qs)$/ }, ({ path }) => ({
      path,
      namespace: 'left-out',
    }));
    onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
  },
};

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: {
    dropcap: 'src/main.ts',
    'store-worker': 'src/store/worker.ts',
    'reader-worker': 'src/store/reader-worker.ts',
  },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  splitting: true,
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'linked',
  // Dependencies that are CommonJS call require for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  define: {
    // Without the colours and checks that libraries load for development.
    'process.env.NODE_ENV': '"production"',
    // Told, not looked up: the same sources and the same word give the same bytes, with or without a repository around.
    'globalThis.DROPCAP_COMMIT': env.DROPCAP_COMMIT ? JSON.stringify(env.DROPCAP_COMMIT) : 'undefined',
  },
  plugins: [httpByRequire, leftOut],
  logLevel: 'warning',
});
