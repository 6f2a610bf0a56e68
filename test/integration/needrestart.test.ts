import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { run } from '../support/daemon.ts';

const file = join(import.meta.dir, '../../packaging/needrestart.conf');

/** As needrestart reads the files of conf.d: by evaluating them. */
const needrestart = `
our %nrconf = (override_rc => { qr(^dbus) => 0 });
my $file = shift;
eval do { local (@ARGV, $/) = $file; <> } or die "$file: $@";
for my $service (@ARGV) {
  my ($rule) = grep { $service =~ /$_/ } keys %{$nrconf{override_rc}};
  print "$service ", defined $rule ? $nrconf{override_rc}->{$rule} : 'restarts', "\n";
}`;

test('needrestart leaves the service alone, and only that', async () => {
  const { stdout, stderr } = await run([
    'perl',
    '-e',
    needrestart,
    file,
    'tsupervisor.service',
    'dbus.service',
    'cron.service',
  ]);
  expect(stdout + stderr).toBe('tsupervisor.service 0\ndbus.service 0\ncron.service restarts\n');
});
