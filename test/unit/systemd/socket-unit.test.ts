import { describe, expect, test } from 'bun:test';
import type { ServerConfig } from '../../../src/config/config.ts';
import { readUnit } from '../../../src/systemd/read-unit.ts';
import { socketUnitText } from '../../../src/systemd/socket-unit.ts';

const common = { credentials: null, allowedHosts: [] };

function unix(path: string, mode = 0o700, owner = { uid: -1, gid: -1 }): ServerConfig {
  return { ...common, kind: 'unix', section: 'unix_http_server', path, mode, owner, allowedUids: null };
}

function inet(host: string, port: number): ServerConfig {
  return { ...common, kind: 'inet', section: 'inet_http_server', host, port };
}

const options = { name: 'tsupervisor', scope: 'system' } as const;

describe('the .socket unit', () => {
  test('listens where the servers of the configuration would', () => {
    const servers = [inet('', 9001), inet('127.0.0.1', 9002), inet('::1', 9003), unix('/run/t.sock', 0o770)];
    const unit = readUnit(socketUnitText(options, servers));
    expect(unit.get('Socket')?.get('ListenStream')).toEqual([
      '0.0.0.0:9001',
      '127.0.0.1:9002',
      '[::1]:9003',
      '/run/t.sock',
    ]);
    expect(unit.get('Socket')?.get('SocketMode')).toEqual(['0770']);
    expect(unit.get('Socket')?.has('SocketUser')).toBe(false);
    expect(unit.get('Install')?.get('WantedBy')).toEqual(['sockets.target tsupervisor.service']);
  });

  test('gives the socket to whom the configuration gives it', () => {
    const unit = readUnit(socketUnitText(options, [unix('/run/t.sock', 0o660, { uid: 0, gid: 33 })]));
    expect(unit.get('Socket')?.get('SocketUser')).toEqual(['0']);
    expect(unit.get('Socket')?.get('SocketGroup')).toEqual(['33']);
  });

  test.each([
    ['no server', []],
    ['unix servers of different modes', [unix('/a', 0o700), unix('/b', 0o770)]],
  ])('cannot be made for %s', (_what, servers) => {
    expect(() => socketUnitText(options, servers)).toThrow(/^(?:the configuration has|the unix servers)/);
  });
});
