/**
 * The least that an app with these functions can be: each is registered as ours is, and does nothing. What a cold start of
 * it takes is Node's and the platform's.
 */
import { registerAll } from './registerAll.ts';

registerAll(() => ({ status: 200, jsonBody: {} }));
