// Can the daemon write its logs, pidfile and sockets, and is there enough disk space?
import { editorText } from '../../linux/explain-untrusted.ts';
import type { UntrustedDirectory } from '../../linux/guarded-path.ts';
import { type Bilingual, both, type Finding, shellWord } from '../finding.ts';
import type { PlaceView, View } from '../machine-facts.ts';
import { makeDirectory } from '../make-directory.ts';

/** Below this a disk counts as full: a single rotated log is larger. */
const littleRoomBytes = 20 * 1024 * 1024;

export function checkPlaces({ places }: View): Finding[] {
  const full = distinct(places.filter(isFull), ({ directory }) => directory);
  return [...unwritablePlaces(places), ...full.map(diskFull), ...places.flatMap(untrustedDirectory)];
}

/** One finding for each directory or file that is missing or not writable. */
export function unwritablePlaces(places: readonly PlaceView[]): Finding[] {
  const unwritable = places.filter(({ problem }) => problem !== null);
  return distinct(unwritable, ({ blocked }) => blocked).map(notWritable);
}

function distinct(places: readonly PlaceView[], key: (place: PlaceView) => string): PlaceView[] {
  return [...new Map(places.map((place) => [key(place), place])).values()];
}

function notWritable(place: PlaceView): Finding {
  const { purpose, path, directory, blocked, writer } = place;
  const why = { en: `needed for ${purpose} (${path})`, zh: `${purpose}（${path}）需要它` };
  switch (place.problem) {
    case 'missing':
      return {
        id: 'directory-missing',
        what: { en: `the directory ${directory} does not exist`, zh: `目录 ${directory} 不存在` },
        why,
        remedy: both(makeDirectory(directory, writer)),
      };
    case 'directory':
      return {
        id: 'not-writable',
        what: { en: `${path} is a directory, not a file`, zh: `${path} 是目录，不是文件` },
        why: { en: `it is the value of ${purpose}`, zh: `它写在 ${purpose} 中` },
        remedy: {
          en: `# write a file name in ${purpose}, for example:\n${shellWord(`${path}/NAME.log`)}`,
          zh: `# 在 ${purpose} 中写文件名，例如：\n${shellWord(`${path}/NAME.log`)}`,
        },
      };
    case 'read-only':
      return {
        id: 'not-writable',
        what: { en: `${blocked} is on a read-only file system`, zh: `${blocked} 位于只读文件系统` },
        why,
        remedy: both(`findmnt -T ${shellWord(blocked)}`),
      };
    default:
      return {
        id: 'not-writable',
        what: {
          en: `${writer} has no permission to write ${blocked}`,
          zh: `用户 ${writer} 无权写入 ${blocked}`,
        },
        why: {
          en: `${why.en}; the daemon opens it, not the program's user (chmod 777 is not needed)`,
          zh: `${why.zh}；由守护进程打开，与程序的用户无关（不需要 chmod 777）`,
        },
        remedy: isShared(directory)
          ? directoryOfItsOwn(place)
          : both(`chown ${shellWord(writer)} ${shellWord(blocked)}`),
      };
  }
}

/** A system, shared or home directory: must not be given to the user of a single program. */
function isShared(directory: string): boolean {
  return sharedDirectory.test(directory);
}

const sharedDirectory = new RegExp(
  `^/(${[
    '(bin|boot|dev|etc|lib\\w*|proc|root|sbin|sys|usr)(/.*)?',
    '(home|media|mnt|opt|run|srv|tmp|var)?',
    'var/(cache|lib|local|lock|log|mail|opt|run|spool|tmp)',
    'home/[^/]+',
  ].join('|')})$`,
);

function directoryOfItsOwn({ purpose, path, writer }: PlaceView): Bilingual {
  const isLog = /log/.test(purpose);
  const own = isLog ? '/var/log/supervisor' : '/run/supervisor';
  const name = path.slice(path.lastIndexOf('/') + 1);
  const there = purpose === 'childlogdir' ? own : `${own}/${name}`;
  const make = makeDirectory(own, writer);
  return {
    en: `${make}\n# and write ${there} for ${purpose}`,
    zh: `${make}\n# 并把 ${purpose} 改为 ${there}`,
  };
}

/** Merged per directory, since the remedy is the same. */
function untrustedDirectory({ purpose, path, untrusted }: PlaceView): Finding[] {
  if (untrusted === null) return [];
  const who = editorOf(untrusted);
  return [
    {
      id: 'log-open-to-others',
      what: {
        en: `${who.en} can change ${untrusted.path}, where a root daemon writes logs`,
        zh: `${who.zh}可以更改 ${untrusted.path}，而 root 的守护进程在那里写日志`,
      },
      why: {
        en: `${purpose} (${path}): links of other users are not followed as root, but they can truncate and replace the log`,
        zh: `${purpose}（${path}）：不会以 root 身份跟随他人的链接，但他们可以清空和替换日志`,
      },
      remedy: {
        en: '# move the logs to a directory that only root can change, such as:\n/var/log/supervisor',
        zh: '# 把日志放在只有 root 能更改的目录，例如：\n/var/log/supervisor',
      },
    },
  ];
}

function editorOf({ editor }: UntrustedDirectory): Bilingual {
  const en = editorText(editor);
  switch (editor.kind) {
    case 'user':
      return { en, zh: `${en.replace('user', '用户')} ` };
    case 'group':
      return { en, zh: `${en.replace('group', '组')} ` };
    case 'everyone':
      return { en, zh: '所有用户都' };
  }
}

function isFull({ room }: PlaceView): boolean {
  return room !== null && (room.bytes < littleRoomBytes || room.inodes === 0);
}

function diskFull({ directory, room }: PlaceView): Finding {
  const megabytes = Math.floor((room?.bytes ?? 0) / 1024 / 1024);
  const noInodes = room?.inodes === 0;
  return {
    id: 'disk-full',
    what: { en: `the disk of ${directory} is full`, zh: `${directory} 所在的磁盘已满` },
    why: noInodes
      ? { en: 'no free inodes: too many files', zh: 'inode 已用尽：文件太多' }
      : { en: `${megabytes} MB free`, zh: `剩余 ${megabytes} MB` },
    remedy: both(
      noInodes
        ? `df -i ${shellWord(directory)}`
        : `df -h ${shellWord(directory)}\ndu -xah ${shellWord(directory)} | sort -h | tail`,
    ),
  };
}
