import { build, type Metafile } from 'esbuild';

/** What is bundled, and where to. */
export interface BundleOptions {
  /** Source files by the names of their bundles. */
  entryPoints: Record<string, string>;
  /** What the entry points' paths are relative to. */
  project: string;
  /** Where the bundles go, and what they share, into `chunks/`. */
  outdir: string;
}

/**
 * `require` for the parts that are CommonJS. The real worker hands out `@azure/functions-core` by a changed `require` and in no
 * other way: without this no function would be registered, and nothing said about it.
 */
const REQUIRE =
  "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);";

/**
 * Bundles programs with all their packages, so that they run without `node_modules`.
 *
 * What is imported dynamically goes into files of its own and is read when it is needed: `@azure/identity`, the clients of the
 * cluster and of the tables, each function. Not minified: measured, that makes no start faster, and a stack trace in a log
 * stays readable without a source map. Maps are written for debuggers here; Node on Azure does not read any unless it is told to,
 * so they are not deployed.
 *
 * @returns what went into which file
 */
export async function bundle({ entryPoints, project, outdir }: BundleOptions): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: project,
    entryPoints,
    outdir,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: ['@azure/functions-core'],
    // jsonc-parser's other form asks for its parts by names that a bundler cannot follow.
    mainFields: ['module', 'main'],
    // Node has the web's streams; node-fetch asks for the large stand-in only where they are missing.
    alias: { 'web-streams-polyfill/dist/ponyfill.es2018.js': 'node:stream/web' },
    banner: { js: REQUIRE },
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
  });
  return metafile;
}
