/** Loaded first into a process, by `--import`: prints each module of the telemetry packages that it loads. */
import { registerHooks } from 'node:module';

registerHooks({
  load(url, context, nextLoad) {
    const [, name] = /node_modules\/(@opentelemetry\/[\w-]+|@azure\/monitor-[\w-]+)\//.exec(url) ?? [];
    if (name) console.log(`loaded ${name}`);
    return nextLoad(url, context);
  },
});
