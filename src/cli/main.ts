#!/usr/bin/env node
/** The operator's command line: `npm run cli -- --help`. The version of Node.js is checked before anything else is loaded, since an older one may not parse it. */
import project from '../../package.json' with { type: 'json' };

const needed = Number(/\d+/.exec(project.engines.node));

if (Number.parseInt(process.versions.node, 10) < needed) {
  console.error(`upload-session-sweeper needs Node.js ${needed} or later. This is ${process.versions.node}.`);
  process.exitCode = 2;
} else {
  const { main } = await import('./program.ts');
  await main(process.argv.slice(2));
}
