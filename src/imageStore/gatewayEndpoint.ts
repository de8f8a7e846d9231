import { quoted } from '../cleanup/model/cutText.ts';
import { quotedSetting } from '../cleanup/model/quotedSetting.ts';

/**
 * Reads the URL of an HTTP gateway endpoint: scheme, host and port, and nothing else.
 *
 * @param text - such as `https://cluster.example.com:19080`
 * @param hasCredentials - whether a client certificate or tokens are used, which require https
 * @returns the endpoint, or what is wrong, as the end of a sentence about the setting
 */
export function parseGatewayEndpoint(text: string, hasCredentials: boolean): { endpoint: URL } | { error: string } {
  const expected = `expected a URL such as ${hasCredentials ? 'https://cluster.example.com:19080' : 'http://localhost:19080'}`;
  // A URL can contain a password or a signature. Only the part that cannot is shown.
  if (text.includes('@')) return { error: `has a URL with a user name or password, ${expected}` };
  const visible = text.replace(/[?#;=&%][\s\S]*/, '…');
  // Without `://` it may be a key that was pasted here.
  const shown = text.includes('://') ? quoted(visible) : quotedSetting(visible);
  const endpoint = URL.parse(text);
  if (!endpoint) return { error: `has ${shown}, which is not a URL, ${expected}` };
  if (endpoint.protocol !== 'http:' && endpoint.protocol !== 'https:') {
    return { error: `has ${shown}, whose scheme is neither http nor https, ${expected}` };
  }
  if (endpoint.pathname !== '/' || /[?#]/.test(text)) {
    return { error: `has ${shown}, which does not end after the port, ${expected}` };
  }
  // `URL` drops the default port of a scheme, so the text is checked.
  if (!/:\d+\/?$/.test(text)) {
    return { error: `has ${shown}, which has no port (the HTTP gateway's is usually 19080), ${expected}` };
  }
  if (hasCredentials && endpoint.protocol === 'http:') {
    return { error: `has ${shown}, which would send the credentials unencrypted, ${expected}` };
  }
  return { endpoint };
}
