package FakeHub;

# A hub that says what a test wants, in a process of its own on loopback. What it was asked is kept.

use strict;
use warnings;

use File::Temp       ();
use IO::Socket::INET ();
use JSON::PP         ();

my $JSON = JSON::PP->new->utf8->canonical;

# Answers by "METHOD /path" without the query: [status, body, headers], or a list of such for one request after the other.
sub start {
    my ( $class, %answers ) = @_;
    my $socket = IO::Socket::INET->new( LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 10, ReuseAddr => 1 )
      or die "no socket: $!";
    my $log    = File::Temp->new();
    my $origin = 'http://127.0.0.1:' . $socket->sockport();
    my $pid    = fork;
    die "no fork: $!" if !defined $pid;
    if ( $pid == 0 ) { _serve( $socket, $log->filename(), \%answers ); require POSIX; POSIX::_exit(0) }
    close $socket;
    return bless { origin => $origin, log => $log, pid => $pid, parent => $$ }, $class;
}

sub origin { return $_[0]->{'origin'} }

# What it was asked so far: method, path, query, headers, body.
sub requests {
    my ($self) = @_;
    open my $log, '<:raw', $self->{'log'}->filename() or die $!;
    return map { $JSON->decode($_) } <$log>;
}

sub stop {
    my ($self) = @_;
    return if !$self->{'pid'} || $self->{'parent'} != $$;
    local $?;
    kill 'KILL', $self->{'pid'};
    waitpid $self->{'pid'}, 0;
    $self->{'pid'} = undef;
    return;
}

sub DESTROY { $_[0]->stop() }

sub _serve {
    my ( $socket, $log, $answers ) = @_;
    while ( my $client = $socket->accept() ) {
        my $request = _read($client) or next;
        open my $file, '>>:raw', $log or die $!;
        print {$file} $JSON->encode($request), "\n";
        close $file;

        my $answer = $answers->{"$request->{'method'} $request->{'path'}"} || [ 404, { error => { code => 'ROUTE_NOT_FOUND' } } ];
        $answer = @$answer > 1 ? shift @$answer : $answer->[0] if ref $answer->[0];
        my ( $status, $body, $headers ) = @$answer;
        next if $status == 0;    # hangs up
        my $content = ref $body ? $JSON->encode($body) : defined $body ? $body : '';
        my %all = ( 'content-type' => 'application/json', 'content-length' => length $content, connection => 'close', %{ $headers || {} } );
        print {$client} "HTTP/1.1 $status x\r\n", ( map { "$_: $all{$_}\r\n" } sort keys %all ), "\r\n", $content;
        close $client;
    }
    return;
}

sub _read {
    my ($client) = @_;
    my $head = '';
    while ( $head !~ /\r\n\r\n/ ) { sysread( $client, $head, 1, length $head ) or return }
    my ( $line, @headers ) = split /\r\n/, $head;
    my ( $method, $target ) = split / /, $line;
    my ( $path, $query ) = split /\?/, $target, 2;
    my %headers = map { my ( $name, $value ) = split /:\s*/, $_, 2; ( lc $name => $value ) } @headers;
    my $body = '';
    while ( length $body < ( $headers{'content-length'} || 0 ) ) { sysread( $client, $body, 65_536, length $body ) or last }
    return { method => $method, path => $path, query => $query, headers => \%headers, body => $body };
}

1;
