import { describe, expect, it } from 'vitest';
import { faultOfEndpoint, isPublicIp } from '../../src/web-address.ts';

describe('an address that events are sent to', () => {
  it.each([
    'https://phones.example.com',
    'https://phones.example.com:8443/refill?tenant=7',
    'https://8.8.8.8/hook',
  ])('may be %s', (url) => {
    expect(faultOfEndpoint(url, { mayBeLocal: false })).toBeNull();
  });

  it.each([
    ['http://phones.example.com', /https/],
    ['ftp://phones.example.com', /https/],
    ['phones.example.com', /https address/],
    ['https://user:secret@phones.example.com', /password/],
    ['https://phones', /full name/],
    ['https://localhost', /this machine/],
    ['https://127.0.0.1', /this machine/],
    ['https://127.1', /this machine/],
    ['https://2130706433', /this machine/],
    ['https://0x7f.0.0.1', /this machine/],
    ['https://0.0.0.0', /this machine/],
    ['https://phones.internal', /private network/],
    ['https://169.254.169.254/latest/meta-data', /private network/],
    ['https://192.168.1.1', /private network/],
    ['https://100.64.0.1', /private network/],
    ['https://198.18.0.1', /private network/],
    ['https://[fd00::1]', /full name|private/],
    ['https://[::ffff:10.0.0.1]', /full name|private/],
  ])('is not %s', (url, fault) => {
    expect(faultOfEndpoint(url, { mayBeLocal: false })).toMatch(fault);
  });

  it('is this machine’s own in a try-out only', () => {
    expect(faultOfEndpoint('http://127.0.0.1:4000/x', { mayBeLocal: true })).toBeNull();
    expect(faultOfEndpoint('http://10.0.0.1/x', { mayBeLocal: true })).toMatch(/https/);
  });

  it('is public by the numbers that its name leads to', () => {
    for (const ip of ['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111']) expect(isPublicIp(ip), ip).toBe(true);
    for (const ip of [
      '10.0.0.1',
      '127.0.0.1',
      '::1',
      'fe80::1',
      'fd12::1',
      '::ffff:127.0.0.1',
      '2002:7f00:1::',
    ])
      expect(isPublicIp(ip), ip).toBe(false);
    for (const ip of ['64:ff9b::a00:1', '2001:db8::1', '224.0.0.1', '255.255.255.255', 'nonsense'])
      expect(isPublicIp(ip), ip).toBe(false);
  });
});
