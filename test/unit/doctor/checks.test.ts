// Findings on machines that are hard to come by: systemd in trouble, ports of others, disks without inodes.
import { describe, expect, test } from 'bun:test';
import { causeOfFailure } from '../../../src/doctor/checks/failure-causes.ts';
import { checkPlaces } from '../../../src/doctor/checks/places.ts';
import { checkServers } from '../../../src/doctor/checks/servers.ts';
import { checkUnits } from '../../../src/doctor/checks/units.ts';
import { parseUnits, serviceIn } from '../../../src/doctor/facts/units.ts';
import type {
  DaemonView,
  PlaceView,
  ProgramView,
  UnitView,
  View,
} from '../../../src/doctor/machine-facts.ts';
import { reportAsText } from '../../../src/doctor/report.ts';
import { examine } from '../../../src/doctor/run-checks.ts';

const unlimited = Number.POSITIVE_INFINITY;
const daemon: DaemonView = {
  pid: 500,
  uid: 0,
  commandLine: 'supervisord',
  configPath: '/etc/supervisord.conf',
  isTrusted: true,
  isReplaced: false,
};

const well: View = {
  configuration: { kind: 'found', path: '/etc/supervisord.conf', config: null, mistakes: [] },
  daemons: [daemon],
  pidfilePid: 500,
  unixServers: [],
  inetServers: [],
  answer: { kind: 'answered', pid: 500, url: 'unix:///run/supervisor.sock' },
  programs: [],
  orphans: [],
  places: [],
  limits: {
    pid: 500,
    soft: { descriptors: unlimited, processes: unlimited },
    hard: { descriptors: unlimited, processes: unlimited },
    openDescriptors: 20,
    mayRaise: false,
  },
  units: null,
};

const customaryUnit: UnitView = {
  name: 'supervisor',
  loadState: 'loaded',
  activeState: 'active',
  fileState: 'enabled',
  result: 'success',
  privateTmp: false,
  mainPid: 500,
  statusText: '',
};

const ids = (findings: readonly { readonly id: string }[]): string[] => findings.map(({ id }) => id);

test('a machine on which all is well has no findings', () => {
  expect(examine(well)).toEqual([]);
});

test('a directory that many things need is told once, with all that need it', () => {
  const message = (log: string) => `The directory named as part of the path /gone/${log} does not exist`;
  const mistakes = ['a', 'b'].map((log) => ({
    severity: 'error' as const,
    message: { en: message(log), zh: message(log) },
    original: message(log),
    ...{ position: null, section: null, key: null, text: null, remedy: null },
    absence: { kind: 'directory' as const, path: '/gone', obstacle: null },
  }));
  const configuration = { kind: 'found' as const, path: '/etc/supervisord.conf', config: null, mistakes };
  const findings = examine({ ...well, configuration });
  expect(findings.map(({ what, why }) => [what.en, why.en])).toEqual([
    ['the directory /gone does not exist', `${message('a')}\n${message('b')}`],
  ]);
});

test('a daemon that answers and cannot be seen is not said to be none', () => {
  const unseen: View = {
    ...well,
    daemons: [],
    answer: { kind: 'answered', pid: 77, url: 'http://far:9001' },
  };
  expect(reportAsText(unseen, [], 'en')).toContain(
    'daemon: pid 77 responds, but no supervisord with that pid is visible here',
  );
  expect(reportAsText({ ...unseen, answer: { kind: 'silent', url: 'x' } }, [], 'en')).toContain(
    'daemon: none',
  );
});

describe('the order of the findings is that in which their remedies are carried out', () => {
  const socket = {
    ...{ section: 'unix_http_server', path: '/run/s.sock', listenerPid: null, mode: 'mode 0700, root:root' },
    ...{ failure: 'ECONNREFUSED', isSocket: true, directoryExists: true },
  };
  const killed: View = {
    ...well,
    daemons: [],
    answer: { kind: 'unreachable', url: 'unix:///run/s.sock' },
    unixServers: [socket],
    inetServers: [
      {
        ...{ section: 'inet_http_server', host: '127.0.0.1', port: 9001, isHere: true },
        holder: { uid: 0, pid: 501, commandLine: 'x' },
      },
    ],
    orphans: [{ pid: 600, process: 'web', commandLine: 'web' }],
  };

  test('orphans and a taken port come before the advice to start, which is given once', () => {
    const findings = examine(killed);
    expect(ids(findings)).toEqual(['orphans', 'port-taken', 'daemon-not-running']);
    expect(findings[2]?.why.en).toContain('an earlier one was killed or crashed and left /run/s.sock');
    expect(findings[2]?.remedy.en).toBe('tsupervisor supervisord -c /etc/supervisord.conf');
  });
});

