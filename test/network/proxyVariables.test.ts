import { expect, it } from '@jest/globals';
import { completeProxyVariables } from '../../src/network/proxyVariables.ts';

it('a proxy without a scheme gets http, and one that is not an address is removed', () => {
  const variables = {
    HTTP_PROXY: '10.0.0.1:3128',
    https_proxy: 'proxy',
    ALL_PROXY: 'http://[',
    HTTPS_PROXY: 'https://p:1',
  };

  completeProxyVariables(variables);

  expect(variables).toEqual({
    HTTP_PROXY: 'http://10.0.0.1:3128',
    https_proxy: 'http://proxy',
    HTTPS_PROXY: 'https://p:1',
  });
});
