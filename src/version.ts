import project from '../package.json' with { type: 'json' };

/** The version of this app, as in `package.json`; the build puts it into the bundle. */
export const VERSION: string = project.version;
