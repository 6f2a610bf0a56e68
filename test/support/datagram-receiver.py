# Binds an AF_UNIX datagram socket (argv[1]: path, or @name) and prints each datagram as a line of JSON:
# its text, and the content of every file descriptor that it passed.
import array, json, os, socket, sys

address = sys.argv[1]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind('\0' + address[1:] if address.startswith('@') else address)
print('ready', flush=True)
while True:
    data, ancillary, _, _ = receiver.recvmsg(1 << 20, socket.CMSG_SPACE(4 * 16))
    descriptors = array.array('i')
    for level, kind, body in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors.frombytes(body)
    contents = [os.pread(fd, 1 << 24, 0).decode('latin1') for fd in descriptors]
    print(json.dumps({'text': data.decode('latin1'), 'descriptors': contents}), flush=True)
