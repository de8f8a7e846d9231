import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** What every functions host has printed and answered in the whole test run, and the secrets that were used: two files. */
const fileOf = (name: 'said' | 'secrets') => `${process.env['TEST_TRANSCRIPT']}.${name}`;

/** Keeps a line that a host has printed, an answer that it gave, or a row that it wrote. */
export function keepLine(line: string): void {
  appendFileSync(fileOf('said'), `${line}\n`);
}

/** Keeps an answer, but for its continuation token, which has the form of a token of another kind. */
export function keepAnswer(text: string): void {
  keepLine(text.replace(/"continuationToken":"[^"]*"/, ''));
}

/** Names a secret that this test run uses, so that the search for it is exact. */
export function useSecret(secret: string): void {
  appendFileSync(fileOf('secrets'), `${secret}\n`);
}

/** What has the form of a secret, whoever made it: keys in PEM, tokens, keys in connection strings. */
const SECRET_FORMS = [/PRIVATE KEY-----/, /eyJ[\w-]{20,}\.[\w-]{10,}/, /AccountKey=/i, /SharedAccessSignature=/i];

/** @returns the lines in which a host has said a secret, cut short */
export function secretsSaid(): string[] {
  if (!existsSync(fileOf('said'))) return [];
  const lines = readFileSync(fileOf('said'), 'utf8').split('\n');
  const secrets = readFileSync(fileOf('secrets'), 'utf8')
    .split('\n')
    .filter((secret) => secret.length >= 8);
  const isSecret = (line: string) =>
    SECRET_FORMS.some((form) => form.test(line)) || secrets.some((secret) => line.includes(secret));
  return lines.filter(isSecret).map((line) => line.slice(0, 60));
}
