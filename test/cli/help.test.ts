import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../src/cli/program.ts';
import { runCli } from './runCli.ts';

const NAMES = Object.keys(COMMANDS);
const ID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
const run = (...words: string[]) => runCli(words, { cwd: tmpdir() });

describe('the command line', () => {
  it('has a help with examples for every command, 80 columns wide, on standard output', async () => {
    const helps = await Promise.all(NAMES.map((name) => run(name, '--help')));

    for (const [n, { code, stdout, stderr }] of helps.entries()) {
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(new RegExp(`^Usage: upload-session-sweeper ${NAMES[n]} `));
      expect(stdout).toContain(`Examples:\n  upload-session-sweeper ${NAMES[n]}`);
      const [options = ''] = stdout.split('Examples:');
      expect(Math.max(...options.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    }
  });

  it('shows its commands, its exit codes and its version', async () => {
    const [help, version] = await Promise.all([run('--help'), run('--version')]);

    for (const name of NAMES) expect(help.stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    expect(help.stdout).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}3 .*\n {2}130 /s);
    const project = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect([version.code, version.stdout]).toEqual([0, `${project.version}\n`]);
  });

  const REFUSED: [string, string[], RegExp][] = [
    ['no command', [], /^Usage: /],
    ['an unknown command', ['lst'], /unknown command 'lst'\n\(Did you mean list\?\)/],
    ['an unknown option', ['sweep', '--dryrun'], /unknown option '--dryrun'\n\(Did you mean --dry-run\?\)/],
    ['a state that is none', ['list', '--state', 'old'], /Allowed choices are all, active, stale, waiting, givenUp/],
    ['a duration that is none', ['sweep', '--older-than', '7'], /--older-than.*must be a duration from 1m to 30d/],
    ['a limit that is none', ['list', '--limit', '1e3'], /--limit.*whole number/],
    ['a time without its zone', ['sweeps', '--since', '2026-11-22T10:00:00'], /--since.*with its zone/],
    ['a session id that is none', ['show', '{x}'], /not a GUID of 36 characters/],
    ['a day that does not exist', ['sweeps', '--since', '2026-02-30'], /--since.*a day such as/],
    ['an unknown format', ['list', '-o', 'xml'], /Allowed choices are table, json, jsonl/],
    ['a dry run that is taken back', ['sweep', '--dry-run', '--no-dry-run'], /--no-dry-run.*contradicts an earlier/],
    ['an age that is given twice', ['sweep', '--older-than', '1h', '--older-than', '1m'], /--older-than.*repeats/],
    ['a settings file that is given twice', ['list', '--settings', 'a', '--settings', 'b'], /--settings.*repeats/],
    ['two formats at once', ['list', '-o', 'table', '--json'], /cannot be used with option/],
    ['an empty owner', ['sweep', '--owner', ''], /--owner.*1 to 256 characters/],
    ['a blank owner', ['sweep', '--owner', ' '], /--owner.*not blank/],
    ['a row of dashes', ['register', '-----'], /unknown option|not a GUID/],
    ['too many session ids', ['show', ID, ID], /too many arguments/],
    ['a text with control characters', ['register', ID, '--owner', 'a\u0007'], /without control characters/],
    ['two forms of output at once', ['list', '--ids', '--json'], /cannot be used with option '--json'/],
    ['a text that acts on a terminal', ['\u001b]0;x\u0007'], /unknown command '\\u001b\]0;x\\u0007'/],
    [
      'a settings file that does not exist',
      ['list', '--settings', '/nowhere.json'],
      /Settings file \/nowhere\.json not found/,
    ],
    [
      'a folder instead of a settings file',
      ['list', '--settings', '/'],
      /^\/ cannot be read \(EISDIR\): expected a file/,
    ],
  ];

  it('refuses invalid usage with exit code 2, and reports it on standard error only', async () => {
    const refusals = await Promise.all(REFUSED.map(([, words]) => run(...words)));

    for (const [n, { code, stdout, stderr }] of refusals.entries()) {
      const [what, , message] = REFUSED[n] ?? [];
      expect({ what, code, stdout, stderr }).toEqual({
        what,
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(message ?? /^$/),
      });
    }
  });
});
