// Everything that may be wrong with a machine, brought about for real: the doctor must find it and say what to do.
import { describe, test } from 'bun:test';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { MachineFindingId } from '../../../src/doctor/finding.ts';
import { Daemon, ours, run } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { openDescriptors } from '../torture/kernel-view.ts';
import {
  type Advice,
  alone,
  asUser,
  cat,
  configurationIn,
  expectAdvice,
  newHome,
  onSmallDisk,
  type Patient,
  running,
  withStranger,
} from './patient.ts';

interface Situation extends Advice {
  /** `home` is an empty directory, removed afterwards. */
  readonly arrange: (home: string) => Patient | Promise<Patient>;
}

const situations: Readonly<Record<MachineFindingId, Situation>> = {
  'configuration-not-found': {
    arrange: () => ({ configuration: null, by: alone('exec "$@"') }),
    en: /no configuration in the usual places\nNo config file found at default paths \(.*\/etc\/supervisord\.conf/,
    zh: /常用位置没有配置文件\n/,
    remedy: /^tsupervisor echo-conf --minimal .*>\/etc\/supervisord\.conf/,
  },
  'configuration-mistake': {
    arrange: (home) => ({ configuration: configurationIn(home, cat, 'loglevel=loud') }),
    en: /the daemon cannot start\n\S+supervisord\.conf:\d+: .*loud/,
    zh: /配置有错误，守护进程无法启动\n\S+supervisord\.conf:\d+: /,
    remedy: /^# .*\ntsupervisor check -c \S+/,
  },
  'configuration-not-the-daemons': {
    arrange: async () => {
      const { patient, daemon } = await running();
      const other = daemon.path('other.conf');
      writeFileSync(other, readFileSync(daemon.configPath));
      return { ...patient, configuration: other };
    },
    en: /runs with \S+supervisord\.conf, not with \S+other\.conf\n.*-n -c/,
    zh: /使用的是 \S+supervisord\.conf，而不是 \S+other\.conf/,
    remedy: /^tsupervisor doctor -c \S+supervisord\.conf$/,
  },
  'configuration-not-in-force': {
    arrange: async () => {
      const { patient, daemon } = await running();
      const changed = readFileSync(daemon.configPath, 'utf8').replace('program:cat', 'program:dog');
      writeFileSync(daemon.configPath, changed);
      return patient;
    },
    en: /has changed since the daemon read it\nnew: dog; removed: cat$/,
    zh: /守护进程读取配置之后，配置又有修改，尚未生效\n新增：dog；已删除：cat$/,
    remedy: /^tsupervisor update -c \S+$/,
  },
  'user-missing': {
    arrange: (home) => ({ configuration: configurationIn(home, `${cat}\nuser=nosuchuser`) }),
    en: /user nosuchuser does not exist\n/,
    zh: /用户 nosuchuser 不存在\n/,
    remedy: /^useradd --system .* nosuchuser$/,
  },
  'directory-missing': {
    arrange: (home) => ({
      configuration: configurationIn(home, `${cat}\nstdout_logfile=${home}/logs/cat.log`),
    }),
    en: /the directory \S+\/logs does not exist\n/,
    zh: /目录 \S+\/logs 不存在\n/,
    remedy: /^mkdir -p \S+\/logs$/,
  },
  'not-writable': {
    arrange: (home) => ({ configuration: configurationIn(home, cat, 'user=www-data') }),
    en: /www-data has no permission to write \S+\n.*chmod 777 is not needed/,
    zh: /用户 www-data 无权写入 \S+\n.*不需要 chmod 777/,
    remedy: /^chown www-data \S+$/,
  },
  'disk-full': {
    arrange: (home) => onSmallDisk(home, 'size=64k', 'head -c 65536 /dev/zero >$0/filler'),
    en: /the disk of \S+ is full\n0 MB free/,
    zh: /所在的磁盘已满\n剩余 0 MB/,
    remedy: /^df -h \S+\ndu /,
  },
  'log-open-to-others': {
    arrange: (home) => {
      mkdirSync(join(home, 'logs'));
      chownSync(join(home, 'logs'), 65534, 65534);
      return { configuration: configurationIn(home, `${cat}\nstdout_logfile=${home}/logs/cat.log`) };
    },
    en: /user nobody can change \S+\/logs, where a root daemon writes logs\nstdout_logfile of cat \(\S+cat\.log\)/,
    zh: /用户 nobody 可以更改 \S+\/logs，/,
    remedy: /^# .*\n\/var\/log\/supervisor$/,
  },
  'daemon-not-running': {
    arrange: (home) => ({ configuration: configurationIn(home, cat) }),
    en: /no daemon is running with \S+supervisord\.conf\nthere is no pidfile/,
    zh: /没有使用 \S+supervisord\.conf 的守护进程在运行\n没有 pid 文件/,
    remedy: /^tsupervisor supervisord -c \S+supervisord\.conf$/,
  },
  'two-daemons': {
    arrange: async () => {
      const { patient, daemon } = await running();
      unlinkSync(daemon.path('supervisor.sock'));
      const file = daemon.configPath;
      writeFileSync(file, readFileSync(file, 'utf8').replace(/\[inet_http_server\]\n.*\n/, ''));
      const args = ['-n', '-c', file, '-l', daemon.path('second.log'), '-j', daemon.path('second.pid')];
      const second = Bun.spawn([...ours, ...args], { stdout: 'ignore' });
      await eventually(() => daemon.read('second.log').includes('started with pid'), { what: 'the second' });
      const end = async () => {
        second.kill('SIGTERM');
        await Promise.all([second.exited, daemon.stop()]);
      };
      return { ...patient, end };
    },
    en: /2 daemons run with \S+supervisord\.conf.*\n.*clients reach pid \d+$/,
    zh: /有 2 个守护进程使用 .*\n.*客户端连接的是 pid \d+$/,
    remedy: /^kill \d+$/,
  },
  'daemon-silent': {
    arrange: async () => {
      const { patient, daemon } = await running();
      process.kill(daemon.pid, 'SIGSTOP');
      const end = () => {
        process.kill(daemon.pid, 'SIGCONT');
        return daemon.stop();
      };
      return { ...patient, end };
    },
    en: /accepts connections but does not respond\n.*SIGSTOP/,
    zh: /能连接但无响应\n.*SIGSTOP/,
    remedy: /\nkill -CONT \d+$/,
  },
  'daemon-outdated': {
    arrange: async (home) => {
      const executable = join(home, 'tsupervisor');
      copyFileSync(ours[0], executable);
      const daemon = await Daemon.start({ config: cat, executable: [executable, 'supervisord'] });
      copyFileSync(ours[0], `${executable}.new`);
      renameSync(`${executable}.new`, executable);
      return { configuration: daemon.configPath, end: () => daemon.stop() };
    },
    en: /the daemon \(pid \d+\) still runs the version from before an upgrade\n/,
    zh: /守护进程（pid \d+）仍在运行升级之前的版本\n/,
    remedy: /^tsupervisor supervisorctl -c \S+ shutdown\ntsupervisor supervisord -c \S+ {3}# /,
  },
  'server-wants-password': {
    arrange: async (home) => {
      const file = configurationIn(home, cat);
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, text.replace('[supervisord]', 'username=joe\npassword=secret\n[supervisord]'));
      const daemon = Bun.spawn([...ours, '-n', '-c', file], { stdout: 'ignore' });
      await eventually(
        async () => (await run(['cat', join(home, 'log')])).stdout.includes('started with pid'),
        {
          what: 'the daemon',
        },
      );
      const end = () => {
        daemon.kill('SIGTERM');
        return daemon.exited;
      };
      return { configuration: file, end };
    },
    en: /requires a user name and password\n.*are missing or differ from the server's$/,
    zh: /需要用户名和密码\n/,
    remedy: /^\[supervisorctl\]\nusername = joe\npassword = PASSWORD$/,
  },
  'server-strange': {
    arrange: (home) => withStranger(home),
    en: /is not a supervisord\nits response is invalid/,
    zh: /监听的不是 supervisord\n/,
    remedy: /^\[rpcinterface:supervisor\]\n/,
  },
  'server-elsewhere': {
    arrange: async () => {
      const { patient, daemon } = await running();
      const text = readFileSync(daemon.configPath, 'utf8');
      writeFileSync(
        daemon.configPath,
        text.replace(/serverurl=.*/, `serverurl=http://127.0.0.1:${await freePort()}`),
      );
      return patient;
    },
    en: /the daemon is running \(pid \d+\), but clients connect to http:\/\/127\.0\.0\.1:\d+\nit listens on unix:\/\/\S+supervisor\.sock, http/,
    zh: /守护进程在运行（pid \d+），但客户端连接的地址是 http:\S+\n它监听的是 unix:\/\/\S+supervisor\.sock、http/,
    remedy: /^\[supervisorctl\]\nserverurl = unix:\/\/\S+supervisor\.sock$/,
  },
  'no-server': {
    arrange: (home) => {
      const file = configurationIn(home, cat);
      writeFileSync(file, readFileSync(file, 'utf8').replace(/\[unix_http_server\]\nfile=.*\n/, ''));
      return { configuration: file };
    },
    en: /it has no server\n.*neither \[unix_http_server\] nor \[inet_http_server\]$/,
    zh: /没有配置服务器\n/,
    remedy: /^\[unix_http_server\]\nfile = /,
  },
  'socket-missing': {
    arrange: async () => {
      const { patient, daemon } = await running();
      unlinkSync(daemon.path('supervisor.sock'));
      return patient;
    },
    en: /the daemon is running \(pid \d+\), but its socket \S+ is gone\n/,
    zh: /守护进程在运行（pid \d+），但它的套接字 \S+ 不见了\n/,
    remedy: /^kill -HUP \d+ /,
  },
  'socket-stale': {
    arrange: async () => {
      const { patient, daemon } = await running();
      const path = daemon.path('supervisor.sock');
      unlinkSync(path);
      const leave = 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])';
      await run(['/usr/bin/python3', '-c', leave, path]);
      return patient;
    },
    en: /the daemon is running \(pid \d+\), but does not listen on the socket \S+\n.*crashed/,
    zh: /守护进程在运行（pid \d+），但没有监听套接字 \S+\n/,
    remedy: /^kill -HUP \d+ /,
  },
  'socket-denied': {
    arrange: async () => ({ ...(await running()).patient, by: asUser }),
    en: /no permission to use the socket \S+\nit has mode 0700, root:root/,
    zh: /没有权限使用套接字 \S+\n权限为 mode 0700, root:root/,
    remedy: /^sudo tsupervisor status -c \S+\n.*\nchmod = 0770\nchown = root:GROUP$/,
  },
  'socket-not-a-socket': {
    arrange: (home) => {
      writeFileSync(join(home, 's.sock'), 'precious');
      return { configuration: configurationIn(home, cat) };
    },
    en: /s\.sock exists but is not a socket\nmode 0644, root:root$/,
    zh: /s\.sock 已存在，但不是套接字\n/,
    remedy: /^ls -ld \S+\n# .*file=/,
  },
  'socket-taken': {
    arrange: (home) => withStranger(home),
    en: /another program listens on \S+s\.sock\npid \d+$/,
    zh: /另一个程序在监听 \S+s\.sock\npid \d+$/,
    remedy: /^ps -fp \d+\n# .*file=$/,
  },
  'socket-unusable': {
    arrange: async (home) => {
      const path = join(home, 's.sock');
      const bind =
        'import socket, sys; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1])';
      const holder = Bun.spawn(['/usr/bin/python3', '-c', `${bind}; sys.stdin.read()`, path], {
        stdin: 'pipe',
      });
      await eventually(() => existsSync(path), { what: 'the socket' });
      return { configuration: configurationIn(home, cat), end: () => holder.kill() };
    },
    en: /the socket \S+ cannot be used\nEPROTOTYPE$/,
    zh: /套接字 \S+ 无法使用\nEPROTOTYPE$/,
    remedy: /^ls -ld \S+$/,
  },
  'port-taken': {
    arrange: async (home) => {
      const port = await freePort();
      const holder = createServer().listen(port, '127.0.0.1');
      const server = `[inet_http_server]\nport=127.0.0.1:${port}`;
      return { configuration: configurationIn(home, `${cat}\n${server}`), end: () => holder.close() };
    },
    en: new RegExp(
      `the port of \\[inet_http_server\\], 127\\.0\\.0\\.1:\\d+, is taken\npid ${process.pid}: `,
    ),
    zh: new RegExp(`的端口 127\\.0\\.0\\.1:\\d+ 已被占用\npid ${process.pid}: `),
    remedy: new RegExp(`^ps -fp ${process.pid}\n# .*port=`),
  },
  'port-not-open': {
    arrange: async () => {
      const { patient, daemon } = await running();
      const text = readFileSync(daemon.configPath, 'utf8');
      writeFileSync(daemon.configPath, text.replace(/port=127.*/, `port=127.0.0.1:${await freePort()}`));
      return patient;
    },
    en: /the daemon is running \(pid \d+\), but nothing listens on 127\.0\.0\.1:\d+\n/,
    zh: /守护进程在运行（pid \d+），但 127\.0\.0\.1:\d+ 无人监听\n/,
    remedy: /^kill -HUP \d+ /,
  },
  'address-unknown': {
    // Of TEST-NET-1 (RFC 5737): no machine has it.
    arrange: (home) => ({
      configuration: configurationIn(home, `${cat}\n[inet_http_server]\nport=192.0.2.1:9001`),
    }),
    en: /\[inet_http_server\] is to listen on 192\.0\.2\.1, which is not an address of this machine\n/,
    zh: /\[inet_http_server\] 要在 192\.0\.2\.1 上监听，但它不是本机的地址\n/,
    remedy: /^ip -br address\ngetent hosts 192\.0\.2\.1\n\[inet_http_server\]\nport = 127\.0\.0\.1:9001$/,
  },
  'limit-too-low': {
    arrange: (home) => ({
      configuration: configurationIn(home, cat, 'minfds=5000'),
      by: ['prlimit', '--nofile=100:200', ...asUser],
    }),
    en: /the daemon cannot start: minfds=5000, but the limit is 200\nonly root/,
    zh: /守护进程无法启动：minfds=5000，但系统上限为 200\n/,
    remedy: /^LimitNOFILE=5000 /,
  },
  'descriptors-used-up': {
    arrange: async () => {
      const { patient, daemon } = await running(`${cat}\nnumprocs=20\nprocess_name=%(process_num)d`);
      await eventually(() => daemon.log().split('spawned').length > 20, { what: 'all programs' });
      const nofile = openDescriptors(daemon.pid) + 4;
      await run(['prlimit', `--pid=${daemon.pid}`, `--nofile=${nofile}:${nofile}`]);
      return patient;
    },
    en: /the daemon \(pid \d+\) has \d+ of \d+ descriptors open\n/,
    zh: /守护进程（pid \d+）已打开 \d+ 个描述符，上限 \d+\n/,
    remedy: /^prlimit --pid \d+ --nofile=\d+$/,
  },
  orphans: {
    arrange: async () => {
      const { patient, daemon } = await running('[program:cat]\ncommand=/bin/sleep 300');
      await eventually(() => daemon.log().includes('spawned'), { what: 'the program' });
      const orphan = Number(/'cat' with pid (\d+)/.exec(daemon.log())?.[1]);
      process.kill(daemon.pid, 'SIGKILL');
      await daemon.subprocess.exited;
      const end = () => {
        process.kill(orphan, 'SIGKILL');
        return daemon.stop();
      };
      return { ...patient, end };
    },
    en: /processes of an earlier supervisord are still running unsupervised.*\n.*\n {2}\| cat: pid \d+: \/bin\/sleep 300$/,
    zh: /先前的 supervisord 留下的进程仍在运行.*\n.*\n {2}\| cat: pid \d+: \/bin\/sleep 300$/,
    remedy: /^kill \d+$/,
  },
};

