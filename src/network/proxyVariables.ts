/** The environment variables with the address of a proxy. */
export const PROXY_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]);

/**
 * Adds the scheme `http` to a proxy without one, such as `10.0.0.1:3128`, as other tools do. Otherwise the clients of the Azure
 * libraries throw when they are created. A value that is not an address is removed: the libraries could not use it.
 *
 * @param environment - is changed in place
 */
export function completeProxyVariables(environment: Record<string, string | undefined>): void {
  for (const name of PROXY_VARIABLES) {
    const value = environment[name]?.trim();
    if (!value) continue;
    const complete = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
    if (URL.canParse(complete)) environment[name] = complete;
    else delete environment[name];
  }
}
