// What else a daemon of root writes where others can change the directory: its pidfile, its log, its sockets, AUTO logs.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Daemon, ours, run } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { nobody, Stage, secret } from './stage.ts';

let stage: Stage;
let before: Record<string, string>;
beforeEach(() => {
  stage = new Stage();
  before = stage.vaultState();
});
afterEach(() => {
  expect(stage.vaultState()).toEqual(before);
  stage.remove();
});

/** Starts in the foreground until it ends by itself; what it says. */
async function startInVain(supervisord: string, more = ''): Promise<string> {
  const config = join(stage.root, 'supervisord.conf');
  writeFileSync(config, `[supervisord]\nnodaemon=true\n${supervisord}\n${more}`);
  const { status, stdout, stderr } = await run([...ours, '-n', '-c', config]);
  expect(status).not.toBe(0);
  return stdout + stderr;
}

describe('with a link of another user in the place of', () => {
  test('the pidfile, the daemon runs without one and says why', async () => {
    const pidfile = join(stage.logs, 'supervisord.pid');
    symlinkSync(join(stage.vault, 'shadow'), pidfile);
    const config = join(stage.root, 'supervisord.conf');
    writeFileSync(config, `[supervisord]\nlogfile=${stage.root}/log\npidfile=${pidfile}\n`);
    const daemon = Bun.spawn([...ours, '-n', '-c', config], {
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'ignore',
    });
    const why = `${pidfile} is a symbolic link, and user nobody can change ${stage.home}`;
    const log = () =>
      existsSync(join(stage.root, 'log')) ? readFileSync(join(stage.root, 'log'), 'utf8') : '';
    await eventually(() => log().includes(why), { what: why });
    expect(log()).toContain(`could not write pidfile ${pidfile}`);
    daemon.kill('SIGTERM');
    expect(await daemon.exited).toBe(0);
    expect(lstatSync(pidfile).isSymbolicLink()).toBe(true);
  });

  test('the main log, the daemon does not start', async () => {
    symlinkSync(join(stage.vault, 'shadow'), stage.log('supervisord.log'));
    const said = await startInVain(`logfile=${stage.log('supervisord.log')}\npidfile=${stage.root}/pid`);
    expect(said).toContain('supervisord.log is a symbolic link, and user nobody can change');
  });

  test('the directory of a socket, it is not served', async () => {
    renameSync(stage.logs, `${stage.logs}.aside`);
    symlinkSync(stage.vault, stage.logs);
    const said = await startInVain(
      `logfile=${stage.root}/log\npidfile=${stage.root}/pid`,
      `[unix_http_server]\nfile=${stage.logs}/s.sock\n`,
    );
    expect(said).toContain(`${stage.logs} is a symbolic link, and user nobody can change ${stage.home}`);
  });

  test('childlogdir, no AUTO log is created or removed there', async () => {
    writeFileSync(join(stage.vault, 'app-stdout---supervisor-abcdefgh.log'), 'of root');
    before = stage.vaultState();
    renameSync(stage.logs, `${stage.logs}.aside`);
    symlinkSync(stage.vault, stage.logs);
    const said = await startInVain(
      `logfile=${stage.root}/log\npidfile=${stage.root}/pid\nchildlogdir=${stage.logs}`,
      '[program:app]\ncommand=sleep 1000\n',
    );
    expect(said).toContain(`${stage.logs} is a symbolic link, and user nobody can change ${stage.home}`);
  });
});

