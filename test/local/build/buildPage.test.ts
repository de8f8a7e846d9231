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
  it('is only a script and a style sheet', async () => {
    expect((await readdir(folder)).sort()).toEqual(['page.css', 'page.js']);
  });

  it('can be inlined, fits 100 KB with its document, and loads nothing', async () => {
    const texts = await Promise.all(['page.js', 'page.css'].map((name) => readFile(join(folder, name), 'utf8')));
    const all = texts.join('');

    expect(all).not.toMatch(/<\/|<!--/);
    expect(Buffer.byteLength(all)).toBeLessThan(97_000);
    expect(all).not.toMatch(/@import|url\(|sourceMappingURL|\bimport\(|\beval\(/);
  });

  it('never creates markup from text', async () => {
    const script = await readFile(join(folder, 'page.js'), 'utf8');
    // Preact itself supports raw HTML, but the page does not use it: its security policy would stop it.
    expect(script.match(/dangerouslySetInnerHTML/g)?.length ?? 0).toBeLessThanOrEqual(4);
    expect(script).not.toMatch(/insertAdjacentHTML|document\.write|DOMParser/);
  });
});
