// Programs that daemonise themselves: to a supervisor they appear to exit at once.

import type { Bilingual } from '../config.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { ConfigHost } from '../host.ts';
import { absoluteIn } from '../values/paths.ts';
import { aboutSetting, commands, type Suspect } from './suspect.ts';

const notTheService: Bilingual = {
  en: 'command = the program itself, not the service',
  zh: 'command = 程序本身，而不是服务',
};

interface Habit {
  /** Base name of the program. */
  readonly program: RegExp;
  /** In the arguments: stays in the foreground, or does something else and exits. */
  readonly foreground?: RegExp;
  /** In the arguments: daemonises. If not set, the program daemonises by default. */
  readonly background?: RegExp;
  /** What the program's own configuration file says about it. */
  readonly configuration?: OwnConfiguration;
  /** Suggested replacement; bilingual where it contains words. */
  readonly remedy: string | Bilingual;
}

interface OwnConfiguration {
  /** Argument that names the file, in its first group; otherwise the first existing of these files. */
  readonly argument: RegExp;
  readonly files: readonly string[];
  readonly foreground?: RegExp;
  readonly background?: RegExp;
  /** Draw no conclusion without such a file: container images change the program's default. */
  readonly isNeeded?: boolean;
}

const phpForeground = /\s(?:-[A-Za-z]*[FthiVvm]|--nodaemonize|--test|--version|--help)(?:\s|$)/;
const phpArgument = /\s(?:-y\s*|--fpm-config[\s=])(\S+)/;
const phpStays = /^\s*daemonize\s*=\s*(?:no|off|0|false)/im;

const habits: readonly Habit[] = [
  {
    program: /^(?:nginx|openresty|tengine)$/,
    foreground: /daemon\s+off|\s-(?:[tTvVh?]|s)(?:\s|$)/,
    configuration: {
      argument: /\s-c\s+(\S+)/,
      files: ['/etc/nginx/nginx.conf', '/usr/local/nginx/conf/nginx.conf'],
      foreground: /^\s*daemon\s+off\s*;/m,
    },
    remedy: "command = nginx -g 'daemon off;'",
  },
  {
    program: /^redis-server$/,
    foreground: /--daemonize\s+no/,
    background: /--daemonize\s+yes/,
    configuration: { argument: /^\s+(\/\S+)/, files: [], background: /^\s*daemonize\s+yes\b/im },
    remedy: 'command = redis-server /etc/redis/redis.conf --daemonize no',
  },
  {
    program: /^(?:gunicorn\d*|unicorn(?:_rails)?)$/,
    background: /\s(?:-D|--daemon(?:ize)?)(?:\s|$)/,
    remedy: { en: 'command = gunicorn app:app   ; without -D', zh: 'command = gunicorn app:app   ; 不带 -D' },
  },
  {
    program: /^php-fpm[\d.-]*\d$/,
    foreground: phpForeground,
    configuration: { argument: phpArgument, files: [], foreground: phpStays },
    remedy: 'command = php-fpm -F',
  },
  {
    program: /^php-fpm$/,
    foreground: phpForeground,
    configuration: {
      argument: phpArgument,
      files: ['/usr/local/etc/php-fpm.d/zz-docker.conf', '/usr/local/etc/php-fpm.conf', '/etc/php-fpm.conf'],
      foreground: phpStays,
      isNeeded: true,
    },
    remedy: 'command = php-fpm -F',
  },
  {
    program: /^(?:httpd|apache2)$/,
    // -f without a file is busybox syslogd.
    foreground: /FOREGROUND|NO_DETACH|\s-[XtvVlLSh](?:\s|$)|\s-f[a-z]*(?:\s+-|\s*$)/,
    remedy: 'command = apache2 -DFOREGROUND',
  },
  {
    program: /^(?:apache2ctl|apachectl)$/,
    foreground: /FOREGROUND|NO_DETACH|configtest|\s-[tS](?:\s|$)/,
    remedy: 'command = apachectl -DFOREGROUND',
  },
  {
    program: /^mongod$/,
    background: /\s--fork(?:\s|$)/,
    remedy: { en: 'command = mongod   ; without --fork', zh: 'command = mongod   ; 不带 --fork' },
  },
  {
    program: /^memcached$/,
    background: /\s(?:-[a-z]*d|--daemon)(?:\s|$)/,
    remedy: { en: 'command = memcached   ; without -d', zh: 'command = memcached   ; 不带 -d' },
  },
  {
    program: /^uwsgi$/,
    background: /--daemonize2?[\s=]/,
    configuration: {
      argument: /\s(?:--ini[\s=])?(\/\S+\.ini)(?:\s|$)/,
      files: [],
      background: /^\s*daemonize2?\s*=/m,
    },
    remedy: { en: 'command = uwsgi   ; without --daemonize', zh: 'command = uwsgi   ; 不带 --daemonize' },
  },
  { program: /^haproxy$/, background: /\s-D(?:\s|$)/, remedy: 'command = haproxy -db -f FILE' },
  { program: /^sshd$/, foreground: /\s-[a-z46]*[DdtTiG]/, remedy: 'command = /usr/sbin/sshd -D' },
  { program: /^cron$/, foreground: /\s-[A-Za-z]*f/, remedy: 'command = cron -f' },
  { program: /^crond$/, foreground: /\s-[a-z]*[fndhV]/, remedy: 'command = crond -n' },
  { program: /^rsyslogd$/, foreground: /\s-[a-z]*[nNv]/, remedy: 'command = rsyslogd -n' },
  {
    program: /^(?:service|systemctl|rc-service|invoke-rc\.d)$/,
    background: /\s(?:start|restart|reload|force-reload)(?:\s|$)/,
    remedy: notTheService,
  },
  {
    program: /^pg_ctl$/,
    background: /\s(?:re)?start(?:\s|$)/,
    remedy: {
      en: 'command = postgres -D DIR   ; not pg_ctl',
      zh: 'command = postgres -D DIR   ; 不用 pg_ctl',
    },
  },
  {
    program: /^mysqld$/,
    background: /\s(?:--daemonize|-D)(?:\s|$)/,
    remedy: { en: 'command = mysqld   ; without --daemonize', zh: 'command = mysqld   ; 不带 --daemonize' },
  },
  { program: /^catalina\.sh$/, background: /\sstart(?:\s|$)/, remedy: 'command = catalina.sh run' },
  {
    program: /^zkServer\.sh$/,
    background: /\sstart(?:\s|$)/,
    remedy: 'command = zkServer.sh start-foreground',
  },
  {
    program: /^kafka-server-start(?:\.sh)?$/,
    background: /\s-daemon(?:\s|$)/,
    remedy: 'command = kafka-server-start.sh FILE',
  },
  { program: /^rabbitmq-server$/, background: /\s-detached(?:\s|$)/, remedy: 'command = rabbitmq-server' },
  {
    program: /^elasticsearch$/,
    background: /\s(?:-d|--daemonize)(?:\s|$)/,
    remedy: 'command = elasticsearch',
  },
  {
    program: /^celery$/,
    background: /\s(?:--detach|multi\s+(?:re)?start)(?:\s|$)/,
    remedy: 'command = celery -A APP worker',
  },
  {
    program: /^pm2$/,
    foreground: /--no-daemon/,
    background: /\s(?:start|restart|resurrect)(?:\s|$)/,
    remedy: {
      en: 'command = node FILE   ; or pm2-runtime start FILE',
      zh: 'command = node FILE   ; 或 pm2-runtime start FILE',
    },
  },
  { program: /^postfix$/, background: /\sstart(?:\s|$)/, remedy: 'command = postfix start-fg' },
  {
    program: /^start-stop-daemon$/,
    background: /\s(?:-b|--background)(?:\s|$)/,
    remedy: { en: 'command = the program itself', zh: 'command = 程序本身' },
  },
];

