import { expect, it } from '@jest/globals';
import { directLoopback } from '../../src/local/directLoopback.ts';

const LOOPBACK = '127.0.0.1,localhost,[::1]';
const NEVER_PROXIED = { NO_PROXY: LOOPBACK, no_proxy: LOOPBACK };

it('changes nothing without a proxy', () => {
  expect(directLoopback({})).toEqual({});
  expect(directLoopback({ HTTP_PROXY: '', NO_PROXY: 'example.org' })).toEqual({});
});

it.each(['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'])(
  'excludes this machine from %s, in both spellings of NO_PROXY',
  (name) => {
    expect(directLoopback({ [name]: 'http://proxy:8080' })).toEqual({ [name]: 'http://proxy:8080', ...NEVER_PROXIED });
  },
);

it.each([
  ['proxy:8080', 'http://proxy:8080'],
  ['proxy.example.org:8080', 'http://proxy.example.org:8080'],
  ['10.0.0.1:3128', 'http://10.0.0.1:3128'],
  ['user:secret@proxy:8080', 'http://user:secret@proxy:8080'],
  ['socks5://proxy:1080', 'socks5://proxy:1080'],
  ['http://[', undefined],
  ['://', undefined],
])('converts %s to a URL, or removes it', (given, made) => {
  const changed = directLoopback({ HTTP_PROXY: given });

  expect(changed).toEqual({ HTTP_PROXY: made, ...NEVER_PROXIED });
});

it('keeps the hosts that are already excluded', () => {
  const { NO_PROXY } = directLoopback({ HTTP_PROXY: 'p:1', NO_PROXY: '.corp, localhost', no_proxy: 'a.b' });

  expect(NO_PROXY).toBe('.corp,localhost,a.b,127.0.0.1,[::1]');
});
