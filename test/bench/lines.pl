# 100-byte lines. lines.pl flood MEGABYTES: as fast as the pipe takes them. lines.pl pace: 2000 a second, a write each.
use strict;
use warnings;
use Time::HiRes qw(sleep time);

my $line = ('x' x 99) . "\n";
if ($ARGV[0] eq 'flood') {
    my $block = $line x 40;
    syswrite(STDOUT, $block) for 1 .. $ARGV[1] * 1_000_000 / length $block;
    exit;
}
my $due = time;
while (1) {
    syswrite(STDOUT, $line) for 1 .. 4;
    $due += 4 / 2000;
    my $rest = $due - time;
    sleep($rest) if $rest > 0;
}
