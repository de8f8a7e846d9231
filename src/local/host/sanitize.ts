const HIDDEN = '[Hidden Credential]';

// The host's own list. [azure-functions-host, src/WebJobs.Script/Sanitizer.cs]
const TOKENS = [
  'Token=',
  'DefaultEndpointsProtocol=http',
  'AccountKey=',
  'Data Source=',
  'Server=',
  'Password=',
  'pwd=',
  '&amp;sig=',
  '&sig=',
  '?sig=',
  'SharedAccessKey=',
  '&amp;code=',
  '&code=',
  '?code=',
  'key=',
];
const CREDENTIAL = new RegExp(
  `(?<!PublicKey)(?:${TOKENS.map((token) => token.replace(/[?.]/g, '\\$&')).join('|')})[^<"']*`,
  'gi',
);
const USER_INFO = /\b[a-z]+:\/\/[^:/\s]+:[^@/\s]+@[^:/\s]+:[0-9]+\b/gi;

/** Removes texts that look like a credential from an exception's message, up to the next `<`, `"` or `'`, as the real host does. */
export function sanitize(text: string): string {
  return text.replace(CREDENTIAL, HIDDEN).replace(USER_INFO, HIDDEN);
}
