package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// ErrLocked says that another program runs the cluster.
var ErrLocked = errors.New("the database in this folder is run by another process")

// Cluster is a running private Postgres.
type Cluster struct {
	layout  *layout
	bin     string
	opt     Options
	metrics *metrics
	lock    *os.File

	stop    context.CancelFunc
	done    chan struct{} // closed when the supervisor is gone
	stopErr error
}

// Exists reports whether dir holds a cluster's data.
func Exists(dir string) bool {
	major, err := dataMajor(filepath.Join(dir, "pgdata"))
	return err == nil && major != 0
}

// Start makes the cluster in dir when there is none, starts it, and returns when it
// answers. From then on a server that ends by itself is started again. The errors are
// ErrLocked, ErrNoBinaries, or say in one sentence what is wrong. ctx limits only the
// start; Stop ends the cluster.
func Start(ctx context.Context, dir string, opt Options) (*Cluster, error) {
	opt = opt.withDefaults()
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("start database: %w", err)
	}
	c := &Cluster{opt: opt, done: make(chan struct{})}
	if c.metrics, err = newMetrics(opt.Registerer); err != nil {
		return nil, err
	}
	if err := c.prepare(ctx, dir); err != nil {
		if c.lock != nil {
			_ = c.lock.Close() // the first error is the one that tells
		}
		return nil, fmt.Errorf("start database in %s: %w", dir, err)
	}
	first := make(chan error, 1)
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	c.stop = stop
	go c.supervise(life, ctx, first)
	if err := <-first; err != nil {
		stop()
		<-c.done
		return nil, errors.Join(fmt.Errorf("start database in %s: %w", dir, err), c.lock.Close())
	}
	return c, nil
}

// prepare takes the folder and makes sure that there are data and a program for them.
func (c *Cluster) prepare(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var err error
	if c.lock, err = lockFolder(dir); err != nil {
		return err
	}
	if c.layout, err = newLayout(dir); err != nil {
		return err
	}
	major, err := dataMajor(c.layout.pgdata)
	if err != nil {
		return err
	}
	c.bin = c.opt.Bin
	if c.bin == "" {
		c.bin, err = findBinaries(major)
	} else if have, errMajor := majorOf(c.bin); errMajor != nil {
		err = errMajor
	} else if major != 0 && have != major {
		err = fmt.Errorf("%w: the data were made by version %d, %s is version %d", ErrNoBinaries, major, c.bin, have)
	}
	if err != nil {
		return err
	}
	if major == 0 {
		return c.layout.makeData(ctx, c.bin, c.opt)
	}
	return nil
}

func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = ErrLocked
		}
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// URL names the program's database, for pgx.
func (c *Cluster) URL() string { return c.layout.url(superuser) }

// Bin is the folder of the server's programs, for tools such as pg_dump.
func (c *Cluster) Bin() string { return c.bin }

// Stop ends the server in good order and waits for it.
func (c *Cluster) Stop() error {
	c.stop()
	<-c.done
	return c.stopErr
}

// supervise runs the server, again and again until life ends. It reports the first
// start, which has the other context.
func (c *Cluster) supervise(life, start context.Context, first chan<- error) {
	defer close(c.done)
	// The kernel tells the server of our end when this thread ends, so the thread
	// must be ours alone and live as long as the server.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	s, err := c.launch(start)
	first <- err
	if err != nil {
		return
	}
	for {
		c.metrics.up.Set(1)
		select {
		case <-s.exited:
		case <-life.Done():
			c.metrics.up.Set(0)
			c.finish(s)
			return
		}
		c.metrics.up.Set(0)
		c.metrics.restarts.Inc()
		c.opt.Log.Error("the database ended by itself and is started again", "said", s.out.tail())
		if s = c.relaunch(life); s == nil {
			c.finish(nil)
			return
		}
		c.opt.Log.Info("the database is back")
	}
}

// finish stops the server and gives the folder free.
func (c *Cluster) finish(s *server) {
	var err error
	if s != nil {
		err = s.stop()
	}
	if c.layout.short {
		err = errors.Join(err, os.RemoveAll(c.layout.run))
	}
	c.stopErr = errors.Join(err, c.lock.Close())
}

// patience is how long a server of an earlier run may take to end.
const patience = 45 * time.Second

// launch starts the server and waits until it answers. A server of an earlier run
// that is still ending is told to end and waited for.
func (c *Cluster) launch(ctx context.Context) (*server, error) {
	pause, until := 20*time.Millisecond, time.Now().Add(patience)
	for {
		if old := c.layout.orphan(); old != nil {
			c.opt.Log.Warn("the database of an earlier run is still there and is told to end")
			_ = old.Signal(syscall.SIGINT) // it may be gone already
		}
		s, err := launch(c.layout, c.bin, c.opt)
		if err != nil {
			return nil, err
		}
		go s.wait()
		err = s.ready(ctx)
		if err == nil {
			return s, nil
		}
		if !errors.Is(err, errExited) || !s.blocked() || time.Now().After(until) {
			select {
			case <-s.exited:
			default:
				err = errors.Join(err, s.stop())
			}
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(pause):
			pause = min(2*pause, time.Second)
		}
	}
}

// relaunch starts the server again until it succeeds; nil when the cluster is
// stopped first. It never gives up: calls go on without the database, and it may come
// back by somebody's hand.
func (c *Cluster) relaunch(life context.Context) *server {
	pause := 100 * time.Millisecond
	for {
		ctx, cancel := context.WithTimeout(life, time.Minute)
		s, err := c.launch(ctx)
		cancel()
		if err == nil {
			return s
		}
		c.opt.Log.Error("the database cannot be started", "error", err)
		select {
		case <-life.Done():
			return nil
		case <-time.After(pause):
			pause = min(2*pause, 5*time.Second)
		}
	}
}
