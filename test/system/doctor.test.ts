// What systemd has to do with it, on a booted one: every finding of the doctor about services, brought about for real.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { chmodSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import type { UnitFindingId } from '../../src/doctor/finding.ts';
import { Machine } from './machine.ts';

interface Situation {
  /** Commands of a shell, and those that undo them. */
  readonly arrange: string;
  readonly undo: string;
  readonly en: RegExp;
  readonly zh: RegExp;
  readonly remedy: RegExp;
}

const dropIn = '/etc/systemd/system/supervisor.service.d/test.conf';
/** Debian's, with other settings. */
const withSettings = (settings: string): string =>
  `mkdir -p ${dropIn.replace(/\/[^/]*$/, '')}; printf '[Service]\\n${settings}\\n' >${dropIn}; systemctl daemon-reload`;
const untilFailed = 'until systemctl is-failed -q supervisor; do sleep 0.1; done';
const stopped = `systemctl disable --now supervisor; rm -f ${dropIn}; systemctl daemon-reload; systemctl reset-failed`;

const situations: Readonly<Record<UnitFindingId, Situation>> = {
  'unit-failed': {
    arrange: `${withSettings('ExecStart=\\nExecStart=/bin/false\\nRestart=no')}; systemctl start supervisor; ${untilFailed}`,
    undo: stopped,
    en: /supervisor has failed\nResult=exit-code/,
    zh: /supervisor 启动失败\nResult=exit-code/,
    remedy: /^journalctl -u supervisor .*\nsystemctl reset-failed supervisor\nsystemctl start supervisor$/,
  },
  'unit-masked': {
    arrange: 'systemctl mask supervisor',
    undo: 'systemctl unmask supervisor',
    en: /supervisor is masked: systemd will not start it\n/,
    zh: /supervisor 已被屏蔽/,
    remedy: /^systemctl unmask supervisor\nsystemctl enable --now supervisor$/,
  },
  'unit-broken': {
    arrange: withSettings('ExecStart='),
    undo: stopped,
    en: /systemd cannot use supervisor\nLoadState=bad-setting$/,
    zh: /systemd 无法使用 supervisor\n/,
    remedy: /^systemd-analyze verify supervisor$/,
  },
  'unit-not-enabled': {
    arrange: 'systemctl start supervisor',
    undo: stopped,
    en: /supervisor is running, but will not start at boot\nUnitFileState=disabled$/,
    zh: /supervisor 正在运行，但下次开机不会启动\n/,
    remedy: /^systemctl enable supervisor$/,
  },
  'daemon-outside-unit': {
    arrange: 'supervisord -c /etc/supervisor/supervisord.conf; until supervisorctl pid; do sleep 0.1; done',
    undo: 'supervisorctl shutdown; while pgrep -x supervisord; do sleep 0.1; done; true',
    en: /the daemon \(pid \d+\) was started by hand, supervisor is inactive\n/,
    zh: /守护进程（pid \d+）是手动启动的，supervisor 未激活\n/,
    remedy: /^tsupervisor supervisorctl shutdown\nsystemctl start supervisor$/,
  },
  'two-units': {
    arrange: `systemctl enable --now supervisor
cp /lib/systemd/system/supervisor.service /etc/systemd/system/supervisord.service
systemctl daemon-reload; systemctl enable supervisord`,
    undo: `systemctl disable supervisord; rm /etc/systemd/system/supervisord.service; ${stopped}`,
    en: /supervisor and supervisord will both be started\n/,
    zh: /supervisor 和 supervisord 都会被启动\n/,
    remedy: /^systemctl disable --now supervisord$/,
  },
  'private-tmp': {
    arrange: `sed -i.old s,/var/run/supervisor.sock,/tmp/supervisor.sock, /etc/supervisor/supervisord.conf
${withSettings('PrivateTmp=yes')}; systemctl enable --now supervisor`,
    undo: `mv /etc/supervisor/supervisord.conf.old /etc/supervisor/supervisord.conf; ${stopped}`,
    en: /clients cannot see the socket \/tmp\/supervisor\.sock\nsupervisor has PrivateTmp=yes/,
    zh: /客户端看不到套接字 \/tmp\/supervisor\.sock\n/,
    remedy: /^\[unix_http_server\]\nfile = \/run\/supervisor\.sock$/,
  },
};

let machine: Machine;

beforeAll(async () => {
  machine = await Machine.boot();
  cpSync(join(import.meta.dir, '../../dist/tsupervisor'), machine.path('usr/bin/tsupervisor'));
  chmodSync(machine.path('usr/bin/tsupervisor'), 0o755);
}, 600_000);
afterAll(() => machine.destroy(), 60_000);

interface Told {
  readonly id: string;
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
}

async function findings(language: 'en' | 'zh'): Promise<readonly Told[]> {
  const { stdout } = await machine.run('tsupervisor', 'doctor', '--json', '--lang', language);
  const report: { readonly findings: readonly Told[] } = JSON.parse(stdout);
  return report.findings;
}

describe('the doctor finds, and says what to do about', () => {
  for (const [id, { arrange, undo, remedy, ...texts }] of Object.entries(situations))
    test(id, async () => {
      await machine.run('sh', '-c', arrange);
      try {
        for (const language of ['en', 'zh'] as const) {
          const all = await findings(language);
          const found = all.find((finding) => finding.id === id);
          if (!found) throw new Error(`${id} is not among ${JSON.stringify(all, null, 2)}`);
          expect(`${found.what}\n${found.why}`).toMatch(texts[language]);
          expect(found.remedy).toMatch(remedy);
        }
      } finally {
        await machine.run('sh', '-c', undo);
      }
      expect((await findings('en')).map((finding) => finding.id)).not.toContain(id);
    });
});
