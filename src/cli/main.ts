#!/usr/bin/env node
/** The operator's command line: `npm run cli -- --help`. */
import { main } from './program.ts';

await main(process.argv.slice(2));
