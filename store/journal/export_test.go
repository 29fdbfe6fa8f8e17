package journal

// File is what a segment needs of the disk.
type File = file

// OnDisk makes segments on another disk than the real one.
func (o Options) OnDisk(open func(path string) (File, error)) Options {
	o.open = open
	return o
}

// OpenFile makes a segment on the real disk.
func OpenFile(path string) (File, error) { return openFile(path) }

// ParseFrame is parseFrame, for the fuzzer.
func ParseFrame(b []byte) (Record, int, error) { return parseFrame(b) }

// HeaderSize is where the records of a segment begin.
const HeaderSize = headerSize