describe('in a directory of another user', () => {
  test('a link is refused by a daemon that may not take on his rights, as in a container without them', async () => {
    writeFileSync(join(stage.home, 'other'), '');
    symlinkSync('../other', stage.log());
    const daemon = await Daemon.start({
      executable: ['setpriv', '--bounding-set=-setuid,-setgid', ...ours],
      config: `[program:app]\ncommand=cat\nautostart=false\nstdout_logfile=${stage.log()}\n`,
    });
    expect((await daemon.supervisorctl('start', 'app')).stdout).toBe('app: ERROR (spawn error)\n');
    expect(daemon.log()).toContain("unknown error making dispatchers for 'app': EACCES");
    expect(daemon.log()).toContain(
      `${stage.log()} is a symbolic link, and user nobody can change ${stage.home}`,
    );
    expect(await daemon.stop()).toBe(0);
  });

  test('a third user who can write there gets nothing written to a file of its owner', async () => {
    const keys = join(stage.home, 'keys');
    writeFileSync(keys, 'of nobody\n', { mode: 0o600 });
    chownSync(keys, nobody, nobody);
    chmodSync(stage.logs, 0o777);
    symlinkSync(keys, stage.log());
    const daemon = await Daemon.start({
      config: `[program:app]\ncommand=echo key\nuser=daemon\nautostart=false\nstdout_logfile=${stage.log()}\n`,
    });
    expect((await daemon.supervisorctl('start', 'app')).stdout).toBe('app: ERROR (spawn error)\n');
    expect(await daemon.stop()).toBe(0);
    expect(readFileSync(keys, 'utf8')).toBe('of nobody\n');
  });

  test('sockets are served and given to whom the configuration says', async () => {
    const path = join(stage.logs, 's.sock');
    const daemon = await Daemon.start({ config: `[unix_http_server:more]\nfile=${path}\nchown=daemon\n` });
    expect(lstatSync(path).uid).toBe(1);
    expect((await run(['curl', '-s', '--unix-socket', path, 'http://localhost/ok.html'])).stdout).toBe('OK');
    expect(await daemon.stop()).toBe(0);
    expect(readdirSync(stage.logs)).toEqual([]);
  });

  test('AUTO logs and the pidfile are written', async () => {
    const daemon = await Daemon.start({
      supervisord: `childlogdir=${stage.logs}\npidfile=${stage.logs}/pid`,
      config: '[program:app]\ncommand=echo hello\nstartsecs=0\nautorestart=false\n',
    });
    const logs = () => readdirSync(stage.logs).filter((name) => name.startsWith('app-stdout'));
    await eventually(
      () => logs().some((name) => readFileSync(join(stage.logs, name), 'utf8') === 'hello\n'),
      {
        what: 'the AUTO log',
      },
    );
    expect(readFileSync(join(stage.logs, 'pid'), 'utf8')).toBe(`${daemon.pid}\n`);
    expect(await daemon.stop()).toBe(0);
    rmSync(join(stage.logs, logs()[0] ?? ''));
  });
});

describe('/var/log that a group can write to', () => {
  /** A link in such a /var/log that leads to `target`, for a program of root's; what the start of the program says. */
  async function startWith(gid: number, target: string): Promise<string> {
    const log = '/var/log/app.log';
    const setUp = [
      `cp /etc/group '${stage.root}/group' && echo syslog:x:7777: >> '${stage.root}/group'`,
      `mount --bind '${stage.root}/group' /etc/group`,
      `mount -t tmpfs -o mode=775,gid=${gid} none /var/log && ln -s '${target}' ${log}`,
    ];
    const daemon = await Daemon.start({
      executable: ['unshare', '-m', '/bin/sh', '-c', `${setUp.join(' && ')} && exec "$0" "$@"`, ...ours],
      config: `[program:app]\ncommand=cat\nstartsecs=0\nautostart=false\nstdout_logfile=${log}\n`,
    });
    const { stdout } = await daemon.supervisorctl('start', 'app');
    expect(await daemon.stop()).toBe(0);
    return stdout;
  }

  test('is root’s own where that is the group of the system’s log daemon', async () => {
    expect(await startWith(7777, join(stage.root, 'log'))).toBe('app: started\n');
  });

  test('has no link that is followed where it is any other', async () => {
    expect(await startWith(60, join(stage.vault, 'shadow'))).toBe('app: ERROR (spawn error)\n');
  });
});

describe('a daemon that gives its directories to the user it becomes', () => {
  /** Who owns the log in /var/log/supervisor after a start. */
  async function ownerAfterStart(directoryOwner: string): Promise<string> {
    const config = join(stage.root, 'supervisord.conf');
    const log = '/var/log/supervisor/supervisord.log';
    writeFileSync(config, `[supervisord]\nuser=nobody\nlogfile=${log}\npidfile=/var/log/supervisor/pid\n`);
    const steps = [
      'mount -t tmpfs -o mode=755 none /var/log && mkdir /var/log/supervisor',
      `echo '${secret}' >${log} && chmod 600 ${log} && chown ${directoryOwner} /var/log/supervisor`,
      `${ours.join(' ')} -n -c '${config}' >/dev/null 2>&1 & daemon=$!`,
      `until grep -q "supervisord started" ${log} || ! kill -0 $daemon; do sleep 0.05; done; stat -c %U ${log}`,
      'kill $daemon; wait $daemon',
    ];
    const { stdout } = await run(['unshare', '-m', '/bin/sh', '-c', steps.join('\n')]);
    return stdout;
  }

  test('gives him the log that root wrote there', async () => {
    expect(await ownerAfterStart('root')).toBe('nobody\n');
  });

  test('gives him no file of root’s that he put in the place of the log', async () => {
    expect(await ownerAfterStart('nobody')).toBe('root\n');
  });
});
