package transport

// LoseSocket closes a UDP socket behind the layer's back.
func LoseSocket(l *Layer) { _ = l.sockets[0].conn.Close() }
