const STORED = 'function key';

/** The function key of this tab; `undefined` if none was given, as for an app that needs none. */
export const readKey = (): string | undefined => sessionStorage.getItem(STORED) ?? undefined;

export const keepKey = (key: string): void => sessionStorage.setItem(STORED, key);

export const forgetKey = (): void => sessionStorage.removeItem(STORED);

/**
 * Takes the key out of the address (`?code=` or `#code=`), where history, bookmarks and screenshots would keep it. The rest of the
 * hash stays, such as a session's link.
 *
 * @returns whether there was a key
 */
export function takeKeyFromAddress(): boolean {
  const address = new URL(location.href);
  const hash = new URLSearchParams(address.hash.slice(1));
  const inQuery = [...address.searchParams].find(([name]) => name.toLowerCase() === 'code')?.[1];
  const key = hash.get('code') || inQuery;
  if (!hash.has('code') && inQuery === undefined) return false;
  hash.delete('code');
  const rest = hash.toString();
  history.replaceState(null, '', `${address.pathname}${rest === '' ? '' : `#${rest}`}`);
  if (!key) return false;
  keepKey(key);
  return true;
}
