# What no supervisor can surpass: sends TOTAL events to the listener COMMAND..., does nothing else, prints events per second.
# bare-loop.pl TOTAL COMMAND...
use strict;
use warnings;
use IPC::Open2;
use Time::HiRes qw(time);

my $total = shift;
my $listener = open2(my $answers, my $events, @ARGV);
sysread($answers, my $answer, 65536);
my $started = time;
for my $serial (0 .. $total - 1) {
    my $payload = "type:count\n$serial";
    my $length = length $payload;
    syswrite($events, "ver:3.0 server:supervisor serial:$serial pool:lean poolserial:$serial "
        . "eventname:REMOTE_COMMUNICATION len:$length\n$payload");
    $answer = '';
    sysread($answers, $answer, 65536, length $answer) while $answer !~ /READY\n$/;
}
print $total / (time - $started), "\n";
kill 'KILL', $listener;
