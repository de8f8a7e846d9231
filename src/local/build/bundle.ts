import { build, type Metafile } from 'esbuild';

/** The input and output of a bundle. */
export interface BundleOptions {
  /** Source files by the names of their bundles. */
  entryPoints: Record<string, string>;
  /** The folder that the paths of the entry points are relative to. */
  project: string;
  /** The folder for the bundles. Shared code goes into `chunks/` there. */
  outdir: string;
}

/**
 * Defines `require` for CommonJS parts. The real worker provides `@azure/functions-core` only through a patched `require`: without this,
 * no function would be registered, and no error reported.
 */
const REQUIRE =
  "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);";

/**
 * Bundles programs with all their packages, so that they run without `node_modules`.
 *
 * Dynamic imports go into their own files, which are loaded when they are needed: `@azure/identity`, the clients of the cluster and the
 * tables, each function. The bundle is not minified: that would not make the start faster (measured), and stack traces in logs stay
 * readable without source maps. Source maps are for local debuggers only and are not deployed.
 *
 * @returns which source is in which file
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
    // A bundler cannot resolve the requires in the other form of jsonc-parser.
    mainFields: ['module', 'main'],
    // Node has web streams, so node-fetch never uses this large polyfill.
    alias: { 'web-streams-polyfill/dist/ponyfill.es2018.js': 'node:stream/web' },
    banner: { js: REQUIRE },
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
  });
  return metafile;
}
