import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readAppSettings } from '../../src/settings/localSettings.ts';

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-settings-'));
  file = join(folder, 'local.settings.json');
});

afterAll(() => rm(folder, { recursive: true }));

async function read(content: string | Buffer, environment: Record<string, string | undefined> = {}) {
  await writeFile(file, content);
  return await readAppSettings(file, environment);
}

async function errorOf(content: string | Buffer): Promise<string> {
  const read_ = await read(content).catch((error: Error) => error.message);
  if (typeof read_ !== 'string') throw new Error(`It was accepted: ${JSON.stringify(read_)}`);
  return read_.replace(file, 'FILE');
}

describe('local.settings.json', () => {
  it('may hold comments, trailing commas and a byte order mark', async () => {
    const content =
      '\uFEFF// one\n{ /* two */ "IsEncrypted": false, "Values": { "A": "1", // three\n "B": "http://x/y", }, }';

    expect(await read(content)).toEqual({ A: '1', B: 'http://x/y' });
  });

  it.each(['Values', 'values', 'VALUES'])('may have its section name in any case: %s', async (name) => {
    expect(await read(`{"${name}":{"A":"1"}}`)).toEqual({ A: '1' });
  });

  it('reads numbers and booleans as strings, null as not set, and keeps an empty string', async () => {
    expect(await read('{"Values":{"A":60,"B":true,"C":null,"D":""}}')).toEqual({ A: '60', B: 'true', D: '' });
  });

  it('is overridden by the environment', async () => {
    const environment = { A: 'environment', B: undefined };

    expect(await read('{"Values":{"A":"file","B":"file"}}', environment)).toEqual({ A: 'environment', B: 'file' });
  });

  it.each(['{}', '{"Values":null}', '{"Values":{}}', '{"Host":{"CORS":"*"}}'])(
    'may have no values: %s',
    async (text) => {
      expect(await read(text)).toEqual({});
    },
  );

  it('may be missing', async () => {
    expect(await readAppSettings(join(folder, 'nowhere.json'), { A: '1' })).toEqual({ A: '1' });
  });

  it('may be UTF-16, as Windows PowerShell writes it', async () => {
    expect(await read(Buffer.from('\uFEFF{"Values":{"A":"ä"}}', 'utf16le'))).toEqual({ A: 'ä' });
  });

  it.each([
    [
      '{\n  "Values": {\n    "A": {"x": 1}\n  }\n}',
      'FILE, line 3, column 10: the setting A is an object, expected a string.',
    ],
    ['{"Values":{"A":["x"]}}', 'FILE, line 1, column 16: the setting A is a list, expected a string.'],
    ['{"Values":{"A":"1",\r\n"A":"2"}}', 'FILE, line 2, column 1: the setting A occurs twice: remove one.'],
    ['{"Values":{},"values":{}}', 'FILE, line 1, column 14: Values occurs twice: remove one.'],
    ['{"Values":["A"]}', 'FILE, line 1, column 11: Values is not an object, expected { "NAME": "value" }.'],
    ['{"Values":"A"}', 'FILE, line 1, column 11: Values is not an object, expected { "NAME": "value" }.'],
    ['{"Values":{"A":"1" "B":"2"}}', 'FILE, line 1, column 20: this is not JSON: a comma is missing.'],
    [
      '{"Values":{"A":"C:\\dir"}}',
      'FILE, line 1, column 16: this is not JSON: a backslash is followed by a character that it cannot escape (double it: \\\\).',
    ],
    ['{"Values":{"A":"1"}', 'FILE, line 1, column 20: this is not JSON: a closing brace } is missing.'],
    ["{'Values':{}}", 'FILE, line 1, column 2: this is not JSON: unexpected character.'],
    ['', 'FILE, line 1, column 1: this is not JSON: a value is missing.'],
    ['[]', 'FILE is not a JSON object: it must begin with { and end with }.'],
    ['{"isEncrypted":true,"Values":{}}', 'FILE is encrypted and can\'t be read: run "func settings decrypt" first.'],
  ])('is reported with the position and the error: %s', async (content, message) => {
    expect(await errorOf(content)).toBe(message);
  });

  it('is rejected if it is not UTF-8', async () => {
    expect(await errorOf(Buffer.from([0x7b, 0xe4, 0x7d]))).toBe('FILE is not UTF-8 text: save it with that encoding.');
  });

  it.each([
    '{"Values":{"A":"my-secret}}',
    '{"Values":{"A":my-secret}}',
    '{"Values":{"A":{"my-secret":1}}}',
    'my-secret',
  ])('is never quoted: %s', async (content) => {
    expect(await errorOf(content)).not.toContain('my-secret');
  });
});
