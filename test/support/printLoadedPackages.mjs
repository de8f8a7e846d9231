/** Loaded first into a process, by `--import`: prints `loaded <name>` for each package of which the process loads a module. */
import { registerHooks } from 'node:module';

const printed = new Set();

registerHooks({
  load(url, context, nextLoad) {
    const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
    if (name && !printed.has(name)) console.log(`loaded ${name}`);
    printed.add(name);
    return nextLoad(url, context);
  },
});
