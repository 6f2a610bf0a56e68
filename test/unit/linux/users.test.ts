// Against getent(1) and id(1): what the machine's databases say, asked another way.
import { describe, expect, test } from 'bun:test';
import { groupById, groupByName, userById, userByName } from '../../../src/linux/users.ts';

function lines(...command: string[]): string[] {
  return Bun.spawnSync(command).stdout.toString().trim().split('\n');
}

describe('users', () => {
  const accounts = lines('getent', 'passwd').map((line) => line.split(':'));

  test.each(accounts)(
    '%s is found by name and number, with its home and every group',
    (name, _password, uid, gid, _gecos, home) => {
      const groups = lines('id', '-G', name ?? '')[0]
        ?.split(' ')
        .map(Number);
      const user = userByName(name ?? '');
      expect(user).toMatchObject({ name, uid: Number(uid), gid: Number(gid), home });
      expect(user?.groups.toSorted()).toEqual(groups?.toSorted());
      expect(user?.groups[0]).toBe(Number(gid));
      expect(userById(Number(uid))?.uid).toBe(Number(uid));
    },
  );

  test('that are not there are null', () => {
    expect([userByName('no such user'), userByName('a\0b'), userByName(''), userById(4_000_000_000)]).toEqual(
      [null, null, null, null],
    );
    expect([userById(-1), userById(1.5), userById(2 ** 40)]).toEqual([null, null, null]);
  });
});

describe('groups', () => {
  test.each(lines('getent', 'group').map((line) => line.split(':')))(
    '%s is found by name and number',
    (name, _password, gid) => {
      expect(groupByName(name ?? '')).toEqual({ name: name ?? '', gid: Number(gid) });
      expect(groupById(Number(gid))?.gid).toBe(Number(gid));
    },
  );

  test('that are not there are null', () => {
    expect([groupByName('no such group'), groupById(4_000_000_000)]).toEqual([null, null]);
  });
});
