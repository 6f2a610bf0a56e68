import { expect, test } from 'bun:test';
import * as net from 'node:net';
import { isIP, isIPv4, isIPv6 } from '../../../src/linux/ip-address.ts';

const texts = [
  ...['127.0.0.1', '0.0.0.0', '255.255.255.255', '256.0.0.1', '01.2.3.4', '1.2.3', '1.2.3.4.5', '1.2.3.4 '],
  ...[
    '::',
    '::1',
    '[::1]',
    'fe80::1%eth0',
    'fe80::1%',
    'fe80::1%a%b',
    '::ffff:10.0.0.1',
    '1::2::3',
    'fe80::12345',
  ],
  ...['', 'localhost', '1', '127.0.0.1\0', '::1\0', '127.0.0.1%eth0', 'é'],
];

test.each(texts)('%j is an address exactly when node:net says so', (text) => {
  expect({ isIP: isIP(text), isIPv4: isIPv4(text), isIPv6: isIPv6(text) }).toEqual({
    isIP: net.isIP(text) !== 0,
    isIPv4: net.isIPv4(text),
    isIPv6: net.isIPv6(text),
  });
});
