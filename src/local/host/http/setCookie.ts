import type { HttpCookie } from '../protocol.ts';

const SAME_SITE = { none: '', lax: '; samesite=lax', strict: '; samesite=strict', explicitNone: '; samesite=none' };

/** A `Set-Cookie` value as ASP.NET writes it: attributes in its order, `path=/` unless said otherwise. */
export function toSetCookie(cookie: HttpCookie): string {
  const expires = cookie.expires && new Date(cookie.expires.value.seconds * 1000).toUTCString();
  return [
    `${percentEncode(cookie.name)}=${percentEncode(cookie.value)}`,
    expires ? `; expires=${expires}` : '',
    cookie.maxAge ? `; max-age=${Math.trunc(cookie.maxAge.value)}` : '',
    cookie.domain?.value ? `; domain=${cookie.domain.value}` : '',
    `; path=${cookie.path?.value ?? '/'}`,
    cookie.secure?.value ? '; secure' : '',
    SAME_SITE[cookie.sameSite ?? 'none'],
    cookie.httpOnly?.value ? '; httponly' : '',
  ].join('');
}

/** .NET's Uri.EscapeDataString leaves only RFC 3986's unreserved characters. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