test('a daemon from before an upgrade is told, with how to start the new one', () => {
  const old = { ...well, daemons: [{ ...daemon, isReplaced: true }] };
  expect(examine(old)).toMatchObject([
    {
      id: 'daemon-outdated',
      remedy: { en: expect.stringMatching(/shutdown\ntsupervisor supervisord -c .* {3}# also restarts its/) },
    },
  ]);
  const unit = { ...customaryUnit, name: 'tsupervisor' };
  expect(examine({ ...old, units: [unit] })[0]?.remedy.en).toStartWith('systemctl restart tsupervisor ');
});

test("a path that another user's daemon was started with is in no remedy", () => {
  const trap = { ...daemon, isTrusted: false, configPath: '/tmp/trap.conf' };
  const none: View = { ...well, configuration: { kind: 'none', reason: 'none' }, daemons: [trap] };
  for (const view of [none, { ...well, daemons: [trap] }])
    for (const { remedy } of examine(view)) expect(remedy.en).not.toContain('trap');
  expect(ids(examine({ ...well, daemons: [trap] }))).toEqual(['configuration-not-the-daemons']);
});

describe('systemd', () => {
  const unit = customaryUnit;
  const found = (...units: UnitView[]): string[] => ids(checkUnits({ ...well, units }));

  test('is asked for blocks of properties', () => {
    const text = `Result=exit-code\nPrivateTmp=yes\nId=supervisor.service\nLoadState=loaded\nActiveState=failed
UnitFileState=enabled\nMainPID=0\n\nId=supervisord.service\nLoadState=not-found\nActiveState=inactive\nUnitFileState=\n`;
    expect(parseUnits(text)).toEqual([
      { ...unit, activeState: 'failed', result: 'exit-code', privateTmp: true, mainPid: 0 },
      {
        ...unit,
        name: 'supervisord',
        loadState: 'not-found',
        activeState: 'inactive',
        fileState: '',
        result: '',
        mainPid: 0,
      },
    ]);
  });

  test('with a unit that runs and is enabled is well', () => {
    expect(
      found(unit, { ...unit, name: 'supervisord', loadState: 'not-found', activeState: 'inactive' }),
    ).toEqual([]);
  });

  test('with a unit that failed, is masked or broken is told with what to do', () => {
    expect(found({ ...unit, activeState: 'failed', result: 'exit-code' })).toEqual(['unit-failed']);
    expect(found({ ...unit, loadState: 'masked' })).toEqual(['unit-masked']);
    expect(found({ ...unit, loadState: 'bad-setting' })).toEqual(['unit-broken']);
    const [failed] = checkUnits({ ...well, units: [{ ...unit, activeState: 'failed' }] });
    expect(failed?.remedy.en).toContain('journalctl -u supervisor -n 30');
    const said = { ...unit, activeState: 'failed', result: 'exit-code', statusText: 'no such user' };
    const alone = {
      ...well,
      daemons: [],
      pidfilePid: null,
      answer: { ...well.answer, kind: 'unreachable' },
    } as const;
    expect(examine({ ...alone, units: [said] })).toMatchObject([
      { id: 'unit-failed', why: { en: 'Result=exit-code; it said: no such user' } },
    ]);
  });

  test('that does not know of a daemon started by hand is told', () => {
    const inactive = { ...unit, activeState: 'inactive', fileState: 'disabled', mainPid: 0 };
    expect(found(inactive)).toEqual(['daemon-outside-unit']);
    expect(found(inactive, { ...inactive, name: 'tsupervisor' })).toEqual(['daemon-outside-unit']);
    expect(found(inactive, { ...unit, name: 'tsupervisor' })).toEqual([]);
    expect(ids(checkUnits({ ...well, daemons: [], units: [{ ...unit, activeState: 'inactive' }] }))).toEqual(
      [],
    );
  });

  test('is found to run it by its control group, whatever the name and whosever the manager', () => {
    const hybrid =
      '8:pids:/\n1:name=systemd:/system.slice/web.service/manager\n0::/system.slice/web.service/manager\n';
    expect(serviceIn(hybrid)).toEqual({ name: 'web.service', scope: 'system' });
    expect(serviceIn('0::/user.slice/user-7.slice/user@7.service/app.slice/tsupervisor.service\n')).toEqual({
      name: 'tsupervisor.service',
      scope: 'user',
    });
    expect(serviceIn('0::/user.slice/user-7.slice/session-2.scope\n')).toBeNull();
    expect(serviceIn('0::/user.slice/user-7.slice/user@7.service/$(reboot).service\n')?.name).toBe(
      'user@7.service',
    );
  });

  test('that will not start it at the next boot is told', () => {
    expect(found({ ...unit, fileState: 'disabled' })).toEqual(['unit-not-enabled']);
  });

  test('that is to start two of them is told', () => {
    const findings = checkUnits({
      ...well,
      units: [unit, { ...unit, name: 'tsupervisor', activeState: 'inactive' }],
    });
    expect(ids(findings)).toContain('two-units');
  });
});

describe('a port', () => {
  const server = { section: 'inet_http_server', host: '127.0.0.1', port: 9001, isHere: true };

  test('of the daemon itself is well; of others it is not, even when they cannot be seen', () => {
    const held = (uid: number, pid: number | null): string[] =>
      ids(checkServers({ ...well, inetServers: [{ ...server, holder: { uid, pid, commandLine: 'x' } }] }));
    expect(held(0, 500)).toEqual([]);
    expect(held(0, null)).toEqual([]);
    expect(held(0, 501)).toEqual(['port-taken']);
    expect(held(33, null)).toEqual(['port-taken']);
  });

  test('that nobody opened under a running daemon is told', () => {
    const inetServers = [{ ...server, holder: null }];
    expect(ids(checkServers({ ...well, inetServers }))).toEqual(['port-not-open']);
  });
});

describe('a place', () => {
  const place: PlaceView = {
    purpose: 'logfile',
    path: '/var/log/supervisord.log',
    directory: '/var/log',
    problem: null,
    blocked: '/var/log',
    untrusted: null,
    writer: 'root',
    room: { bytes: 2 ** 40, inodes: 1000 },
  };

  test('that a user can change is told with the user, the directory and the log', () => {
    const untrusted = { path: '/home/x', editor: { kind: 'user' as const, uid: 65534 }, sticky: false };
    const path = '/home/x/logs/app.log';
    const [finding] = checkPlaces({
      ...well,
      places: [{ ...place, purpose: 'stdout_logfile of app', path, untrusted }],
    });
    expect(finding).toMatchObject({
      id: 'log-open-to-others',
      what: { en: 'user nobody can change /home/x, where a root daemon writes logs' },
      why: { en: expect.stringContaining('stdout_logfile of app (/home/x/logs/app.log)') },
    });
  });

  test('without inodes is full, however many bytes are free', () => {
    const [finding] = checkPlaces({ ...well, places: [{ ...place, room: { bytes: 2 ** 40, inodes: 0 } }] });
    expect(finding).toMatchObject({ id: 'disk-full', remedy: { en: 'df -i /var/log' } });
  });

  test('without a count of inodes (btrfs) is not', () => {
    expect(checkPlaces({ ...well, places: [{ ...place, room: { bytes: 2 ** 40, inodes: null } }] })).toEqual(
      [],
    );
  });

  test('is told once, whatever many files are in it', () => {
    const missing = { ...place, problem: 'missing' as const };
    expect(checkPlaces({ ...well, places: [missing, { ...missing, path: '/var/log/b' }] })).toHaveLength(1);
  });
});

describe('a program that fails', () => {
  const program = (spawnerr: string, ...lastOutput: string[]): ProgramView => ({
    info: {
      name: 'x',
      group: 'x',
      state: 200,
      statename: 'FATAL',
      description: '',
      pid: 0,
      start: 0,
      stop: 0,
      now: 0,
      exitstatus: 0,
      spawnerr,
      stdoutLogfile: '/l/x.out',
      stderrLogfile: '/l/x.err',
      waiting: [],
      statusText: null,
      reloading: false,
      completed: false,
    },
    command: '/opt/x',
    foreground: null,
    user: 'joe',
    directory: null,
    startsecs: 1,
    ...{ ready: null, oneshot: false, isLate: false, waitedSeconds: null },
    lastOutput,
    lastExit: null,
    recentEnds: 0,
    survivors: [],
  });
  const quick = 'Exited too quickly (process log may have details)';

  for (const [cause, view] of [
    ['command-not-found', program("can't find command '/opt/it is'")],
    ['command-is-directory', program("command at '/opt' is a directory")],
    ['command-not-executable', program("command at '/opt/x' is not executable")],
    ['command-not-permitted', program("no permission to run command '/opt/x'")],
    ['command-unusable', program("can't parse command 'a \"b': No closing quotation")],
    ['user-not-permitted', program("couldn't setuid to 33: Can't drop privilege as nonroot user")],
    ['script-without-interpreter', program("couldn't exec /opt/x: ENOEXEC")],
    ['command-not-started', program(quick, "supervisor: couldn't exec /opt/x: ENOENT")],
    ['directory-unusable', program(quick, "supervisor: couldn't chdir to /srv: EACCES")],
    ['log-not-writable', program("unknown error making dispatchers for 'x': EACCES")],
    ['descriptors-used-up', program("too many open files to spawn 'x'")],
    ['processes-used-up', program("Too many processes in process table to spawn 'x'")],
    ['port-taken', program(quick, 'Error: listen EADDRINUSE: address already in use :::3000')],
    ['module-not-found', program(quick, "ModuleNotFoundError: No module named 'flask'")],
    ['permission-denied', program(quick, 'open /var/lib/x: permission denied')],
    ['file-not-found', program(quick, "FileNotFoundError: [Errno 2] No such file or directory: 'a'")],
  ] as const)
    test(`is understood: ${cause}, in both languages`, () => {
      const found = causeOfFailure(view);
      expect(found?.id).toBe(cause);
      for (const text of [found?.why, found?.remedy])
        for (const language of ['en', 'zh'] as const) expect(text?.[language]).toBeTruthy();
    });

  test('for want of a known format is never told a command that changes it: it may be a program', () => {
    const { remedy } = causeOfFailure(program("couldn't exec /opt/x: ENOEXEC")) ?? {};
    expect(remedy?.en).toStartWith('head -c 20 /opt/x | od -c');
    for (const language of ['en', 'zh'] as const) expect(remedy?.[language]).not.toMatch(/\b(?:sed|mv|rm) /);
  });

  test('because its user may not run the file names that user', () => {
    const found = causeOfFailure(program("couldn't exec /opt/x: EACCES"));
    expect(found).toMatchObject({
      id: 'command-not-permitted',
      remedy: { en: expect.stringMatching(/^namei -l \/opt\/x\n/) },
    });
    expect(found?.why.en).toStartWith('joe has no permission to run /opt/x');
  });

  for (const [words, remedy] of [
    ["couldn't chdir to /srv/x: ENOENT", 'mkdir -p /srv/x\nchown joe /srv/x'],
    ["couldn't chdir to /etc/x: ENOENT", 'namei -l /etc/x'],
    [
      'couldn\'t chdir to "/srv/x": ENOENT',
      '# directory=/srv/x   (quotes are part of the value: remove them)',
    ],
    ["command at '/opt/x' is not executable", 'chmod +x /opt/x'],
    ["command at '/root/x' is not executable", 'namei -l /root/x'],
    ["couldn't exec /root/x: ENOENT", 'namei -l /root/x'],
    ["couldn't exec /root/x: ENOEXEC", 'namei -l /root/x'],
  ] as const)
    test(`gets a remedy that changes only what the configuration names, whatever it writes: ${words}`, () => {
      const view = { ...program(quick, `supervisor: ${words}`), directory: '/srv/x' };
      expect(causeOfFailure(view)?.remedy.en).toBe(remedy);
    });

  test('and has a name that a shell would read is quoted', () => {
    const view = program(quick);
    const info = { ...view.info, name: 'x;reboot', group: 'x;reboot' };
    const [finding] = examine({ ...well, programs: [{ ...view, info }] });
    expect(finding?.remedy.en).toContain("tail 'x;reboot' --stderr");
    expect(finding?.remedy.en).toEndWith("start 'x;reboot'");
  });

  test('as it holds its own port in the background is told to stay in the foreground', () => {
    const view = program('', 'nginx: [emerg] bind() to 127.0.0.1:8080 failed (98: Address already in use)');
    const info = { ...view.info, statename: 'RUNNING' as const };
    const foreground = { en: "command = nginx -g 'daemon off;'", zh: "command = nginx -g 'daemon off;'" };
    for (const ill of [
      { ...view, foreground },
      { ...view, foreground, info, recentEnds: 4 },
    ]) {
      const [finding] = examine({ ...well, programs: [ill] });
      expect(finding?.id).toBe('program-port-taken');
      expect(finding?.why.en).toContain('it daemonises itself');
      expect(finding?.remedy.en).toStartWith(`${foreground.en}\nss -ltnp 'sport = :8080'`);
    }
  });

  test('again and again though it is RUNNING at times is told with what an earlier run left', () => {
    const view = program('', 'Error: listen EADDRINUSE: address already in use :::3000');
    const info = { ...view.info, statename: 'RUNNING' as const };
    const ill = { ...view, info, recentEnds: 4, survivors: [{ pid: 77, commandLine: 'x --worker' }] };
    expect(examine({ ...well, programs: [ill] })).toMatchObject([
      {
        id: 'program-port-taken',
        what: { en: 'x keeps restarting: it exited 4 times within a minute' },
        why: { en: expect.stringContaining('still running from an earlier run: pid 77: x --worker') },
        remedy: { en: "kill 77\nss -ltnp 'sport = :3000'" },
      },
    ]);
    const orphans = [{ pid: 78, process: 'x', commandLine: 'x --old' }];
    const findings = examine({ ...well, orphans, programs: [{ ...ill, survivors: [] }] });
    expect(findings.map(({ id, remedy }) => [id, remedy.en])).toEqual([
      ['orphans', 'kill 78'],
      ['program-port-taken', "ss -ltnp 'sport = :3000'"],
    ]);
    expect(findings[1]?.why.en).toContain('pid 78: x --old');
  });

  for (const word of ['cd', '~/bin/x', '$HOME/bin/x', 'LANG=C', 'ulimit'])
    test(`is told that no shell reads its command: ${word}`, () => {
      const found = causeOfFailure(program(`can't find command '${word}'`));
      expect(found?.id).toBe('command-not-found');
      expect(found?.remedy.en).toStartWith('command = /bin/sh -c "…"');
    });

  for (const [line, port] of [
    ['Error: listen EADDRINUSE: address already in use :::3000', 3000],
    ['nginx: 2026/11/21 11:59:11 [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)', 80],
    [
      '18379:M 21 Nov 2026 11:59:11.125 # Warning: listening socket *:6379: bind: Address already in use',
      6379,
    ],
    [
      "[Errno 98] error while attempting to bind on address ('127.0.0.1', 8000): address already in use",
      8000,
    ],
    ["[ERROR] Connection in use: ('0.0.0.0', 8000)", 8000],
    ['11:59:11 Address already in use, port 5000', 5000],
    ['OSError: [Errno 98] Address already in use', null],
    ['11:59:11 Address already in use', null],
  ] as const)
    test(`with a port that is taken names it: ${line}`, () => {
      const found = causeOfFailure(program(quick, line));
      expect(found?.remedy.en).toBe(`ss -ltnp${port === null ? '' : ` 'sport = :${port}'`}`);
    });

  test('by ending well is told how a job that is meant to end is written', () => {
    const remedyAfter = (lastExit: string) => {
      const view = { ...program(quick), lastExit };
      const fatal = { ...view, info: { ...view.info, statename: 'FATAL' as const } };
      return examine({ ...well, programs: [fatal] }).map(({ remedy }) => remedy.en);
    };
    expect(remedyAfter('exit status 0')).toEqual([expect.stringContaining('\noneshot = true   ;')]);
    expect(remedyAfter('exit status 1')).toEqual([expect.not.stringContaining('oneshot')]);
  });

  test('with words that say nothing is left to its owner', () => {
    expect(causeOfFailure(program(quick, 'Segmentation fault'))).toBeNull();
  });
});