describe('the doctor finds, and says what to do about', () => {
  for (const [id, { arrange, ...advice }] of Object.entries(situations))
    test(id, async () => {
      const home = newHome();
      const patient = await arrange(home);
      try {
        await expectAdvice(patient, id, advice);
      } finally {
        await patient.end?.();
        rmSync(home, { recursive: true });
      }
    });

  test('a disk without inodes', async () => {
    const home = newHome();
    await expectAdvice(onSmallDisk(home, 'nr_inodes=3', 'touch $0/a $0/b'), 'disk-full', {
      en: /the disk of \S+ is full\nno free inodes/,
      zh: /所在的磁盘已满\ninode 已用尽/,
      remedy: /^df -i \S+$/,
    });
    rmSync(home, { recursive: true });
  });

  test('a disk that cannot be written', async () => {
    const home = newHome();
    await expectAdvice(onSmallDisk(home, 'ro', ':'), 'not-writable', {
      en: /is on a read-only file system\n/,
      zh: /位于只读文件系统\n/,
      remedy: /^findmnt -T \S+$/,
    });
    rmSync(home, { recursive: true });
  });

  test('a configuration that is not there', async () => {
    const home = newHome();
    await expectAdvice({ configuration: join(home, 'none.conf') }, 'configuration-not-found', {
      en: /none\.conf does not exist\n/,
      zh: /none\.conf 不存在\n/,
      remedy: /^ls -l \S+\ntsupervisor echo-conf --minimal .*>\S+none\.conf {3}# /,
    });
    rmSync(home, { recursive: true });
  });

  test('a configuration that may not be read', async () => {
    const home = newHome();
    const configuration = configurationIn(home, cat);
    chmodSync(configuration, 0o600);
    await expectAdvice({ configuration, by: asUser }, 'configuration-not-found', {
      en: /\S+supervisord\.conf is not a file, or you have no permission to read it\n/,
      zh: /\S+supervisord\.conf 不是文件，或当前用户无权读取\n/,
      remedy: /^ls -ld \S+\nsudo tsupervisor doctor -c \S+supervisord\.conf$/,
    });
    rmSync(home, { recursive: true });
  });

  test('a log that is a directory', async () => {
    const home = newHome();
    const configuration = configurationIn(home, cat);
    writeFileSync(
      configuration,
      readFileSync(configuration, 'utf8').replace(/logfile=.*/, `logfile=${home}`),
    );
    await expectAdvice({ configuration }, 'not-writable', {
      en: /\S+ is a directory, not a file\nit is the value of logfile$/,
      zh: /\S+ 是目录，不是文件\n它写在 logfile 中$/,
      remedy: /^# .*\n\S+\/NAME\.log$/,
    });
    rmSync(home, { recursive: true });
  });

  test('a socket whose path is too long', async () => {
    const home = newHome();
    const configuration = configurationIn(home, cat);
    const long = join(home, 'x'.repeat(108));
    writeFileSync(
      configuration,
      readFileSync(configuration, 'utf8').replace(/file=.*s\.sock/, `file=${long}`),
    );
    await expectAdvice({ configuration }, 'socket-unusable', {
      en: /the path of the socket of \[unix_http_server\] is too long\n\S+ has \d+ bytes, the limit is 107/,
      zh: /\[unix_http_server\] 的套接字路径太长\n/,
      remedy: /^\[unix_http_server\]\nfile = \S+$/,
    });
    rmSync(home, { recursive: true });
  });

  test('a daemon with a configuration that is not in the usual places', async () => {
    const home = newHome();
    const file = configurationIn(home, cat);
    // The daemon of the other language was killed with its namespace.
    const daemon = `rm -f ${home}/log ${home}/s.sock; ${ours[0]} run -c ${file} >/dev/null & until grep -q started ${home}/log; do sleep 0.01; done 2>/dev/null`;
    await expectAdvice({ configuration: null, by: alone(`${daemon}; "$@"`) }, 'configuration-not-found', {
      en: /no configuration in the usual places\n.*but a daemon is running with \S+supervisord\.conf$/,
      zh: /常用位置没有配置文件\n.*但有守护进程正在使用 \S+supervisord\.conf$/,
      remedy: /^tsupervisor doctor -c \S+supervisord\.conf$/,
    });
    rmSync(home, { recursive: true });
  });
});
