// Why a program is not running, from the daemon's messages and from the program's last output. A table; the first
// match wins.
import { type Bilingual, both, type CauseId, shellWord } from '../finding.ts';
import type { ProgramView } from '../machine-facts.ts';
import { explainFlaw } from './absence.ts';

export interface Cause {
  readonly id: CauseId;
  readonly why: Bilingual;
  readonly remedy: Bilingual;
}

/** Null if no pattern matches. */
export function causeOfFailure(program: ProgramView): Cause | null {
  return fromTable(daemonMessages, program.info.spawnerr, program) ?? causeInWords(program);
}

type Explain = (words: RegExpExecArray, program: ProgramView) => Cause;

function fromTable(
  table: readonly (readonly [RegExp, Explain])[],
  text: string,
  program: ProgramView,
): Cause | null {
  for (const [pattern, explain] of table) {
    const words = pattern.exec(text);
    if (words) return explain(words, program);
  }
  return null;
}

function causeInWords(program: ProgramView): Cause | null {
  const text = program.lastOutput.join('\n');
  return fromTable(daemonMessages, text, program) ?? fromTable(programMessages, text, program);
}

/** Messages of supervisord, in `spawnerr` or in the program's stderr log. */
const daemonMessages: readonly (readonly [RegExp, Explain])[] = [
  [
    /can't find command ['"](~.*|.*\$.*|[A-Za-z_]\w*=.*|\.|cd|exec|export|for|if|source|ulimit|umask|while)['"]/,
    ([, word = '']) => ({
      id: 'command-not-found',
      why: {
        en: `${word} is shell syntax, but command= is not run by a shell`,
        zh: `${word} 是 shell 语法，而 command= 不经过 shell`,
      },
      remedy: {
        en: `command = /bin/sh -c "…"   ; or, without a shell: full paths, directory= instead of cd, environment= for variables`,
        zh: `command = /bin/sh -c "…"   ; 或不用 shell：写完整路径，用 directory= 代替 cd，用 environment= 设置变量`,
      },
    }),
  ],
  [
    /can't find command ['"](.*)['"]/,
    ([, path = '']) => ({
      id: 'command-not-found',
      why: { en: `${path} does not exist`, zh: `${path} 不存在` },
      remedy: {
        en: `command -v ${shellWord(basename(path))}   # write the full path that this prints into command=`,
        zh: `command -v ${shellWord(basename(path))}   # 把输出的完整路径写入 command=`,
      },
    }),
  ],
  [
    /command at ['"](.*)['"] is a directory/,
    ([, path = '']) => ({
      id: 'command-is-directory',
      why: { en: `${path} is a directory`, zh: `${path} 是目录` },
      remedy: both(`ls -l ${shellWord(path)}`),
    }),
  ],
  [
    /command at ['"](.*)['"] is not executable/,
    ([, path = ''], program) => ({
      id: 'command-not-executable',
      why: { en: `${path} is not executable`, zh: `${path} 没有可执行权限` },
      remedy: forConfigured(path, program, both(`chmod +x ${shellWord(path)}`)),
    }),
  ],
  [
    /no permission to run command ['"](.*)['"]/,
    ([, path = '']) => ({
      id: 'command-not-permitted',
      why: { en: `the daemon's user has no permission to run ${path}`, zh: `守护进程的用户无权执行 ${path}` },
      remedy: both(`namei -l ${shellWord(path)}`),
    }),
  ],
  [
    /can't parse command.*|command is empty/,
    ([message]) => ({
      id: 'command-unusable',
      why: both(message),
      remedy: {
        en: 'command = /bin/sh -c "…"   ; quotes must be closed; write %% for %',
        zh: 'command = /bin/sh -c "…"   ; 引号必须成对；百分号写作 %%',
      },
    }),
  ],
  [
    /couldn't chdir to (.*): (\w+)/,
    ([, directory = '', reason = ''], program) => ({
      id: 'directory-unusable',
      why: {
        en: `cannot change to directory=${directory}: ${reason}`,
        zh: `无法进入 directory=${directory}：${reason}`,
      },
      remedy:
        reason === 'ENOENT'
          ? (explainFlaw('directory', { section: null, key: 'directory', text: directory }) ??
            forConfigured(directory, program, both(newDirectory(directory, program.user))))
          : both(`namei -l ${shellWord(directory)}`),
    }),
  ],
  [
    /couldn't setuid to (\d+): (.*)/,
    ([, uid = '', reason = '']) => ({
      id: 'user-not-permitted',
      why: {
        en: `the daemon cannot switch to user ${uid}: ${reason}`,
        zh: `守护进程无法切换到用户 ${uid}：${reason}`,
      },
      remedy: {
        en: '# only a root daemon can use user= of programs: remove user=, or start the daemon as root',
        zh: '# 只有 root 运行的守护进程才能使用程序的 user=：删除 user=，或以 root 启动守护进程',
      },
    }),
  ],
  [
    /couldn't exec (.*): ENOEXEC/,
    ([, path = ''], program) => ({
      id: 'script-without-interpreter',
      why: {
        en: `${path} is a script without #! in its first line, a program for another architecture, or empty`,
        zh: `${path} 是第一行没有 #! 的脚本，或是其他架构的程序，或是空文件`,
      },
      // Suggest no command that would modify it: it may be a program.
      remedy: forConfigured(path, program, {
        en: `head -c 20 ${shellWord(path)} | od -c   # if it shows ELF: for another architecture than this one (uname -m)
# a script: #!/bin/sh, or what else runs it, as its first line`,
        zh: `head -c 20 ${shellWord(path)} | od -c   # 含有 ELF：不是本机架构（uname -m）的程序
# 脚本：第一行写 #!/bin/sh 或相应的解释器`,
      }),
    }),
  ],
  [
    /couldn't exec (.*): EACCES/,
    ([, path = ''], { user }) => ({
      id: 'command-not-permitted',
      why: {
        en: `${user ?? "the daemon's user"} has no permission to run ${path}, or its file system is mounted noexec`,
        zh: `${user ?? '守护进程的用户'} 无权执行 ${path}，或其文件系统以 noexec 挂载`,
      },
      remedy: both(`namei -l ${shellWord(path)}\nfindmnt -no OPTIONS -T ${shellWord(path)}`),
    }),
  ],
  [
    /couldn't exec (.*): (\w+)/,
    ([, path = '', reason = ''], program) => ({
      id: 'command-not-started',
      why: {
        en: `${path} cannot be executed: ${reason} (for a script: also if the interpreter after #! does not exist)`,
        zh: `无法执行 ${path}：${reason}（脚本的 #! 解释器不存在时也会如此）`,
      },
      remedy: forConfigured(path, program, {
        en: `head -1 ${shellWord(path)} | cat -A   # if it ends in ^M$: sed -i 's/\\r$//' ${shellWord(path)}\nls -l ${shellWord(path)}`,
        zh: `head -1 ${shellWord(path)} | cat -A   # 行末是 ^M$：sed -i 's/\\r$//' ${shellWord(path)}\nls -l ${shellWord(path)}`,
      }),
    }),
  ],
  [
    /unknown error making dispatchers for .*: (\w+)/,
    ([, reason = ''], { info }) => ({
      id: 'log-not-writable',
      why: { en: `its log cannot be opened: ${reason}`, zh: `无法打开日志：${reason}` },
      remedy: both(
        `ls -ld ${[info.stdoutLogfile, info.stderrLogfile].filter(Boolean).map(shellWord).join(' ')}`,
      ),
    }),
  ],
  [
    /too many open files to spawn/i,
    () => ({
      id: 'descriptors-used-up',
      why: { en: 'the daemon has no free file descriptors', zh: '守护进程的文件描述符已用尽' },
      remedy: both('[supervisord]\nminfds = 65536'),
    }),
  ],
  [
    /too many processes in process table/i,
    () => ({
      id: 'processes-used-up',
      why: {
        en: 'the limit of processes is reached (RLIMIT_NPROC, pids.max)',
        zh: '进程数已达上限（RLIMIT_NPROC、pids.max）',
      },
      remedy: both('ulimit -u\nsystemctl show -p TasksMax supervisor tsupervisor'),
    }),
  ],
];

/** Typical last output of programs of all kinds. */
const programMessages: readonly (readonly [RegExp, Explain])[] = [
  [
    /(?:address already in use|EADDRINUSE|Address in use|Connection in use)/i,
    (_, { lastOutput }) => {
      const port = portIn(lastOutput.find((line) => /in use|EADDRINUSE/i.test(line)) ?? '');
      return {
        id: 'port-taken',
        why: {
          en: 'its port is taken, possibly by an earlier run of itself',
          zh: '所需端口已被占用，可能是它自己之前的进程',
        },
        remedy: both(`ss -ltnp${port ? ` 'sport = :${port}'` : ''}`),
      };
    },
  ],
  [
    /(?:ModuleNotFoundError|ImportError): (.*)/,
    ([line]) => ({
      id: 'module-not-found',
      why: both(line),
      remedy: {
        en: 'command = /path/to/venv/bin/python …   ; a daemon does not activate virtual environments: write the full path',
        zh: 'command = /path/to/venv/bin/python …   ; 守护进程不会激活虚拟环境，请写完整路径',
      },
    }),
  ],
  [
    /permission denied|EACCES/i,
    ([line], { user }) => ({
      id: 'permission-denied',
      why: {
        en: `${user ?? "the daemon's user"} lacks a permission: ${line}`,
        zh: `${user ?? '守护进程的用户'} 缺少权限：${line}`,
      },
      remedy: {
        en: `# which user must be able to? user=${user ?? 'NAME'} in its section; then check the path in the message:\nnamei -l PATH`,
        zh: `# 检查该程序的 user=${user ?? '用户名'}，再检查它所提到的路径：\nnamei -l PATH`,
      },
    }),
  ],
  [
    /No such file or directory|ENOENT|not found/i,
    (_, { directory }) => ({
      id: 'file-not-found',
      why: {
        en: `a file is missing; its working directory is ${directory ?? "the daemon's"}, its PATH the daemon's`,
        zh: `它找不到某个文件；其工作目录为 ${directory ?? '守护进程的目录'}，PATH 为守护进程的 PATH`,
      },
      remedy: both('directory = /path/of/the/program\nenvironment = PATH="/usr/local/bin:/usr/bin:/bin"'),
    }),
  ],
];

/**
 * Suggests the remedy only for a path in the configuration. A path that only a program's or server's output names is
 * untrusted: it may be a trap of the user who owns the program, so it is only inspected.
 */
function forConfigured(path: string, { command, directory }: ProgramView, remedy: Bilingual): Bilingual {
  const [, quoted, word] = /^\s*(?:"([^"]*)"|(\S+))/.exec(command ?? '') ?? [];
  const executable = quoted ?? word ?? '';
  const configured = [directory, executable, ...systemDirectories.map((bin) => `${bin}/${executable}`)];
  return configured.includes(path) ? remedy : both(`namei -l ${shellWord(path)}`);
}

const systemDirectories = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
] as const;

function newDirectory(directory: string, user: string | null): string {
  const make = `mkdir -p ${shellWord(directory)}`;
  return user === null ? make : `${make}\nchown ${shellWord(user)} ${shellWord(directory)}`;
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `0.0.0.0:80`, `:::3000`, `('0.0.0.0', 8000)`, `port 80`; not a time of day, a pid or an error number. */
function portIn(line: string): string | undefined {
  const ports = line.matchAll(/(?:(?<!\d\d:\d\d):|', |\bport\b[ =:]*)(\d{2,5})(?!\d|[:.]\d)/gi);
  return [...ports].at(-1)?.[1];
}
