// A machine that has something, and what the doctor tells of it in both languages.
import { expect } from 'bun:test';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon, ours, run } from '../../support/daemon.ts';

export interface Patient {
  /** Null lets the doctor search. */
  readonly configuration: string | null;
  /** What the doctor is started by: as another user, in a namespace. */
  readonly by?: readonly string[];
  /** Undoes it. */
  readonly end?: () => unknown;
}

/** What a finding must say of what is wrong and why, and the lines to copy; `remedy` holds in both languages. */
export interface Advice {
  readonly en: RegExp;
  readonly zh: RegExp;
  readonly remedy: RegExp;
}

type Told = Readonly<Record<'id' | 'what' | 'why' | 'remedy', string>>;

export const asUser = ['setpriv', '--reuid=www-data', '--regid=www-data', '--clear-groups'] as const;
export const cat = '[program:cat]\ncommand=/bin/cat\nstartsecs=0';

async function findingsOn(patient: Patient, language: 'en' | 'zh'): Promise<readonly Told[]> {
  const { configuration, by = [] } = patient;
  const named = configuration === null ? [] : ['-c', configuration];
  const { stdout, stderr, status } = await run([
    ...by,
    ...[ours[0], 'doctor', ...named, '--json', '--lang', language],
  ]);
  if (stderr !== '') throw new Error(stderr);
  const { findings }: { findings: readonly Told[] } = JSON.parse(stdout);
  expect(status).toBe(findings.length === 0 ? 0 : 1);
  return findings;
}

/** In both languages; `program` is what it is about, of which nothing else may be said. */
export async function expectAdvice(
  patient: Patient,
  id: string,
  advice: Advice,
  program: string | null = null,
): Promise<void> {
  for (const language of ['en', 'zh'] as const) {
    const all = await findingsOn(patient, language);
    const about = all.filter(({ what }) => program === null || what.startsWith(`${program} `));
    if (program !== null) expect(about.map((finding) => finding.id)).toEqual([id]);
    const found = about.find((finding) => finding.id === id);
    if (!found) throw new Error(`${id} is not among ${JSON.stringify(all, null, 2)}`);
    expect(`${found.what}\n${found.why}`).toMatch(advice[language]);
    expect(found.remedy).toMatch(advice.remedy);
    expect(/\p{Script=Han}/u.test(found.what)).toBe(language === 'zh');
  }
}

/** A directory of its own that everybody may enter. */
export function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'tsv-doctor-'));
  chmodSync(home, 0o755);
  return home;
}

/** The path of a configuration in `home`. */
export function configurationIn(home: string, more: string, supervisord = ''): string {
  const file = join(home, 'supervisord.conf');
  writeFileSync(
    file,
    `[unix_http_server]
file=${home}/s.sock
[supervisord]
logfile=${home}/log
pidfile=${home}/pid
childlogdir=${home}
${supervisord}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://${home}/s.sock
${more}
`,
  );
  return file;
}

/** The words of a shell that sees no other processes, servers or configurations of the machine, and then runs `script`. */
export function alone(script: string): string[] {
  const hide =
    'if [ -d /etc/supervisor ]; then mount -t tmpfs none /etc/supervisor; fi; ip link set lo up; cd /mnt';
  const unshared = ['unshare', '--mount', '--net', '--pid', '--fork', '--mount-proc'];
  return [...unshared, '/bin/sh', '-c', `${hide}; ${script}`, 'sh'];
}

/** Of the program `cat`. */
export async function running(
  section = cat,
): Promise<{ readonly patient: Patient; readonly daemon: Daemon }> {
  const daemon = await Daemon.start({ config: section });
  return { daemon, patient: { configuration: daemon.configPath, end: () => daemon.stop() } };
}

/** Somebody else listens at our socket, and does not speak as a supervisord does. */
export function withStranger(home: string): Patient {
  const configuration = configurationIn(home, cat);
  const server = Bun.serve({ unix: join(home, 's.sock'), fetch: () => new Response('hello') });
  return { configuration, end: () => server.stop(true) };
}

/** A log on a disk of its own, filled by `fill`, to which $0 is the path. */
export function onSmallDisk(home: string, options: string, fill: string): Patient {
  const disk = join(home, 'disk');
  mkdirSync(disk);
  const script = `mount -t tmpfs -o ${options} none $0 && ${fill}; exec "$@"`;
  return {
    configuration: configurationIn(home, `${cat}\nstdout_logfile=${disk}/cat.log`),
    by: ['unshare', '--mount', '/bin/sh', '-c', script, disk],
  };
}
