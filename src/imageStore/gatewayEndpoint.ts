/**
 * Reads the address of an HTTP gateway endpoint: scheme, host and port, and nothing else.
 *
 * @param text - such as `https://cluster.example.com:19080`
 * @param hasCredentials - whether a client certificate or tokens are used, which demand https
 * @returns the endpoint, or what is wrong, as the end of a sentence about the setting
 */
export function parseGatewayEndpoint(text: string, hasCredentials: boolean): { endpoint: URL } | { error: string } {
  const example = hasCredentials ? 'https://cluster.example.com:19080' : 'http://localhost:19080';
  // A password or a signature in a URL is a secret, so no more of a text is shown than what cannot hold one.
  if (text.includes('@')) return { error: `holds a URL with a user name or password; leave them out: ${example}` };
  const shown = JSON.stringify(text.replace(/[?#;=&%][\s\S]*/, '…').slice(0, 80));
  const endpoint = URL.parse(text);
  if (!endpoint) return { error: `holds ${shown}, which is not a URL; write scheme, host and port: ${example}` };
  if (endpoint.protocol !== 'http:' && endpoint.protocol !== 'https:') {
    return { error: `holds ${shown}, whose scheme is neither http nor https: ${example}` };
  }
  if (endpoint.pathname !== '/' || /[?#]/.test(text)) {
    return { error: `holds ${shown}, but must end after the port: ${example}` };
  }
  // URLs drop a port that is their scheme's own, so the text itself decides.
  if (!/:\d+\/?$/.test(text)) {
    return { error: `holds ${shown} without a port; the HTTP gateway's is usually 19080: ${example}` };
  }
  if (hasCredentials && endpoint.protocol === 'http:') {
    return { error: `holds ${shown}, but credentials would travel in the clear over http; use https: ${example}` };
  }
  return { endpoint };
}
