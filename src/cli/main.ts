#!/usr/bin/env node
/** The operator's command line: `npm run cli -- --help`. Nothing but the check is loaded before it: older Nodes may not read the rest. */
import project from '../../package.json' with { type: 'json' };

const needed = Number(/\d+/.exec(project.engines.node));

if (Number.parseInt(process.versions.node, 10) < needed) {
  console.error(`upload-session-sweeper needs Node.js ${needed} or later. This is ${process.versions.node}.`);
  process.exitCode = 2;
} else {
  const { main } = await import('./program.ts');
  await main(process.argv.slice(2));
}
