// Programs that go into the background by themselves: supervised, they look as if they had ended at once.
import type { Bilingual } from '../finding.ts';

interface Habit {
  /** The program's name without its directory. */
  readonly program: RegExp;
  /** In the whole command line: it stays in the foreground. */
  readonly foreground?: RegExp;
  /** In the whole command line: it goes into the background. Without it, the program does so by itself. */
  readonly background?: RegExp;
  /** What to write instead. */
  readonly remedy: string;
}

const habits: readonly Habit[] = [
  { program: /^nginx$/, foreground: /daemon\s+off/, remedy: "command = nginx -g 'daemon off;'" },
  {
    program: /^redis-server$/,
    background: /--daemonize\s+yes/,
    remedy: 'command = redis-server /etc/redis/redis.conf --daemonize no',
  },
  {
    program: /^gunicorn\d*$/,
    background: /\s(?:-D|--daemon)(?:\s|$)/,
    remedy: 'command = gunicorn app:app   ; without -D',
  },
  {
    program: /^php-fpm[\d.]*$/,
    foreground: /\s(?:-[A-Za-z]*F|--nodaemonize)(?:\s|$)/,
    remedy: 'command = php-fpm -F',
  },
  {
    program: /^(?:httpd|apache2)$/,
    foreground: /FOREGROUND|\s-X(?:\s|$)/,
    remedy: 'command = apache2 -DFOREGROUND',
  },
  {
    program: /^(?:apache2ctl|apachectl)$/,
    foreground: /FOREGROUND/,
    remedy: 'command = apachectl -DFOREGROUND',
  },
  { program: /^mongod$/, background: /\s--fork(?:\s|$)/, remedy: 'command = mongod   ; without --fork' },
  { program: /^memcached$/, background: /\s-[a-z]*d(?:\s|$)/, remedy: 'command = memcached   ; without -d' },
  { program: /^uwsgi$/, background: /--daemonize/, remedy: 'command = uwsgi   ; without --daemonize' },
  { program: /^haproxy$/, background: /\s-D(?:\s|$)/, remedy: 'command = haproxy -db -f FILE' },
  { program: /^sshd$/, foreground: /\s-[a-z46]*D/, remedy: 'command = /usr/sbin/sshd -D' },
  { program: /^cron$/, foreground: /\s-f(?:\s|$)/, remedy: 'command = cron -f' },
  { program: /^crond$/, foreground: /\s-[a-z]*[fn]/, remedy: 'command = crond -n' },
  { program: /^rsyslogd$/, foreground: /\s-[a-z]*n/, remedy: 'command = rsyslogd -n' },
  { program: /^(?:service|systemctl)$/, remedy: 'command = the program itself, not the service' },
  {
    program: /^postgres$|^pg_ctl$/,
    foreground: /postgres(?:\s|$)/,
    remedy: 'command = postgres -D DIR   ; not pg_ctl',
  },
];

/** What to write instead of `command`, when it is one of those that leave; else null. */
export function foregroundCommand(command: string): string | null {
  const [program = '', first = ''] = command.trim().split(/\s+/);
  const habit = habits.find((candidate) => candidate.program.test(basename(program)));
  if (!habit || first === '') return habit && !habit.background ? habit.remedy : null;
  if (habit.background) return habit.background.test(command) ? habit.remedy : null;
  return habit.foreground?.test(command) ? null : habit.remedy;
}

/** How to see it for oneself. */
export function howToSeeIt(command: string): Bilingual {
  return {
    en: `${command}; echo "status $?"   # the prompt is back at once, and it still runs: it daemonises itself`,
    zh: `${command}; echo "status $?"   # 立刻返回提示符而程序仍在运行，说明它自行转入后台`,
  };
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