/** The foreground form of `command` if it daemonises; else null. `host` gives access to the files it names. */
export function foregroundCommand(
  command: string,
  host: Pick<ConfigHost, 'readStart' | 'cwd'> | null = null,
): Bilingual | null {
  const { program, rest } = parts(command);
  if (/^\/etc\/(?:rc\.d\/)?init\.d\/./.test(program) && /\s(?:re)?start(?:\s|$)/.test(rest))
    return notTheService;
  const habit = habits.find((candidate) =>
    candidate.program.test(program.slice(program.lastIndexOf('/') + 1)),
  );
  if (!habit || !leaves(habit, rest, host)) return null;
  const { remedy } = habit;
  return typeof remedy === 'string' ? { en: remedy, zh: remedy } : remedy;
}

function leaves(
  { foreground, background, configuration }: Habit,
  rest: string,
  host: Pick<ConfigHost, 'readStart' | 'cwd'> | null,
): boolean {
  if (foreground?.test(rest)) return false;
  if (background?.test(rest)) return true;
  const text = configuration && host ? ownText(configuration, rest, host) : null;
  if (background) return text !== null && configuration?.background?.test(text) === true;
  if (text === null) return host === null || configuration?.isNeeded !== true;
  return !configuration?.foreground?.test(text);
}

function ownText(
  { argument, files }: OwnConfiguration,
  rest: string,
  host: Pick<ConfigHost, 'readStart' | 'cwd'>,
): string | null {
  const named = argument.exec(rest)?.[1];
  const paths = named === undefined ? files : [absoluteIn(host.cwd, named.replaceAll(/["']/g, ''))];
  for (const path of paths) {
    const bytes = host.readStart(path, maxConfigurationLength);
    if (bytes !== null) return new TextDecoder().decode(bytes);
  }
  return null;
}

const maxConfigurationLength = 1024 * 1024;

/** Program and arguments (with leading blank), without a `sudo` or `env` prefix. */
function parts(command: string): { readonly program: string; readonly rest: string } {
  const bare = command.trim().replace(/^(?:\S*\/)?(?:sudo|env(?:\s+[A-Za-z_]\w*=\S*)*)\s+(?=[^\s-])/, '');
  const end = bare.search(/\s/);
  return end < 0 ? { program: bare, rest: '' } : { program: bare.slice(0, end), rest: bare.slice(end) };
}

export function selfDaemonising(suspect: Suspect): Diagnostic[] {
  return commands(suspect).flatMap(({ section, command, process }) => {
    // A one-shot job that is expected to exit.
    if (process.startsecs === 0 && process.autorestart !== 'always') return [];
    const better = foregroundCommand(process.command, suspect.host);
    if (better === null) return [];
    const message = {
      en: 'this program daemonises itself, which looks like an exit',
      zh: '该程序会自行转入后台，看起来就像已经结束',
    };
    return [aboutSetting(section, command, message, better)];
  });
}
