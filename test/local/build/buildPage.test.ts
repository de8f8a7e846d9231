import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildPage } from '../../../src/local/build/buildPage.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'page-'));
  await buildPage(folder);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the bundled page', () => {
  it('is a script and a style without anything else', async () => {
    expect((await readdir(folder)).sort()).toEqual(['page.css', 'page.js']);
  });

  it('can stand inside its elements, fits 100 KB with its document, and loads nothing', async () => {
    const texts = await Promise.all(['page.js', 'page.css'].map((name) => readFile(join(folder, name), 'utf8')));
    const all = texts.join('');

    expect(all).not.toMatch(/<\/|<!--/);
    expect(Buffer.byteLength(all)).toBeLessThan(97_000);
    expect(all).not.toMatch(/@import|url\(|sourceMappingURL|\bimport\(|\beval\(/);
  });

  it('makes markup of no text', async () => {
    const script = await readFile(join(folder, 'page.js'), 'utf8');
    // Preact's own support for raw HTML is there, and nothing of the page's uses it: the policy would stop it.
    expect(script.match(/dangerouslySetInnerHTML/g)?.length ?? 0).toBeLessThanOrEqual(4);
    expect(script).not.toMatch(/insertAdjacentHTML|document\.write|DOMParser/);
  });
});
