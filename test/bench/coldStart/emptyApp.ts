/** Registers the same functions as our app, without any work: its cold start is that of Node and the platform. */
import { registerAll } from './registerAll.ts';

registerAll(() => ({ status: 200, jsonBody: {} }));
