import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** Two files: the output and answers of all functions hosts in the test run, and the secrets that were used. */
const fileOf = (name: 'output' | 'secrets') => `${process.env['TEST_TRANSCRIPT']}.${name}`;

/** Keeps a line that a host printed, an answer that it sent, or a row that it wrote. */
export function keepLine(line: string): void {
  appendFileSync(fileOf('output'), `${line}\n`);
}

/** Keeps an answer without its continuation token, which has the form of a secret token. */
export function keepAnswer(text: string): void {
  keepLine(text.replace(/"continuationToken":"[^"]*"/, ''));
}

/** Registers a secret that this test run uses, so that the search for it is exact. */
export function useSecret(secret: string): void {
  appendFileSync(fileOf('secrets'), `${secret}\n`);
}

/** Patterns of secrets: keys in PEM, tokens, keys in connection strings. */
const SECRET_PATTERNS = [/PRIVATE KEY-----/, /eyJ[\w-]{20,}\.[\w-]{10,}/, /AccountKey=/i, /SharedAccessSignature=/i];

/** @returns the lines that contain a secret, shortened */
export function findSecrets(): string[] {
  if (!existsSync(fileOf('output'))) return [];
  const lines = readFileSync(fileOf('output'), 'utf8').split('\n');
  const secrets = readFileSync(fileOf('secrets'), 'utf8')
    .split('\n')
    .filter((secret) => secret.length >= 8);
  const isSecret = (line: string) =>
    SECRET_PATTERNS.some((pattern) => pattern.test(line)) || secrets.some((secret) => line.includes(secret));
  return lines.filter(isSecret).map((line) => line.slice(0, 60));
}
